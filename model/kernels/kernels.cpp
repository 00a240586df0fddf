#include "model/kernels/kernels.h"

#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>
#include <vector>

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
constexpr int kCentres = 8;  // whose distances are summed up side by side
static_assert(FP_TILE % kCentres == 0);

Lanes load(const float* from) {
  Lanes lanes;
  std::memcpy(&lanes, from, sizeof lanes);
  return lanes;
}

void put(float* to, Lanes lanes) { std::memcpy(to, &lanes, sizeof lanes); }

// A product's tile: so many rows by kTile columns stay in registers while the inner sum runs.
#if defined(__AVX512F__)
constexpr int kTileRows = 14;
#else
constexpr int kTileRows = 6;
#endif

// y (R x out), columns from `first` on = x (R x in) * a packed panel + bias (null: none). The inner
// sum of each row runs in the same order whatever R is: the same bits. x: its rows, or where
// kTransposed its columns, are `stride` apart.
template <int R, bool kTransposed>
void affine_tile(int in, int out, int first, const float* x, long stride, const float* panel,
                 const float* bias, float* y, bool relu) {
  Lanes sums[R][kSums];
  for (auto& of_row : sums)
    for (Lanes& sum : of_row) sum = Lanes{};
  for (int k = 0; k < in; ++k, panel += kTile) {
    Lanes weights[kSums];
    for (int s = 0; s < kSums; ++s) weights[s] = load(panel + s * kLanes);
    for (int r = 0; r < R; ++r)
      for (int s = 0; s < kSums; ++s)
        sums[r][s] += x[kTransposed ? k * stride + r : r * stride + k] * weights[s];
  }
  if (first + kTile <= out) {
    for (int s = 0; s < kSums; ++s) {
      const int column = first + s * kLanes;
      const Lanes shift = bias != nullptr ? load(bias + column) : Lanes{};
      for (int r = 0; r < R; ++r) {
        const Lanes sum = sums[r][s] + shift;
        put(y + static_cast<long>(r) * out + column, relu ? sum > 0 ? sum : Lanes{} : sum);
      }
    }
    return;
  }
  for (int r = 0; r < R; ++r) {
    float row[kTile];
    std::memcpy(row, sums[r], sizeof row);
    float* const to = y + static_cast<long>(r) * out + first;
    for (int c = 0; first + c < out; ++c) {
      const float sum = row[c] + (bias != nullptr ? bias[first + c] : 0);
      to[c] = relu && !(sum > 0) ? 0 : sum;
    }
  }
}

using AffineTile = decltype(&affine_tile<1, false>);

// By the number of rows less 1.
template <bool kTransposed, int... kRowsLess1>
constexpr auto affine_tiles(std::integer_sequence<int, kRowsLess1...>) {
  return std::array<AffineTile, sizeof...(kRowsLess1)>{
      &affine_tile<kRowsLess1 + 1, kTransposed>...};
}

// y (rows x out) = x (rows x in) * a packed matrix + bias.
template <bool kTransposed>
void affine_packed(int rows, int in, int out, const float* x, const float* packed,
                   const float* bias, float* y, bool relu) {
  constexpr auto kTiles = affine_tiles<kTransposed>(std::make_integer_sequence<int, kTileRows>());
  const long stride = kTransposed ? rows : in;
  for (int first = 0; first < out; first += kTile, packed += static_cast<long>(in) * kTile) {
    for (int i = 0; i < rows; i += kTileRows) {
      const int some = rows - i < kTileRows ? rows - i : kTileRows;
      kTiles[static_cast<std::size_t>(some - 1)](in, out, first, x + (kTransposed ? i : i * stride),
                                                 stride, packed, bias,
                                                 y + static_cast<long>(i) * out, relu);
    }
  }
}

// The distances of kLanes rows at a time, a row a lane: the same operations for each, whatever the
// number of rows: the same bits. x: dim x kLanes.
template <int kNearest>
void nearest_of_lanes(int dim, const Lanes* x, int count, const float* centres, Lanes* result) {
  Lanes least[kNearest];  // ascending
  for (Lanes& v : least) v = Lanes{} + std::numeric_limits<float>::infinity();
  for (int first = 0; first < count; first += kCentres) {
    Lanes sums[kCentres] = {};
    const float* centre = centres + first;
    for (int j = 0; j < dim; ++j, centre += count) {
      for (int c = 0; c < kCentres; ++c) {
        const Lanes d = x[j] - centre[c];
        sums[c] += d * d;
      }
    }
    for (Lanes& sum : sums) {
      for (Lanes& v : least) {
        const Lanes low = sum < v ? sum : v;
        sum = sum < v ? v : sum;
        v = low;
      }
    }
  }
  std::copy_n(least, kNearest, result);
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

FP_EXPORT void fp_pack_transposed(int in, int out, const float* w, float* packed) {
  for (int first = 0; first < in; first += kTile)
    for (int k = 0; k < out; ++k)
      for (int c = first; c < first + kTile; ++c)
        *packed++ = c < in ? w[static_cast<long>(c) * out + k] : 0;
}

FP_EXPORT void fp_affine_packed(int rows, int in, int out, const float* x, const float* packed,
                                const float* bias, float* y, int relu) {
  affine_packed<false>(rows, in, out, x, packed, bias, y, relu != 0);
}

FP_EXPORT void fp_product_packed(int transpose_x, int rows, int in, int out, const float* x,
                                 const float* packed, float* y) {
  const auto product = transpose_x != 0 ? &affine_packed<true> : &affine_packed<false>;
  product(rows, in, out, x, packed, nullptr, y, false);
}

FP_EXPORT void fp_nearest_distance(int rows, int dim, const float* x, int count,
                                   const float* centres, int nearest, float* out, int stride) {
  constexpr std::array kOfLanes = {&nearest_of_lanes<1>, &nearest_of_lanes<2>,
                                   &nearest_of_lanes<3>};
  static_assert(kOfLanes.size() == FP_MOST_NEAREST);
  std::vector<Lanes> columns(static_cast<std::size_t>(dim));
  for (int i = 0; i < rows; i += kLanes) {
    const int some = rows - i < kLanes ? rows - i : kLanes;
    for (int j = 0; j < dim; ++j)
      for (int r = 0; r < some; ++r)
        columns[static_cast<std::size_t>(j)][r] = x[static_cast<long>(i + r) * dim + j];
    Lanes least[FP_MOST_NEAREST];
    kOfLanes[static_cast<std::size_t>(nearest - 1)](dim, columns.data(), count, centres, least);
    for (int r = 0; r < some; ++r) {
      float sum = 0;
      for (int n = 0; n < nearest; ++n) sum += std::sqrt(least[n][r]);
      out[static_cast<long>(i + r) * stride] = sum / static_cast<float>(nearest);
    }
  }
}

FP_EXPORT const char* fp_isa(void) { return FAULTPRINT_ISA; }

}  // extern "C"
