// An evaluation by resampling unit: all that its figures need to be computed anew on a draw of
// units, also together with other evaluations of the same history (the parts of a protocol).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "daemon/incident_score.h"
#include "daemon/resampling_units.h"
#include "model/weighted_detection.h"

namespace faultprint::daemon {

// Scored windows: the class of each, and its unit.
struct WindowUnits {
  std::span<const int> truth;
  std::span<const int> unit;
  int classes = 0;
};

struct MethodOutcome {
  std::span<const int> predicted;  // of each window
  const IncidentScore* incidents = nullptr;
};

// What one method did, by unit.
struct MethodByUnit {
  struct Cell {  // of a unit's confusion matrix
    std::size_t truth;
    std::size_t predicted;
    long count;
  };
  struct OfIncident {
    std::optional<double> delay_s;  // where it was named
    bool unknown_first = false;     // its first alarm was of type unknown
  };
  std::vector<std::vector<Cell>> confusion;
  std::vector<long> false_alarms;
  std::vector<std::vector<OfIncident>> incidents;
  int only_predicted = 0;  // classes that no window is of
};

struct UnitTally {
  // Of each unit. Type and name together say which it is, in every evaluation of the history.
  std::vector<std::string> fault_types;  // "" of normal
  std::vector<std::string> names;
  std::vector<long> slots;  // watched
  double slots_a_day = 0;
  std::vector<bool> drawable;         // of each class: two units have windows of it
  std::vector<MethodByUnit> methods;  // the model's own first
  // Strangers against what is known, where two units have each.
  std::optional<model::WeightedDetection> unknown;
};

// units gains units of incidents that had no slot.
UnitTally tally_by_unit(ResamplingUnits& units, const WindowUnits& windows,
                        std::span<const MethodOutcome> methods, config::Microseconds period);

// positive, strangeness: of each window.
std::optional<model::WeightedDetection> detection_by_unit(const WindowUnits& windows,
                                                          std::span<const std::uint8_t> positive,
                                                          std::span<const double> strangeness);

// The figures of one method where each unit counts so many times (weights: by unit); NaN where one
// is not defined.
struct DrawnFigures {
  double macro_f1;
  double accuracy;
  std::vector<double> f1;  // by class
  std::vector<double> delays_s;
  long false_alarms = 0;
  double element_days = 0;
};
DrawnFigures figures_of_draw(const UnitTally& tally, std::size_t method,
                             const std::vector<int>& weights);

// Incidents of one fault type named, and first called unknown.
struct DrawnType {
  long named = 0;
  long unknown = 0;
};
DrawnType type_of_draw(const UnitTally& tally, std::size_t method, const std::string& fault_type,
                       const std::vector<int>& weights);

}  // namespace faultprint::daemon
