#include "model/training_windows.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <stdexcept>
#include <tuple>

namespace faultprint::model {
namespace {

constexpr std::int64_t kStretchWindows = 8;  // a stretch of normal, in windows' lengths

// Fault incidents kept out, by number.
std::set<int> held_out_incidents(const TrainingWindows& data, double share,
                                 std::mt19937_64& random) {
  std::map<int, std::set<int>> by_class;
  for (std::size_t i = 0; i < data.size(); ++i)
    if (data.labels[i] > 0) by_class[data.labels[i]].insert(data.incidents[i]);
  std::set<int> held;
  for (const auto& [label, incidents] : by_class) {
    std::vector<int> order(incidents.begin(), incidents.end());
    std::shuffle(order.begin(), order.end(), random);
    if (order.size() < 2) continue;
    const auto count = std::max<std::size_t>(
        1, static_cast<std::size_t>(share * static_cast<double>(order.size())));
    held.insert(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count));
  }
  return held;
}

using Stretch = std::pair<int, std::int64_t>;  // element, stretch number

std::set<Stretch> held_out_stretches(const TrainingWindows& data, int window, double share,
                                     std::mt19937_64& random) {
  std::set<Stretch> all;
  for (std::size_t i = 0; i < data.size(); ++i)
    if (data.labels[i] == 0) all.emplace(data.elements[i], data.slots[i] / normal_stretch(window));
  std::vector<Stretch> order(all.begin(), all.end());
  std::shuffle(order.begin(), order.end(), random);
  const auto count = static_cast<std::ptrdiff_t>(share * static_cast<double>(order.size()));
  return {order.begin(), order.begin() + count};
}

// Number of the type kept out whole; -1: there are too few.
int novel_class(const TrainingWindows& data, std::mt19937_64& random) {
  constexpr std::size_t kLeastTypes = 4;
  std::set<int> types;
  for (const int label : data.labels)
    if (label > 0) types.insert(label);
  if (types.size() < kLeastTypes) return -1;
  return *std::next(types.begin(), static_cast<std::ptrdiff_t>(random() % types.size()));
}

}  // namespace

std::int64_t normal_stretch(int window) { return kStretchWindows * window; }

int group_of(const TrainingWindows& data, std::size_t i, int window) {
  if (data.labels[i] > 0) return data.incidents[i];
  return static_cast<int>((data.elements[i] * 7919LL + data.slots[i] / normal_stretch(window)) %
                          1000003);
}

bool shares_a_slot(const TrainingWindows& data, std::size_t i, int window, const Slots& held) {
  const auto next = held.lower_bound({data.elements[i], data.slots[i] - window + 1});
  return next != held.end() && next->first == data.elements[i] &&
         next->second < data.slots[i] + window;
}

Slots slots_of(const TrainingWindows& data, const std::vector<std::size_t>& rows) {
  Slots slots;
  for (const std::size_t i : rows) slots.emplace(data.elements[i], data.slots[i]);
  return slots;
}

Split split_by_incident(const TrainingWindows& data, int window, double share, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Split split;
  const std::set<int> incidents = held_out_incidents(data, share, random);
  const bool labelled =
      std::any_of(data.labels.begin(), data.labels.end(), [](int label) { return label > 0; });
  std::vector<bool> held(data.size(), false);
  std::vector<bool> novel(data.size(), false);
  if (!incidents.empty() || !labelled) {
    const std::set<Stretch> stretches = held_out_stretches(data, window, share, random);
    const int left_out = novel_class(data, random);
    for (std::size_t i = 0; i < data.size(); ++i) {
      if (data.labels[i] == 0)
        held[i] = stretches.count({data.elements[i], data.slots[i] / normal_stretch(window)}) > 0;
      else if (data.labels[i] > 0 && data.labels[i] == left_out)
        novel[i] = true;
      else if (data.labels[i] > 0)
        held[i] = incidents.count(data.incidents[i]) > 0;
    }
  }
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (held[i]) split.validation.push_back(i);
    if (novel[i]) split.novel.push_back(i);
  }
  Slots held_slots = slots_of(data, split.validation);
  held_slots.merge(slots_of(data, split.novel));
  for (std::size_t i = 0; i < data.size(); ++i)
    if (!held[i] && !novel[i] && data.labels[i] != TrainingWindows::kUnused &&
        !shares_a_slot(data, i, window, held_slots))
      split.training.push_back(i);
  const auto left = [&](bool fault) {
    return std::any_of(split.training.begin(), split.training.end(),
                       [&](std::size_t i) { return (data.labels[i] > 0) == fault; });
  };
  if (left(false) && (left(true) || !labelled)) return split;
  split = {};  // so few windows that leaving some out leaves nothing to tell apart
  for (std::size_t i = 0; i < data.size(); ++i)
    if (data.labels[i] != TrainingWindows::kUnused) split.training.push_back(i);
  return split;
}

void check_split(const TrainingWindows& data, const Split& split, int window) {
  const Slots held = slots_of(data, split.validation);
  std::set<int> incidents;
  for (const std::size_t i : split.validation)
    if (data.labels[i] > 0) incidents.insert(data.incidents[i]);
  for (const std::size_t i : split.training) {
    const bool shared_incident = data.labels[i] > 0 && incidents.count(data.incidents[i]) > 0;
    if (!shared_incident && !shares_a_slot(data, i, window, held)) continue;
    throw std::logic_error("E_SPLIT_LEAK: window " + std::to_string(i) +
                           (shared_incident ? " is of an incident" : " shares a slot") +
                           " that stands on both sides of the split: its score would be flattered");
  }
}

std::vector<Origin> origins_of(const TrainingWindows& data, const std::vector<std::size_t>& rows) {
  std::vector<Origin> origins;
  if (data.element_names.empty() || data.incident_starts_us.empty()) return origins;
  for (const std::size_t i : rows)
    origins.push_back({data.element_names.at(static_cast<std::size_t>(data.elements[i])),
                       data.incident_starts_us.at(static_cast<std::size_t>(data.incidents[i]))});
  return origins;
}

Matrix take_rows(const Matrix& matrix, const std::vector<std::size_t>& rows) {
  Matrix taken(static_cast<Eigen::Index>(rows.size()), matrix.cols());
  for (std::size_t i = 0; i < rows.size(); ++i)
    taken.row(static_cast<Eigen::Index>(i)) = matrix.row(static_cast<Eigen::Index>(rows[i]));
  return taken;
}

}  // namespace faultprint::model
