#include "model/summaries.h"

namespace faultprint::model {
namespace {

using Curves = Eigen::Map<const Matrix, 0, Eigen::OuterStride<>>;

// curves: T x F. out: F x kSummaries.
void summarise(const Curves& curves, float* out) {
  const Eigen::Index last = curves.rows() - 1;
  const RowVector mean = curves.colwise().mean();
  const RowVector deviation =
      ((curves.rowwise() - mean).array().square().colwise().mean()).sqrt().matrix();
  const RowVector least = curves.colwise().minCoeff();
  const RowVector most = curves.colwise().maxCoeff();
  for (Eigen::Index k = 0; k < curves.cols(); ++k) {
    *out++ = mean(k);
    *out++ = deviation(k);
    *out++ = least(k);
    *out++ = most(k);
    *out++ = curves(last, k) - curves(0, k);
  }
}

}  // namespace

int feature_count(int window, int kpis, bool summaries) {
  return window * kpis + (summaries ? kSummaries * kpis : 0);
}

void make_features(const MatrixView& windows, int window, int kpis, bool summaries,
                   Matrix& features) {
  const Eigen::Index cells = windows.cols();
  features.topLeftCorner(windows.rows(), cells) = windows;
  if (!summaries || kpis == 0) return;
  for (Eigen::Index i = 0; i < windows.rows(); ++i)
    summarise(Curves(windows.row(i).data(), window, kpis, Eigen::OuterStride<>(cells / window)),
              features.row(i).data() + cells);
}

}  // namespace faultprint::model
