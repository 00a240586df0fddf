// History and incidents to labelled windows, through the same ingest code that live use runs.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "daemon/unmatched_incidents.h"
#include "ingest/history.h"
#include "ingest/incidents.h"
#include "ingest/window_store.h"
#include "model/familiarity.h"
#include "model/training_windows.h"

namespace faultprint::daemon {

// Which records of a history count.
using Wanted = std::function<bool(std::string_view element, std::int64_t time_us)>;

struct DataFiles {
  std::vector<std::string> history;
  std::vector<std::string> incidents;
  Wanted wanted = {};  // none: all of them
};

using Progress = std::function<void(double share)>;

// Feeds all of the history through the store and hands out each batch, the flushed rest included.
// `on_batch` must leave the batch to be cleared. Rejected records are counted by reason; those
// used at `none`.
ingest::RejectCounts read_history(const config::Config& config, const config::InputSpec& input,
                                  const std::vector<std::string>& files, ingest::WindowStore& store,
                                  const std::function<void()>& on_batch, const Progress& progress,
                                  const Wanted& wanted = {});

// A store for recorded files, with per-element watermarks.
ingest::WindowStore::Options file_options(const config::StreamConfig& stream);

// Labels of an element's completed slots, in order: the label of each, and for how many slots the
// same one has lasted.
class SlotLabels {
 public:
  SlotLabels(const ingest::Incidents& incidents, config::Microseconds period)
      : incidents_(incidents), period_us_(period.count()) {}

  struct Label {
    const std::string* name = nullptr;
    const ingest::Incident* row = nullptr;  // null where nothing covers the slot
    int run = 0;                            // slots in a row, this one included
  };
  // A slot carries the label that holds at its start.
  Label at(const std::string& element, std::int64_t slot, bool fresh);

 private:
  struct Last {
    std::int64_t slot = 0;
    std::string name;
    int run = 0;
  };
  const ingest::Incidents& incidents_;
  std::int64_t period_us_;
  std::map<std::string, Last, std::less<>> last_;
};

struct Dataset {
  config::InputSpec input;  // with the network's figures
  model::TrainingWindows windows;
  ingest::CarryOver carry_over;
  std::size_t elements = 0;
  std::map<std::string, std::size_t> element_numbers;  // as in windows.elements
  std::int64_t first_us = 0;
  std::int64_t last_us = 0;
  std::size_t calm = 0;         // windows inside incidents that look calm: not used
  double pure_share = 0;        // as asked for (DatasetOptions)
  float calm_deviation = 0;     // what counts as calm: see activity() in daemon/verdict.h
  std::size_t normal_seen = 0;  // before sampling
  std::map<std::string, std::size_t> incidents;  // per fault type, those with a usable window
  ingest::RejectCounts rejects{};
  HistoryTimes times;

  // Rows of the incident files (Incident::id) in which a window was judged, be it a calm one.
  std::set<int> judged_incidents() const;
};

struct DatasetOptions {
  std::size_t max_normal = 60000;  // windows of normal, a uniform sample where there are more
  // Share of a fault window's slots that must carry its label for it to be a reference: the newest
  // one alone by default, since calm-looking windows are left out already (all of them: 5 s later).
  double pure_share = 0;
  std::uint64_t seed = 1;
  // For a model that is there already: its input with the network's figures (not measured anew),
  // the state that its elements were left in, and what it takes for calm at most.
  std::optional<config::InputSpec> input;
  // For one that is not: its input, in place of the configuration's. The network is measured.
  std::optional<config::InputSpec> unmeasured;
  std::shared_ptr<const ingest::CarryOver> carry_over;
  float most_calm = 2;
};

// Reads the history twice: once for the network's mean and deviation per KPI, once for the windows.
// std::runtime_error when nothing usable is in it.
Dataset read_dataset(const config::Config& config, const DataFiles& files,
                     const ingest::Incidents& incidents, const DatasetOptions& options,
                     const Progress& progress);

}  // namespace faultprint::daemon
