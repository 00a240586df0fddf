#include "daemon/mistaken_normal.h"

#include <algorithm>

#include "ingest/fault_type.h"
#include "model/training_windows.h"

namespace faultprint::daemon {
namespace {

using Rows = std::vector<std::size_t>;

// Rows of a matrix by content, give or take rounding.
class Same {
 public:
  explicit Same(model::Matrix rows) : rows_(std::move(rows)) {
    for (Eigen::Index i = 0; i < rows_.rows(); ++i) sums_.emplace_back(rows_.row(i).sum(), i);
    std::sort(sums_.begin(), sums_.end());
  }

  bool has(const Eigen::Ref<const Eigen::RowVectorXf>& row) const {
    const float sum = row.sum();
    const float slack = kOff * static_cast<float>(row.size());
    for (auto at = std::lower_bound(sums_.begin(), sums_.end(),
                                    std::pair<float, Eigen::Index>{sum - slack, 0});
         at != sums_.end() && at->first <= sum + slack; ++at)
      if ((rows_.row(at->second) - row).cwiseAbs().maxCoeff() <= kOff) return true;
    return false;
  }

 private:
  static constexpr float kOff = 1e-4F;
  model::Matrix rows_;
  std::vector<std::pair<float, Eigen::Index>> sums_;
};

bool reaches_into_one(const Dataset& data, std::size_t i, const ingest::Incidents& incidents) {
  const std::string& element =
      data.windows.element_names[static_cast<std::size_t>(data.windows.elements[i])];
  for (int back = 1; back < data.input.window; ++back) {
    const std::string& label =
        incidents.label(element, (data.windows.slots[i] - back) * data.input.period.count());
    if (label != ingest::kNormal && label != ingest::kIgnore) return true;
  }
  return false;
}

int drop_references(model::Model& model, const Same& faults) {
  auto& references = model.references;
  Rows kept;
  std::size_t normal = 0;
  for (std::size_t i = 0; i < references.labels.size(); ++i) {
    const bool is_normal =
        model.reference_labels[static_cast<std::size_t>(references.labels[i])] == ingest::kNormal;
    if (is_normal && faults.has(references.windows.row(static_cast<Eigen::Index>(i)))) continue;
    kept.push_back(i);
    normal += is_normal ? 1 : 0;
  }
  const std::size_t dropped = references.labels.size() - kept.size();
  if (normal == 0 || dropped == 0) return 0;
  std::vector<int> labels;
  for (const std::size_t i : kept) labels.push_back(references.labels[i]);
  references.windows = model::take_rows(references.windows, kept);
  references.labels = std::move(labels);
  return static_cast<int>(dropped);
}

void drop_prototypes(LoadedModel& loaded, const Same& embeddings) {
  std::vector<model::Cluster> clusters = loaded.model.clusters.clusters();
  model::Cluster& normal = clusters[static_cast<std::size_t>(loaded.normal)];
  Rows kept;
  for (Eigen::Index i = 0; i < normal.prototypes.rows(); ++i)
    if (!embeddings.has(normal.prototypes.row(i))) kept.push_back(static_cast<std::size_t>(i));
  if (static_cast<int>(kept.size()) < normal.nearest) return;
  normal.prototypes = model::take_rows(normal.prototypes, kept);
  loaded.model.clusters = model::ReferenceClusters(
      std::move(clusters), loaded.model.clusters.alpha(), loaded.model.encoder.spec().width());
}

}  // namespace

int take_out_of_normal(LoadedModel& loaded, const Dataset& data,
                       const ingest::Incidents& incidents) {
  Rows labelled;
  Rows touched;
  for (std::size_t i = 0; i < data.windows.size(); ++i) {
    if (data.windows.labels[i] > 0) labelled.push_back(i);
    if (data.windows.labels[i] > 0 ||
        (data.windows.incidents[i] < 0 && reaches_into_one(data, i, incidents)))
      touched.push_back(i);
  }
  if (labelled.empty()) return 0;
  const model::Matrix& windows = data.windows.windows;
  const int dropped = drop_references(loaded.model, Same(model::take_rows(windows, labelled)));
  drop_prototypes(loaded, Same(model::embed_rows(loaded.model.encoder, windows, touched)));
  return dropped;
}

}  // namespace faultprint::daemon
