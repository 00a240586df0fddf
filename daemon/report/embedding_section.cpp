#include <cmath>
#include <nlohmann/json.hpp>

#include "daemon/report/sampling.h"
#include "daemon/report/sections.h"
#include "daemon/verdict.h"

namespace faultprint::daemon::report {
namespace {

constexpr std::uint64_t kPointSeed = 1;
constexpr int kComponents = 3;

std::vector<int> truths(const LabelledHistory& history) {
  std::vector<int> labels;
  for (const SeenWindow& window : history.windows) labels.push_back(window.truth);
  return labels;
}

std::vector<std::size_t> shown_points(const LabelledHistory& history, std::size_t most) {
  return balanced_sample(truths(history), most, kPointSeed);
}

Json cluster_list(const LoadedModel& model, const model::Projection& picture) {
  Json list = Json::array();
  for (const model::Cluster& cluster : model.model.clusters.clusters())
    list.push_back({{"radius", number(cluster.radius)},
                    {"nearest", cluster.nearest},
                    {"windows", cluster.windows},
                    {"incidents", cluster.incidents},
                    {"references", coordinates(picture.apply(cluster.prototypes))}});
  return list;
}

}  // namespace

Json number(double value) { return std::isfinite(value) ? Json(rounded(value)) : Json(); }

Json spread_json(const std::optional<model::ClassSpread>& spread) {
  if (!spread) return nullptr;
  return {{"tightness", number(spread->tightness)},
          {"separation", number(spread->separation)},
          {"ratio", spread->ratio() ? number(*spread->ratio()) : Json()}};
}

Json coordinates(const model::Matrix& points) {
  Json list = Json::array();
  for (Eigen::Index i = 0; i < points.rows(); ++i) {
    Json point = Json::array();
    for (Eigen::Index k = 0; k < points.cols(); ++k)
      point.push_back(std::round(1000 * static_cast<double>(points(i, k))) / 1000);
    for (Eigen::Index k = points.cols(); k < kComponents; ++k) point.push_back(0);
    list.push_back(std::move(point));
  }
  return list;
}

model::Projection picture_of(const LabelledHistory& history, std::size_t most_points) {
  return model::principal_components(
      model::take_rows(history.embeddings, shown_points(history, most_points)), kComponents);
}

Json embedding_section(const LabelledHistory& history, const LoadedModel& model,
                       const model::Projection& picture, std::size_t most_points) {
  const std::vector<std::size_t> shown = shown_points(history, most_points);
  const model::Matrix embeddings = model::take_rows(history.embeddings, shown);
  Json points = coordinates(picture.apply(embeddings));
  std::vector<int> labels;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const SeenWindow& window = history.windows[shown[i]];
    labels.push_back(window.truth);
    for (const Json& value :
         {Json(window.truth), Json(window.element), Json(window.time_us / 1'000'000),
          Json(static_cast<int>(window.outcome)), Json(window.nearest)})
      points[i].push_back(value);
  }
  Json section;
  section["explained"] = picture.explained;
  for (Json& share : section["explained"]) share = number(share.get<double>());
  section["width"] = history.embeddings.cols();
  section["windows"] = history.all.windows;
  section["shown"] = shown.size();
  section["points"] = std::move(points);
  section["clusters"] = cluster_list(model, picture);
  section["spread"] = spread_json(model::measure_spread(embeddings, labels));
  return section;
}

}  // namespace faultprint::daemon::report
