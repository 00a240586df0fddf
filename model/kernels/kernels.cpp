#include "model/kernels/kernels.h"

#include <Eigen/Core>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

namespace {

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Map = Eigen::Map<Matrix>;
using ConstMap = Eigen::Map<const Matrix>;

template <typename Product>
void store(Map& c, const Product& product, bool accumulate) {
  if (accumulate)
    c.noalias() += product;
  else
    c.noalias() = product;
}

#if defined(__AVX512F__)
constexpr int kLanes = 16;
#elif defined(__AVX__)
constexpr int kLanes = 8;
#else
constexpr int kLanes = 4;
#endif
typedef float Lanes __attribute__((vector_size(kLanes * sizeof(float))));
constexpr int kSums = 2;  // with four rows as many as registers hold
constexpr int kTile = kSums * kLanes;
static_assert(FP_TILE % kTile == 0);

Lanes load(const float* from) {
  Lanes lanes;
  std::memcpy(&lanes, from, sizeof lanes);
  return lanes;
}

// A product's tile: so many rows by kTile columns stay in registers while the inner sum runs.
#if defined(__AVX512F__)
constexpr int kTileRows = 14;
#else
constexpr int kTileRows = 6;
#endif

// y (R x out), columns from `first` on = x (R x in) * a packed panel + bias. The inner sum of each
// row runs in the same order whatever R is: the same bits.
template <int R>
void affine_tile(int in, int out, int first, const float* x, const float* panel, const float* bias,
                 float* y, bool relu) {
  Lanes sums[R][kSums] = {};
  for (int k = 0; k < in; ++k, panel += kTile) {
    Lanes weights[kSums];
    for (int s = 0; s < kSums; ++s) weights[s] = load(panel + s * kLanes);
    for (int r = 0; r < R; ++r)
      for (int s = 0; s < kSums; ++s) sums[r][s] += x[static_cast<long>(r) * in + k] * weights[s];
  }
  const int width = out - first < kTile ? out - first : kTile;
  for (int r = 0; r < R; ++r) {
    float row[kTile];
    std::memcpy(row, sums[r], sizeof row);
    float* const to = y + static_cast<long>(r) * out + first;
    for (int c = 0; c < width; ++c) {
      const float sum = row[c] + bias[first + c];
      to[c] = relu && !(sum > 0) ? 0 : sum;
    }
  }
}

using AffineTile = decltype(&affine_tile<1>);

template <int... kRowsLess1>
constexpr auto affine_tiles(std::integer_sequence<int, kRowsLess1...>) {
  return std::array<AffineTile, sizeof...(kRowsLess1)>{&affine_tile<kRowsLess1 + 1>...};
}

// By the number of rows less 1.
constexpr auto kAffineTiles = affine_tiles(std::make_integer_sequence<int, kTileRows>());

// The least values seen, in each lane by itself until mean_root().
class Least {
 public:
  Lanes value[FP_MOST_NEAREST];  // ascending

  Least() {
    for (Lanes& v : value) v = Lanes{} + std::numeric_limits<float>::infinity();
  }
  void insert(Lanes x) {
    for (Lanes& v : value) {
      const Lanes low = x < v ? x : v;
      x = x < v ? v : x;
      v = low;
    }
  }
  // The mean of the square roots of the `count` least over all lanes.
  float mean_root(int count) {
    take_in<kLanes / 2>(std::make_integer_sequence<int, kLanes>());
    float sum = 0;
    for (int n = 0; n < count; ++n) sum += std::sqrt(value[n][0]);
    return sum / static_cast<float>(count);
  }

