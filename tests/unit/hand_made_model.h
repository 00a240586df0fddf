// A model whose verdicts can be told by looking: two KPIs a and b, window of 4 slots of 10 s. The
// embedding is the sigmoid of each KPI's mean deviation; normal lies where both are 0, "loss" where
// a is high, "flap" where b is. Both high is like neither.
#pragma once

#include <cmath>

#include "daemon/pipeline.h"
#include "encoder_spec.h"
#include "stream_helpers.h"

namespace faultprint::test {

inline config::Config hand_made_config() {
  config::Config config;
  config.file = "test.yaml";
  const config::InputSpec input = gauges(2);
  auto& stream = config.group().stream;
  stream.period = input.period;
  stream.window = input.window;
  stream.kpis = input.kpis;
  stream.baseline = input.baseline;
  stream.max_gap = input.max_gap;
  stream.lateness = config::Microseconds(0);
  stream.forget_after = config::Microseconds(20 * kPeriod);
  config.group().alarms.raise_count = 2;
  config.group().alarms.raise_of = 3;
  config.group().alarms.raise_unknown_count = 2;
  config.group().alarms.raise_unknown_of = 3;
  config.group().alarms.clear = 3;
  config.group().alarms.severity = {
      {"flap", "critical"}, {"unknown", "warning"}, {"silent", "warning"}};
  return config;
}

inline model::Cluster hand_made_cluster(const std::string& label, float a, float b) {
  model::Cluster cluster;
  cluster.label = label;
  cluster.prototypes = model::Matrix(1, 2);
  cluster.prototypes << a, b;
  cluster.radius = 0.25F;
  std::vector<float> scores;
  for (int i = 0; i < 200; ++i) scores.push_back(static_cast<float>(i) / 200);
  model::set_scores(cluster, scores);
  return cluster;
}

// Without the labels in `without`.
inline std::shared_ptr<daemon::LoadedModel> hand_made_model(const std::string& without = "") {
  auto loaded = std::make_shared<daemon::LoadedModel>();
  loaded->input = gauges(2);
  model::EncoderSpec spec;
  spec.window = 4;
  spec.kpis = 2;
  spec.hidden = {};
  spec.embedding = 2;
  spec.summaries = false;
  model::Matrix weights = model::Matrix::Zero(8, 2);
  for (Eigen::Index cell = 0; cell < 8; ++cell) weights(cell, cell % 2) = 0.25F;
  loaded->model.encoder = encoder_of(spec, {{weights, model::Matrix::Zero(1, 2)}});
  std::vector<model::Cluster> clusters{hand_made_cluster("normal", 0.5F, 0.5F)};
  for (const auto& [label, a, b] : {std::tuple{"loss", 1.0F, 0.5F}, {"flap", 0.5F, 1.0F}})
    if (label != without) clusters.push_back(hand_made_cluster(label, a, b));
  loaded->model.clusters = model::ReferenceClusters(clusters, 0.02, 2);
  loaded->model.fingerprint = "hand made without " + without;
  loaded->normal = 0;
  loaded->calm_deviation = 0;
  return loaded;
}

}  // namespace faultprint::test
