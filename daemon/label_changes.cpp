#include "daemon/label_changes.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <vector>

#include "ingest/fault_type.h"
#include "model/training_windows.h"

namespace faultprint::daemon {

namespace fs = std::filesystem;

std::string save_keeping(model::Model& model, const std::string& out) {
  std::string kept;
  if (fs::exists(out)) {
    kept = out + ".previous";
    fs::copy_file(out, kept, fs::copy_options::overwrite_existing);
  }
  model::save_model(model, out);
  return kept;
}

namespace {

// Changes the labels of a model file that holds `type`, and writes it to `out`.
LabelChange change_labels(
    const std::string& path, const std::string& type, const std::string& out,
    const std::function<void(model::Model&, std::vector<model::Cluster>&)>& change) {
  model::Model model = model::load_model(path);
  if (type == ingest::kNormal)
    throw std::runtime_error("'normal' is what everything is compared with: it has to stay");
  if (model.clusters.index(type) < 0) {
    std::string known;
    for (const auto& cluster : model.clusters.clusters())
      known += (known.empty() ? "" : ", ") + cluster.label;
    throw std::runtime_error(path + ": it knows no '" + type + "', but: " + known);
  }
  LabelChange result{.kept = "", .before = model.fingerprint, .after = ""};
  std::vector<model::Cluster> clusters = model.clusters.clusters();
  change(model, clusters);
  model.clusters = model::ReferenceClusters(std::move(clusters), model.clusters.alpha(),
                                            model.encoder.spec().width());
  result.kept = save_keeping(model, out);
  result.after = model.fingerprint;
  return result;
}

}  // namespace

LabelChange forget_type(const std::string& path, const std::string& type, const std::string& out) {
  return change_labels(path, type, out, [&](model::Model& model, auto& clusters) {
    std::erase_if(clusters, [&](const model::Cluster& c) { return c.label == type; });
    std::vector<std::size_t> kept;
    auto& references = model.references;
    for (std::size_t i = 0; i < references.labels.size(); ++i)
      if (model.reference_labels[static_cast<std::size_t>(references.labels[i])] != type)
        kept.push_back(i);
    std::vector<int> labels;
    for (const std::size_t i : kept) labels.push_back(references.labels[i]);
    references.windows = model::take_rows(references.windows, kept);
    references.labels = std::move(labels);
  });
}

LabelChange rename_type(const std::string& path, const std::string& from, const std::string& to,
                        const std::string& out) {
  return change_labels(path, from, out, [&](model::Model& model, auto& clusters) {
    if (model.clusters.index(to) >= 0)
      throw std::runtime_error("'" + to + "' cannot be the new name: it is taken");
    if (const std::string wrong = ingest::fault_name_error(to); !wrong.empty())
      throw std::runtime_error("the new name: " + wrong);
    for (auto& cluster : clusters)
      if (cluster.label == from) cluster.label = to;
    for (std::string& label : model.reference_labels)
      if (label == from) label = to;
  });
}

}  // namespace faultprint::daemon
