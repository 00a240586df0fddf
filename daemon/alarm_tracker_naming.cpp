// What an alarm tracker remembers of verdicts, and what an alarm is called by it.
#include <algorithm>

#include "daemon/alarm_tracker.h"

namespace faultprint::daemon {

// Verdicts before the first abnormal one need no place: they would only say "normal".
void AlarmTracker::remember(State& s, const Verdict& verdict, const float* distances,
                            const LoadedModel& model) const {
  Recent recent;
  recent.abnormal = verdict.outcome != Outcome::normal;
  recent.unknown = verdict.outcome == Outcome::unknown;
  if (recent.abnormal) {
    const std::size_t clusters = model.model.clusters.clusters().size();
    for (std::size_t c = 0; c < clusters; ++c)
      recent.evidence.push_back(distances[model.normal] - distances[c]);
  }
  s.recent.push_back(std::move(recent));
  const auto most =
      static_cast<std::size_t>(std::max(options_.raise_of, options_.raise_unknown_of));
  while (s.recent.size() > most) s.recent.erase(s.recent.begin());
}

// What an alarm would be raised as, where one is.
std::optional<AlarmTracker::Naming> AlarmTracker::due(const State& s,
                                                      const LoadedModel& model) const {
  Naming named = naming(s, options_.raise_of, model);
  if (named.abnormal >= options_.raise_count && named.fault_type != kUnknown) return named;
  Naming any = naming(s, options_.raise_unknown_of, model);
  if (any.abnormal >= options_.raise_unknown_count) return any;
  return std::nullopt;
}

// Unknown when most of the abnormal verdicts are; else the type with the greatest sum of evidence
// over the verdicts that are like some type.
AlarmTracker::Naming AlarmTracker::naming(const State& s, int of, const LoadedModel& model) {
  Naming result;
  result.of = of;
  int unknowns = 0;
  std::vector<double> sums(model.model.clusters.clusters().size(), 0.0);
  const auto newest = std::min(s.recent.size(), static_cast<std::size_t>(of));
  for (const Recent& recent : std::span(s.recent).last(newest)) {
    if (!recent.abnormal) continue;
    ++result.abnormal;
    if (recent.unknown) {
      ++unknowns;
      continue;
    }
    for (std::size_t c = 0; c < recent.evidence.size(); ++c) sums[c] += recent.evidence[c];
  }
  if (result.abnormal == 0) return result;
  if (2 * unknowns > result.abnormal) {
    result.fault_type = kUnknown;
    return result;
  }
  int best = -1;
  for (int c = 0; c < static_cast<int>(sums.size()); ++c)
    if (c != model.normal &&
        (best < 0 || sums[static_cast<std::size_t>(c)] > sums[static_cast<std::size_t>(best)]))
      best = c;
  if (best < 0) return result;
  result.fault_type = model.label(best);
  result.score = sums[static_cast<std::size_t>(best)] / (result.abnormal - unknowns);
  return result;
}

}  // namespace faultprint::daemon
