#include "model/straddling.h"

#include <algorithm>
#include <limits>
#include <map>

namespace faultprint::model {
namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

struct Seen {
  std::int64_t first = kNever;         // slot
  std::map<int, std::int64_t> starts;  // of each incident: its first slot
  std::vector<std::int64_t> faults;    // slots within incidents, ascending
};

std::map<int, Seen> seen_by_element(const TrainingWindows& data) {
  std::map<int, Seen> all;
  for (std::size_t i = 0; i < data.size(); ++i) {
    Seen& seen = all[data.elements[i]];
    const std::int64_t slot = data.slots[i];
    seen.first = std::min(seen.first, slot);
    if (data.incidents[i] < 0) continue;
    seen.faults.push_back(slot);
    const auto start = seen.starts.emplace(data.incidents[i], slot).first;
    start->second = std::min(start->second, slot);
  }
  for (auto& [element, seen] : all) std::sort(seen.faults.begin(), seen.faults.end());
  return all;
}

}  // namespace

std::vector<std::uint8_t> straddling(const TrainingWindows& data, int window) {
  const std::map<int, Seen> all = seen_by_element(data);
  std::vector<std::uint8_t> straddle;
  for (std::size_t i = 0; i < data.size(); ++i) {
    const Seen& seen = all.at(data.elements[i]);
    const std::int64_t oldest = data.slots[i] - window + 1;
    if (data.incidents[i] >= 0) {
      const std::int64_t start = seen.starts.at(data.incidents[i]);
      straddle.push_back(oldest < start && seen.first < start ? 1 : 0);
    } else {
      const auto fault = std::lower_bound(seen.faults.begin(), seen.faults.end(), oldest);
      straddle.push_back(fault != seen.faults.end() && *fault < data.slots[i] ? 1 : 0);
    }
  }
  return straddle;
}

std::vector<std::string> check_transitions(const TrainingWindows& data, int window) {
  const std::vector<std::uint8_t> straddle = straddling(data, window);
  std::vector<std::string> warnings;
  for (int c = 0; c < data.classes(); ++c) {
    const auto is_reference = [&](std::size_t i, bool pure) {
      return data.labels[i] == c && (!pure || data.pure[i] != 0);
    };
    bool pure = false;
    for (std::size_t i = 0; i < data.size(); ++i) pure = pure || is_reference(i, true);
    bool any = false;
    bool whole = false;
    for (std::size_t i = 0; i < data.size(); ++i) {
      if (!is_reference(i, pure)) continue;
      any = true;
      whole = whole || straddle[i] == 0;
    }
    if (any && !whole)
      warnings.push_back("W_TRANSITION_WINDOW: no window of '" +
                         data.class_names[static_cast<std::size_t>(c)] +
                         "' lies within it as a whole: its references show the change of state. "
                         "It does not last for a window (" +
                         std::to_string(window) + " slots), or looks calm by then");
  }
  return warnings;
}

}  // namespace faultprint::model
