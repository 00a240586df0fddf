#include "model/kernels/training_kernels.h"

#include <Eigen/Core>
#include <cmath>

namespace {

using Doubles = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using DoublesMap = Eigen::Map<Doubles>;
using DoubleArray = Eigen::Map<Eigen::ArrayXd>;

// Places in the scratch, one behind the other.
struct PairScratch {
  DoublesMap e;      // rows x dim
  DoublesMap pairs;  // rows x rows: products, then slopes of both directions
  DoublesMap along;  // rows x dim
  DoubleArray norms, labels, row_sums, d, argument, weight, own, share;  // rows each

  static long size(long rows, long dim) { return rows * (rows + 2 * dim + 8); }
  PairScratch(double* at, long rows, long dim)
      : e(at, rows, dim),
        pairs(at += rows * dim, rows, rows),
        along(at += rows * rows, rows, dim),
        norms(at += rows * dim, rows),
        labels(at += rows, rows),
        row_sums(at += rows, rows),
        d(at += rows, rows),
        argument(at += rows, rows),
        weight(at += rows, rows),
        own(at += rows, rows),
        share(at += rows, rows) {}
};

// Row i: distances, what the logarithm is taken of, weights of (i, j) (own) and of both directions
// (weight), slopes by d of both directions (into the row of products). No branches, and no sums:
// the compiler makes vectors of it.
void pair_row(int i, int rows, const fp_pair_term& equal, const fp_pair_term& other,
              PairScratch& s) {
  const double norm = s.norms[i];
  const double label = s.labels[i];
  const double equal_own = equal.weights[i];
  const double other_own = other.weights[i];
  double* __restrict__ const pairs = s.pairs.data() + static_cast<long>(i) * rows;
  double* __restrict__ const d = s.d.data();
  double* __restrict__ const argument = s.argument.data();
  double* __restrict__ const weight = s.weight.data();
  double* __restrict__ const own = s.own.data();
  double* __restrict__ const share = s.share.data();
  const double* __restrict__ const norms = s.norms.data();
  const double* __restrict__ const labels = s.labels.data();
  const double* __restrict__ const equal_weights = equal.weights;
  const double* __restrict__ const other_weights = other.weights;
  for (int j = 0; j < rows; ++j) {
    const double apart = norm + norms[j] - 2 * pairs[j];
    d[j] = apart < 0 ? 0 : apart;  // NaN stays
    share[j] = labels[j] == label ? 1.0 : 0.0;
  }
  d[i] = 0;
  for (int j = 0; j < rows; ++j) {
    const bool same = share[j] > 0;
    const double slope = same ? equal.slope : other.slope;
    const bool far = d[j] >= (same ? equal.within : other.within);
    const bool near = d[j] < (same ? equal.beyond : other.beyond);
    const double open = (far ? 1.0 : 0.0) * (near ? 1.0 : 0.0);
    argument[j] = (same ? equal.offset : other.offset) + slope * d[j];
    own[j] = open * (same ? equal_own : other_own);
    weight[j] = own[j] + open * (same ? equal_weights[j] : other_weights[j]);
    pairs[j] = -weight[j] * slope / argument[j];
  }
  own[i] = weight[i] = pairs[i] = 0;
  argument[i] = 1;
}

}  // namespace

#define FP_EXPORT __attribute__((visibility("default")))

extern "C" {

FP_EXPORT void fp_relu_backward(long n, const float* gradient, float* y) {
  const float* __restrict__ const g = gradient;
  float* __restrict__ const out = y;
  for (long i = 0; i < n; ++i) out[i] = out[i] > 0 ? g[i] : 0;
}

FP_EXPORT void fp_dropout_mask(long n, const unsigned short* draws, unsigned limit, float keep,
                               float* mask) {
  const unsigned short* __restrict__ const from = draws;
  float* __restrict__ const to = mask;
  for (long i = 0; i < n; ++i) to[i] = from[i] < limit ? 0 : keep;
}

FP_EXPORT void fp_adam(long n, const float* gradient, const fp_adam_rates* rates, float* m,
                       float* v, float* value) {
  const fp_adam_rates r = *rates;
  const float* __restrict__ const gradients = gradient;
  float* __restrict__ const first = m;
  float* __restrict__ const second = v;
  float* __restrict__ const values = value;
  for (long i = 0; i < n; ++i) {
    const float g = gradients[i] * r.shrink;
    second[i] = r.beta2 * second[i] + (1 - r.beta2) * (g * g);
    first[i] = r.beta1 * first[i] + (1 - r.beta1) * g;
    values[i] = values[i] * r.keep - r.rate * first[i] / (std::sqrt(second[i]) + r.epsilon);
  }
}

FP_EXPORT double fp_squared_norm(long n, const float* x) {
  return static_cast<double>(Eigen::Map<const Eigen::ArrayXf>(x, n).square().sum());
}

FP_EXPORT long fp_pair_scratch(int rows, int dim) { return PairScratch::size(rows, dim); }

FP_EXPORT fp_pair_loss fp_log_pairs(int rows, int dim, const float* e, const int* labels,
                                    const fp_pair_term* equal, const fp_pair_term* other,
                                    double* scratch, float* gradient) {
  using Floats = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  PairScratch s(scratch, rows, dim);
  s.e = Eigen::Map<const Floats>(e, rows, dim).cast<double>();
  s.labels = Eigen::Map<const Eigen::ArrayXi>(labels, rows).cast<double>();
  s.pairs.noalias() = s.e * s.e.transpose();
  s.norms = s.pairs.diagonal().array();
  fp_pair_loss result{};
  for (int i = 0; i < rows; ++i) {
    pair_row(i, rows, *equal, *other, s);
    s.row_sums[i] = DoubleArray(s.pairs.data() + static_cast<long>(i) * rows, rows).sum();
    result.loss -= (s.own * s.argument.log()).sum();
    const double all = s.d.sum();
    const double same = (s.d * s.share).sum();
    const double count = s.share.sum();
    if (equal->weights[i] > 0) {
      result.equal_sum += same;
      result.equal_count += count - 1;
    }
    if (other->weights[i] > 0) {
      result.other_sum += all - same;
      result.other_count += rows - count;
    }
  }
  // With A the slopes of both directions of a pair: 2 (diag(A 1) - A) E.
  s.along.noalias() = s.pairs * s.e;
  const auto own = s.e.array().colwise() * s.row_sums;
  Eigen::Map<Floats>(gradient, rows, dim) =
      (2 * (own - s.along.array())).matrix().template cast<float>();
  return result;
}

}  // extern "C"
