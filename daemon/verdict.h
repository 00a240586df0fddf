// A window's outcome, and its line of JSON.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "daemon/loaded_model.h"
#include "daemon/metrics.h"
#include "ingest/window_store.h"
#include "model/reference_clusters.h"

namespace faultprint::daemon {

struct Verdict {
  std::uint32_t element = 0;    // WindowStore's number
  bool fresh = false;           // the element's first since it began, or began anew
  bool relearned = false;       // and that because an operator wanted it
  std::int64_t time_us = 0;     // the end of the newest slot
  std::int64_t decided_us = 0;  // as of CompletedSlot, but not before that end
  Outcome outcome = Outcome::not_scored;
  ingest::NotScored not_scored = ingest::NotScored::none;
  model::Match match;          // scored ones alone
  bool unfamiliar = false;     // near what is normal, and unknown for its shape alone
  std::int32_t nearest = 0;    // cluster, also where the verdict is normal for want of activity
  std::int32_t row = -1;       // of the batch's windows and distances
  std::size_t slot_index = 0;  // of Batch::slots
};

// A KPI that speaks for an abnormal verdict: its mean deviation over the newest slots. A state or
// text deviates by 10, as far as a number can, in a slot where it moved, and by 0 where not: it
// moved when it is not what it was last, or has a token that is not InputSpec::usual.
struct KpiEvidence {
  std::string name;
  double deviation = 0;
  // Of a number, in its own unit: its value in the newest slot and what is normal for the element.
  // NaN where it is not known.
  double value = std::numeric_limits<double>::quiet_NaN();
  double normal = std::numeric_limits<double>::quiet_NaN();
};

// How much moves: the greatest mean absolute deviation of any KPI over the newest 4 slots, from 0
// to 10; one slot of four in which a state moved makes 2.5, more than is ever calm. At or below the
// model's calm_deviation a window looks calm: it is no evidence of a fault, in training (an
// incident's interval often outlasts its effect) as in live use. window: T x columns.
float activity(std::span<const float> window, const config::InputSpec& input);

// Each KPI's mean deviation over the newest 4 slots, in the input's order.
std::vector<KpiEvidence> recent_deviations(std::span<const float> window,
                                           const config::InputSpec& input);

// Up to three KPIs, the strongest first.
std::vector<KpiEvidence> strongest_kpis(std::span<const float> window,
                                        const config::InputSpec& input);

// The same record gives the same line, byte for byte: a repeat can be told by its id.
// group: of elements; "": the configuration has none.
std::string to_json_line(const Verdict& verdict, const ingest::WindowStore& store,
                         const LoadedModel& model, const std::string& group = "");

// Identity of a verdict or alarm: element and time.
std::string identity(const std::string& element, std::int64_t time_us);
// The same among several groups: "GROUP/" before it. An id itself where there are none ("").
std::string id_in_group(const std::string& group, const std::string& id);

// Four significant digits, as verdicts and events print numbers.
double rounded(double value);

}  // namespace faultprint::daemon
