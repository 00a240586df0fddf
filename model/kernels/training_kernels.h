// What a training step does beside its products, compiled as kernels.h is. Row-major throughout.
#ifndef FAULTPRINT_MODEL_KERNELS_TRAINING_KERNELS_H_
#define FAULTPRINT_MODEL_KERNELS_TRAINING_KERNELS_H_

#ifdef __cplusplus
extern "C" {
#endif

// y = y > 0 ? gradient : 0
void fp_relu_backward(long n, const float* gradient, float* y);

// mask = draw < limit ? 0 : keep
void fp_dropout_mask(long n, const unsigned short* draws, unsigned limit, float keep, float* mask);

// One update by Adam (Kingma and Ba, 2015): gradient times shrink, then the moments m and v, then
// value *= keep and value -= rate * m / (sqrt(v) + epsilon).
struct fp_adam_rates {
  float shrink, beta1, beta2, rate, epsilon, keep;
};
void fp_adam(long n, const float* gradient, const struct fp_adam_rates* rates, float* m, float* v,
             float* value);

double fp_squared_norm(long n, const float* x);

// A loss over all ordered pairs (i, j) of a batch by their squared distance d:
//   L = sum of w_i * -ln(offset + slope * d),
// of equal labels by `equal` and its weights, of others by `other`; none where d < within or
// d >= beyond.
struct fp_pair_term {
  double offset, slope, within, beyond;
  const double* weights;  // of each i; 0: no term
};
struct fp_pair_loss {
  double loss;
  double equal_sum, other_sum;      // of distances d(i, j), over pairs whose weight is not 0
  double equal_count, other_count;  // of such pairs
};
// e: rows x dim. gradient (rows x dim) = dL/de. scratch: fp_pair_scratch(rows, dim) doubles.
long fp_pair_scratch(int rows, int dim);
struct fp_pair_loss fp_log_pairs(int rows, int dim, const float* e, const int* labels,
                                 const struct fp_pair_term* equal, const struct fp_pair_term* other,
                                 double* scratch, float* gradient);

#ifdef __cplusplus
}
#endif
#endif
