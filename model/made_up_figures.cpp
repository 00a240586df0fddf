#include "model/made_up_figures.h"

#include "model/evaluation.h"

namespace faultprint::model {
namespace {

constexpr std::size_t kMostNormal = 2000;

Matrix some_normal(const TrainingWindows& data, const std::vector<std::size_t>& rows) {
  std::vector<std::size_t> normal;
  const std::size_t step = rows.size() / kMostNormal + 1;
  for (std::size_t i = 0; i < rows.size(); i += step)
    if (data.labels[rows[i]] == 0) normal.push_back(rows[i]);
  return take_rows(data.windows, normal);
}

}  // namespace

MadeUpFaults::MadeUpFaults(const TrainingWindows& data, const std::vector<std::size_t>& rows,
                           int slots, int kpis, CurriculumOptions options, std::uint64_t seed)
    : normal_(some_normal(data, rows)) {
  if (normal_.rows() == 0 || kpis == 0) return;
  options.signatures = kKinds;
  options.windows_per_signature = kEach;
  Random random(seed);
  std::vector<int> labels;
  draw_pseudo_faults(options, normal_, slots, kpis, 1, random, faults_, labels);
}

MadeUpFigures MadeUpFaults::measure(const Encoder& encoder,
                                    const ReferenceClusters& references) const {
  if (faults_.rows() == 0) return {};
  Encoder::Scratch scratch;
  const Matrix faults = encoder.embed(faults_, scratch);
  const Matrix normal = encoder.embed(normal_, scratch);
  return {detect(references.nearest_distances(faults), references.nearest_distances(normal)).auroc,
          share_named(faults)};
}

double MadeUpFaults::share_named(const Matrix& embeddings) const {
  Matrix examples(kKinds, embeddings.cols());
  for (int kind = 0; kind < kKinds; ++kind) examples.row(kind) = embeddings.row(kind * kEach);
  int right = 0;
  for (Eigen::Index i = 0; i < embeddings.rows(); ++i) {
    if (i % kEach == 0) continue;
    Eigen::Index nearest = 0;
    (examples.rowwise() - embeddings.row(i)).rowwise().squaredNorm().minCoeff(&nearest);
    right += nearest == i / kEach ? 1 : 0;
  }
  return right / static_cast<double>(kKinds * (kEach - 1));
}

}  // namespace faultprint::model