 private:
  // Each lane takes in what another group of lanes holds, twice as many every time.
  template <int kShift, int... kLane>
  void take_in(std::integer_sequence<int, kLane...> lanes) {
    Lanes other[FP_MOST_NEAREST];
    for (int n = 0; n < FP_MOST_NEAREST; ++n)
      other[n] = __builtin_shufflevector(value[n], value[n], ((kLane + kShift) % kLanes)...);
    for (const Lanes& x : other) insert(x);
    if constexpr (kShift > 1) take_in<kShift / 2>(lanes);
  }
};

constexpr int kRows = 4;  // that share what is loaded of the centres

// The same operations for each row, whatever the number of rows: the same bits.
template <int R>
void nearest_of_rows(int dim, const float* x, int count, const float* centres, int nearest,
                     float* out, int stride) {
  Least least[R];
  for (int first = 0; first < count; first += kTile) {
    Lanes sums[R][kSums] = {};
    const float* centre = centres + first;
    for (int j = 0; j < dim; ++j, centre += count) {
      for (int s = 0; s < kSums; ++s) {
        const Lanes c = load(centre + s * kLanes);
        for (int r = 0; r < R; ++r) {
          const Lanes d = c - x[static_cast<long>(r) * dim + j];
          sums[r][s] += d * d;
        }
      }
    }
    for (int r = 0; r < R; ++r)
      for (const Lanes& sum : sums[r]) least[r].insert(sum);
  }
  for (int r = 0; r < R; ++r) out[static_cast<long>(r) * stride] = least[r].mean_root(nearest);
}

}  // namespace

#define FP_EXPORT __attribute__((visibility("default")))

extern "C" {

FP_EXPORT void fp_gemm(int transpose_a, int transpose_b, int m, int n, int k, const float* a,
                       const float* b, float* c, int accumulate) {
  const ConstMap a_map(a, transpose_a != 0 ? k : m, transpose_a != 0 ? m : k);
  const ConstMap b_map(b, transpose_b != 0 ? n : k, transpose_b != 0 ? k : n);
  Map c_map(c, m, n);
  const bool add = accumulate != 0;
  if (transpose_a != 0 && transpose_b != 0)
    store(c_map, a_map.transpose() * b_map.transpose(), add);
  else if (transpose_a != 0)
    store(c_map, a_map.transpose() * b_map, add);
  else if (transpose_b != 0)
    store(c_map, a_map * b_map.transpose(), add);
  else
    store(c_map, a_map * b_map, add);
}

FP_EXPORT void fp_affine(int rows, int in, int out, const float* x, const float* w,
                         const float* bias, float* y, int relu) {
  const ConstMap x_map(x, rows, in);
  const ConstMap w_map(w, in, out);
  const Eigen::Map<const Eigen::RowVectorXf> bias_map(bias, out);
  Map y_map(y, rows, out);
  y_map.noalias() = x_map * w_map;
  if (relu != 0)
    y_map.array() = (y_map.rowwise() + bias_map).array().max(0.0F);
  else
    y_map.rowwise() += bias_map;
}

FP_EXPORT long fp_packed_floats(int in, int out) {
  return static_cast<long>(in) * ((out + kTile - 1) / kTile * kTile);
}

// Panels of kTile columns, each row by row; zeros fill the last one up.
FP_EXPORT void fp_pack(int in, int out, const float* w, float* packed) {
  for (int first = 0; first < out; first += kTile)
    for (int k = 0; k < in; ++k)
      for (int c = first; c < first + kTile; ++c)
        *packed++ = c < out ? w[static_cast<long>(k) * out + c] : 0;
}

FP_EXPORT void fp_affine_packed(int rows, int in, int out, const float* x, const float* packed,
                                const float* bias, float* y, int relu) {
  for (int first = 0; first < out; first += kTile, packed += static_cast<long>(in) * kTile) {
    for (int i = 0; i < rows; i += kTileRows) {
      const int some = rows - i < kTileRows ? rows - i : kTileRows;
      kAffineTiles[static_cast<std::size_t>(some - 1)](in, out, first,
                                                       x + static_cast<long>(i) * in, packed, bias,
                                                       y + static_cast<long>(i) * out, relu != 0);
    }
  }
}

FP_EXPORT void fp_nearest_distance(int rows, int dim, const float* x, int count,
                                   const float* centres, int nearest, float* out, int stride) {
  int i = 0;
  for (; i + kRows <= rows; i += kRows)
    nearest_of_rows<kRows>(dim, x + static_cast<long>(i) * dim, count, centres, nearest,
                           out + static_cast<long>(i) * stride, stride);
  for (; i < rows; ++i)
    nearest_of_rows<1>(dim, x + static_cast<long>(i) * dim, count, centres, nearest,
                       out + static_cast<long>(i) * stride, stride);
}

FP_EXPORT const char* fp_isa(void) { return FAULTPRINT_ISA; }

}  // extern "C"
