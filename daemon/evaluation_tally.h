// What the rounds of an evaluation find together: every scored window's truth, what each way of
// classifying made of it, and the alarms; then the figures of it all.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "daemon/evaluation_run.h"

namespace faultprint::daemon {

class EvaluationTally {
 public:
  struct Truth {
    std::vector<int> label;  // class numbers
    std::vector<std::uint8_t> pure;
    std::vector<std::uint8_t> strange;  // of a type that its judge does not know
    std::vector<int> unit;              // of ResamplingUnits
  };
  struct Outcomes {
    std::vector<int> predicted;  // class of each window in Truth
    std::vector<AlarmEvent> events;
  };

  // The rounds' models must outlive it, as the incidents.
  EvaluationTally(const std::vector<EvaluationRound>& rounds, const ingest::Incidents& incidents);

  int class_number(const std::string& label);
  // A slot that an element was watched in. The unit of its window, -1 where it is to be ignored.
  int watched(const std::string& element, std::int64_t slot, const SlotLabels::Label& label);
  EvaluationResult result();

  Truth truth;
  Outcomes ours;
  std::vector<double> strangeness;  // of each window: calibrated distance to the nearest cluster
  std::map<std::string, Outcomes> baselines;
  std::size_t not_scored = 0;
  ingest::RejectCounts rejects{};

 private:
  MethodScore score(const Outcomes& outcomes) const;
  std::optional<model::Detection> unknown() const;
  void add_intervals(EvaluationResult& result);

  config::Microseconds period_;
  HistoryTimes times_;
  IncidentScorer incident_scorer_;
  ResamplingUnits units_;
  std::vector<std::string> classes_;
};

}  // namespace faultprint::daemon
