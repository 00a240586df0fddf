// Matrix products, compiled once per instruction set into libraries of one name; the dynamic linker
// picks the best for this machine (glibc-hwcaps). A C interface, so that no Eigen symbol leaks.
// Row-major floats throughout.
#ifndef FAULTPRINT_MODEL_KERNELS_KERNELS_H_
#define FAULTPRINT_MODEL_KERNELS_KERNELS_H_

#ifdef __cplusplus
extern "C" {
#endif

// c (m x n) = op(a) (m x k) * op(b) (k x n), or += when `accumulate`. op transposes when its flag
// is set: a is then stored k x m, b n x k.
void fp_gemm(int transpose_a, int transpose_b, int m, int n, int k, const float* a, const float* b,
             float* c, int accumulate);

// y (rows x out) = x (rows x in) * w (in x out) + bias, then max(0, .) when `relu`. With rows a
// multiple of 8 a row's result does not depend on the other rows or their number.
void fp_affine(int rows, int in, int out, const float* x, const float* w, const float* bias,
               float* y, int relu);

// The same with weights that are final, laid out once by fp_pack into fp_packed_floats(in, out)
// floats: a sixth faster, and a row's result depends on no other row whatever their number. The
// layout is this instruction set's own: not to be kept.
long fp_packed_floats(int in, int out);
void fp_pack(int in, int out, const float* w, float* packed);
void fp_affine_packed(int rows, int in, int out, const float* x, const float* packed,
                      const float* bias, float* y, int relu);

// y (rows x out) = op(x) (rows x in) * a packed matrix; op transposes when its flag is set: x is
// then stored in x rows. fp_pack_transposed packs the transpose of w (in x out), which has `in`
// columns: into fp_packed_floats(out, in) floats.
void fp_product_packed(int transpose_x, int rows, int in, int out, const float* x,
                       const float* packed, float* y);
void fp_pack_transposed(int in, int out, const float* w, float* packed);

// out[i * stride] = mean of the `nearest` smallest of |x_i - c_k|, nearest from 1 to
// FP_MOST_NEAREST and at most the centres there are. x: rows x dim; centres: dim x count, one
// centre a column, so that the sum runs over contiguous centres. count: a multiple of FP_TILE;
// columns of infinities fill it up.
#define FP_TILE 32
#define FP_MOST_NEAREST 3
void fp_nearest_distance(int rows, int dim, const float* x, int count, const float* centres,
                         int nearest, float* out, int stride);

// The instruction set these kernels were compiled for: "x86-64", "x86-64-v3", "x86-64-v4", or
// "generic" on other processors.
const char* fp_isa(void);

#ifdef __cplusplus
}
#endif
#endif
