// How sure an evaluation's figures are: 95 % bootstrap intervals over its resampling units. Every
// method is measured on the same draws, so that the difference of two has an interval too.
//
// Several evaluations of one history (the parts of a protocol) count together: their macro-F1,
// accuracy and AUROC as a mean, their incidents and alarms as a sum. A unit that several of them
// judge is drawn for all of them at once: they are not independent of each other.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "daemon/unit_tally.h"
#include "model/bootstrap.h"

namespace faultprint::daemon {

constexpr int kResamples = 1000;

// nullopt: fewer than two of what is drawn (incidents of the class, stretches of normal), or not
// defined in most draws.
struct MethodIntervals {
  using Maybe = std::optional<model::Interval>;
  Maybe macro_f1;
  Maybe accuracy;
  std::vector<Maybe> f1;  // by class; of several evaluations none
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

struct EvaluationIntervals {
  std::vector<MethodIntervals> methods;  // the model's own first
  DetectionIntervals unknown;
  std::size_t incident_units = 0;  // drawn
  std::size_t normal_blocks = 0;
};

using Tallies = std::vector<const UnitTally*>;  // of the same methods

EvaluationIntervals intervals_of(const Tallies& parts);

// What became of one fault type in each part, of another one maybe: its F1 as a mean, its
// incidents as a sum.
struct TypeIntervals {
  MethodIntervals::Maybe f1;
  MethodIntervals::Maybe named;
  MethodIntervals::Maybe unknown;  // first called so
};
struct TypeInPart {
  const UnitTally* tally;
  std::string fault_type;
  int number;  // of that class; -1: no class of the evaluation
};
TypeIntervals type_intervals(const std::vector<TypeInPart>& parts, std::size_t method);

// Incidents named, of as many, by the exact interval of a share: no narrower where all or none
// were. evaluations: so many have judged the same incidents, which tells no more than one does.
MethodIntervals::Maybe exact_named(const IncidentScore& score, std::size_t evaluations = 1);
// False alarms that were to be expected.
model::Interval exact_false_episodes(const IncidentScore& score, std::size_t evaluations = 1);

}  // namespace faultprint::daemon
