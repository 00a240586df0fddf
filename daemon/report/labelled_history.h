// What a report is made of: a labelled history as a model sees it, through the pipeline of live
// use.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "daemon/dataset.h"
#include "daemon/incident_score.h"
#include "daemon/report/episodes.h"
#include "model/evaluation.h"

namespace faultprint::daemon::report {

// A scored window that is kept.
struct SeenWindow {
  int element = 0;           // of LabelledHistory::elements
  std::int64_t time_us = 0;  // the end of its newest slot
  int truth = 0;             // of LabelledHistory::classes
  int nearest = 0;           // cluster
  Outcome outcome = Outcome::normal;
  float p_value = 1;  // the greatest over all clusters: unknown is decided by it
  float p_own = -1;   // of its own label's cluster; -1 where the model has none
  int group = 0;  // windows of one incident on one element, or of one stretch of normal, share it
  bool calm = false;  // inside an incident, and nothing moves
};

struct LabelledHistory {
  std::vector<std::string> classes;  // the model's labels, then those only the incidents know
  std::vector<std::string> elements;
  std::vector<SeenWindow> windows;  // all of incidents, and a uniform sample of normal ones
  model::Matrix embeddings;         // a row each
  std::vector<Episode> episodes;
  std::size_t episodes_seen = 0;  // whether kept or not
  model::Classification all;      // of all scored windows, kept or not, as `evaluate` counts them
  IncidentScore incidents;
  std::size_t normal_seen = 0;  // before sampling
  std::size_t not_scored = 0;
  std::int64_t first_us = 0;
  std::int64_t last_us = 0;
  ingest::RejectCounts rejects{};
  std::vector<std::string> warnings;  // of what does not fit together
};

struct HistoryLimits {
  std::size_t normal = 20000;  // windows of it that are kept
  EpisodeCollector::Limits episodes;
};

// std::runtime_error where no window was scored.
LabelledHistory read_labelled(const config::Config& config, const ModelPointer& model,
                              const DataFiles& files, const HistoryLimits& limits,
                              const Progress& progress);

}  // namespace faultprint::daemon::report
