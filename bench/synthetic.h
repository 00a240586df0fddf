// What the measurements share: 12 KPIs, a 30 x 12 window, a dense 360-256-128-16 encoder with
// random weights (its cost does not depend on them), and 264-byte records.
#pragma once

#include <sys/resource.h>

#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "daemon/loaded_model.h"
#include "ingest/incidents.h"
#include "model/cluster_builder.h"
#include "model/network.h"

namespace faultprint::bench {

constexpr int kKpis = 12;
constexpr int kWindow = 30;

inline double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto s = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return s(usage.ru_utime) + s(usage.ru_stime);
}

inline double thread_cpu_seconds() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

inline config::Config make_config(int max_elements) {
  config::Config config;
  config.file = "bench";
  auto& stream = config.group().stream;
  stream.period = std::chrono::seconds(60);
  stream.window = kWindow;
  stream.lateness = std::chrono::seconds(120);
  stream.warm_up = std::chrono::hours(2);
  stream.max_elements = max_elements;
  for (int k = 0; k < kKpis; ++k) {
    config::KpiSpec kpi;
    kpi.name = "kpi_" + std::to_string(100 + k);
    stream.kpis.push_back(kpi);
  }
  config.kafka.topics = {"kpi"};
  return config;
}

inline daemon::ModelPointer make_model(const config::Config& config) {
  auto loaded = std::make_shared<daemon::LoadedModel>();
  loaded->input = config.input_spec();
  loaded->input.network.assign(kKpis, {100, 1});
  model::EncoderSpec spec;
  spec.window = kWindow;
  spec.kpis = kKpis;
  spec.summaries = false;
  model::Random random(1);
  model::Network network(spec, {}, random);
  std::vector<model::Matrix> batches(2, model::Matrix::Random(64, spec.inputs()));
  loaded->model.encoder = network.fold(batches, random);
  std::vector<model::Cluster> clusters;
  for (const char* label : {ingest::kNormal, "fault_a", "fault_b"}) {
    model::Cluster cluster;
    cluster.label = label;
    const bool normal = clusters.empty();
    const model::ClusterOptions options;
    cluster.prototypes =
        model::Matrix::Constant(normal ? options.normal_prototypes : options.fault_prototypes,
                                spec.width(), normal ? 0.5F : 20.0F);
    cluster.nearest = options.nearest;
    std::vector<float> scores;
    for (int i = 0; i < 2000; ++i) scores.push_back(static_cast<float>(i) * 1e-2F);
    model::set_scores(cluster, std::move(scores));
    clusters.push_back(std::move(cluster));
  }
  loaded->model.clusters = model::ReferenceClusters(std::move(clusters), 0.001, spec.width());
  loaded->model.fingerprint = "bench";
  loaded->normal = 0;
  return loaded;
}

inline std::string element_name(int i) { return "cell-" + std::to_string(100000000 + i); }

// About 264 bytes, as facts about the field's feeds have it.
inline std::string record(int element, long time_s, std::mt19937_64& random) {
  std::string text = R"({"element":")" + element_name(element) + R"(","time":)" +
                     std::to_string(time_s) + R"(,"kpis":{)";
  char value[48];
  for (int k = 0; k < kKpis; ++k) {
    std::snprintf(value, sizeof value, "%s\"kpi_%d\":%.3f", k == 0 ? "" : ",", 100 + k,
                  95 + static_cast<double>(random() % 10000) * 0.001);
    text += value;
  }
  return text + "}}";
}

}  // namespace faultprint::bench
