// Verdicts and windows, counted by group of elements.
#pragma once

#include <prometheus/counter.h>

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "daemon/metrics_families.h"
#include "daemon/verdict.h"

namespace faultprint::daemon {

// References into the registry, which must outlive it.
class GroupCounts {
 public:
  explicit GroupCounts(prometheus::Registry& registry) : registry_(registry) { set({""}); }

  // Before the workers begin, who read the map. "": there are no groups.
  void set(const std::vector<std::string>& names);
  void windows(std::uint64_t count, const std::string& group) {
    groups_.at(group).windows->Increment(static_cast<double>(count));
  }
  void verdicts(Outcome outcome, std::uint64_t count, const std::string& group) {
    groups_.at(group).verdicts[static_cast<std::size_t>(outcome)]->Increment(
        static_cast<double>(count));
  }

 private:
  struct Counts {
    std::array<prometheus::Counter*, static_cast<std::size_t>(Outcome::count_)> verdicts{};
    prometheus::Counter* windows = nullptr;
  };

  prometheus::Registry& registry_;
  prometheus::Family<prometheus::Counter>& windows_ =
      counters(registry_, "faultprint_windows_scored_total", "Windows scored by the encoder.");
  prometheus::Family<prometheus::Counter>& verdicts_ =
      counters(registry_, "faultprint_verdicts_total", "Verdicts given, by outcome.");
  std::map<std::string, Counts> groups_;
};

}  // namespace faultprint::daemon
