#include "model/training_windows.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>
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
    if (data.labels[i] == 0)
      all.emplace(data.elements[i], data.slots[i] / (kStretchWindows * window));
  std::vector<Stretch> order(all.begin(), all.end());
  std::shuffle(order.begin(), order.end(), random);
  const auto count = static_cast<std::ptrdiff_t>(share * static_cast<double>(order.size()));
  return {order.begin(), order.begin() + count};
}

}  // namespace

Split split_by_incident(const TrainingWindows& data, int window, double share, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Split split;
  const std::set<int> incidents = held_out_incidents(data, share, random);
  std::vector<bool> held(data.size(), false);
  if (!incidents.empty()) {
    const std::set<Stretch> stretches = held_out_stretches(data, window, share, random);
    for (std::size_t i = 0; i < data.size(); ++i) {
      if (data.labels[i] == 0)
        held[i] =
            stretches.count({data.elements[i], data.slots[i] / (kStretchWindows * window)}) > 0;
      else if (data.labels[i] > 0)
        held[i] = incidents.count(data.incidents[i]) > 0;
    }
  }
  std::set<std::tuple<int, std::int64_t>> held_slots;  // newest slots of validation windows
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (!held[i]) continue;
    split.validation.push_back(i);
    held_slots.emplace(data.elements[i], data.slots[i]);
  }
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (held[i] || data.labels[i] == TrainingWindows::kUnused) continue;
    const auto next = held_slots.lower_bound({data.elements[i], data.slots[i] - window + 1});
    const bool shares = next != held_slots.end() && std::get<0>(*next) == data.elements[i] &&
                        std::get<1>(*next) < data.slots[i] + window;
    if (!shares) split.training.push_back(i);
  }
  const auto left = [&](bool fault) {
    return std::any_of(split.training.begin(), split.training.end(),
                       [&](std::size_t i) { return (data.labels[i] > 0) == fault; });
  };
  if (left(false) && left(true)) return split;
  split = {};  // so few windows that leaving some out leaves nothing to tell apart
  for (std::size_t i = 0; i < data.size(); ++i)
    if (data.labels[i] != TrainingWindows::kUnused) split.training.push_back(i);
  return split;
}

Matrix take_rows(const Matrix& matrix, const std::vector<std::size_t>& rows) {
  Matrix taken(static_cast<Eigen::Index>(rows.size()), matrix.cols());
  for (std::size_t i = 0; i < rows.size(); ++i)
    taken.row(static_cast<Eigen::Index>(i)) = matrix.row(static_cast<Eigen::Index>(rows[i]));
  return taken;
}

}  // namespace faultprint::model
