// How sure an evaluation's figures are: 95 % bootstrap intervals over its resampling units. Every
// method is measured on the same draws, so that the difference of two has an interval too.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "daemon/incident_score.h"
#include "daemon/resampling_units.h"
#include "model/bootstrap.h"

namespace faultprint::daemon {

constexpr int kResamples = 1000;

// nullopt: fewer than two of what is drawn (incidents of the class, stretches of normal), or not
// defined in most draws.
struct MethodIntervals {
  using Maybe = std::optional<model::Interval>;
  Maybe macro_f1;
  Maybe accuracy;
  std::vector<Maybe> f1;  // by class
  Maybe named;            // incidents, of as many as there are
  Maybe median_delay_s;
  Maybe false_per_element_day;
  Maybe false_episodes;
  Maybe macro_f1_lead;  // of the model over this method; baselines alone
};

struct DetectionIntervals {
  MethodIntervals::Maybe auroc;
  MethodIntervals::Maybe fpr95;
};

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

// Of each method, the model's own first. units gains units of incidents that had no slot.
std::vector<MethodIntervals> method_intervals(ResamplingUnits& units, const WindowUnits& windows,
                                              std::span<const MethodOutcome> methods,
                                              config::Microseconds period);

// positive, strangeness: of each window.
DetectionIntervals detection_intervals(const ResamplingUnits& units, const WindowUnits& windows,
                                       std::span<const std::uint8_t> positive,
                                       std::span<const double> strangeness);

// Incidents named, of as many, by the exact interval of a share: no narrower where all or none
// were.
MethodIntervals::Maybe exact_named(const IncidentScore& score);

}  // namespace faultprint::daemon
