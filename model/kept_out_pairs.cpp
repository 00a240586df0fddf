#include "model/kept_out_pairs.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <random>
#include <set>
#include <string_view>
#include <unordered_map>

namespace faultprint::model {
namespace {

using Rows = std::vector<std::size_t>;

constexpr std::size_t kMostWindows = 8;  // of an incident
constexpr std::size_t kMostGroups = 64;  // pairs of incidents of two labels

// At most `most` of them, evenly.
template <typename T>
void thin(std::vector<T>& items, std::size_t most) {
  if (items.size() <= most) return;
  for (std::size_t i = 0; i < most; ++i) items[i] = std::move(items[i * items.size() / most]);
  items.resize(most);
}

using Unit = std::vector<Eigen::Index>;  // of an incident or stretch: rows of the embeddings
using UnitPairs = std::vector<std::pair<const Unit*, const Unit*>>;

UnitPairs pairs_of(const std::vector<Unit>& a, const std::vector<Unit>& b) {
  UnitPairs pairs;
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t j = &a == &b ? i + 1 : 0; j < b.size(); ++j) pairs.emplace_back(&a[i], &b[j]);
  thin(pairs, kMostGroups);
  return pairs;
}

double distance(const Matrix& embeddings, Eigen::Index a, Eigen::Index b) {
  return (embeddings.row(a) - embeddings.row(b)).cast<double>().norm();
}

std::string_view bytes_of(const Matrix& windows, Eigen::Index row) {
  return {reinterpret_cast<const char*>(windows.data() + row * windows.cols()),
          static_cast<std::size_t>(windows.cols()) * sizeof(float)};
}

// A number for each row's window, the same for the same values.
std::vector<int> identities(const Matrix& windows) {
  std::unordered_map<std::string_view, int> known;
  std::vector<int> numbers;
  for (Eigen::Index i = 0; i < windows.rows(); ++i)
    numbers.push_back(
        known.emplace(bytes_of(windows, i), static_cast<int>(known.size())).first->second);
  return numbers;
}

TrainingPairs take_pairs(const TrainingPairs& pairs, const Rows& chosen) {
  TrainingPairs taken;
  Rows rows;
  for (const std::size_t i : chosen) {
    rows.insert(rows.end(), {2 * i, 2 * i + 1});
    taken.same.push_back(pairs.same[i]);
  }
  taken.windows = take_rows(pairs.windows, rows);
  return taken;
}

bool has_both(const TrainingPairs& pairs) {
  const auto equal = std::count_if(pairs.same.begin(), pairs.same.end(), [](auto s) { return s; });
  return equal > 0 && equal < static_cast<std::ptrdiff_t>(pairs.same.size());
}

// The windows of the first `share` of each side in this order, at least one pair of each.
std::set<int> held_windows(const TrainingPairs& pairs, const std::vector<int>& windows,
                           const Rows& order, double share) {
  std::set<int> held;
  for (const bool same : {false, true}) {
    Rows side;
    for (const std::size_t i : order)
      if ((pairs.same[i] != 0) == same) side.push_back(i);
    const auto count = static_cast<std::size_t>(share * static_cast<double>(side.size()));
    side.resize(std::min(side.size(), std::max<std::size_t>(1, count)));
    for (const std::size_t i : side) held.insert({windows[2 * i], windows[2 * i + 1]});
  }
  return held;
}

PairSplit split_by(const TrainingPairs& pairs, const std::vector<int>& windows,
                   const std::set<int>& held) {
  Rows training;
  Rows kept_out;
  for (std::size_t i = 0; i < pairs.same.size(); ++i) {
    const auto inside = held.count(windows[2 * i]) + held.count(windows[2 * i + 1]);
    if (inside == 0) training.push_back(i);
    if (inside == 2) kept_out.push_back(i);
  }
  return {take_pairs(pairs, training), take_pairs(pairs, kept_out)};
}

}  // namespace

std::vector<PairDistance> pairs_across_incidents(const Encoder& encoder,
                                                 const TrainingWindows& data, const Rows& rows,
                                                 int window) {
  std::map<int, std::map<int, Rows>> by_label;
  for (const std::size_t i : rows)
    if (data.labels[i] >= 0 && data.pure[i] != 0)
      by_label[data.labels[i]][group_of(data, i, window)].push_back(i);
  std::map<int, std::vector<Unit>> units;
  Rows used;
  for (auto& [label, groups] : by_label)
    for (auto& [group, own] : groups) {
      thin(own, kMostWindows);
      Unit& unit = units[label].emplace_back(own.size());
      std::iota(unit.begin(), unit.end(), static_cast<Eigen::Index>(used.size()));
      used.insert(used.end(), own.begin(), own.end());
    }
  const Matrix embeddings = embed_rows(encoder, data.windows, used);
  std::vector<PairDistance> pairs;
  int kind = 0;
  int group = 0;
  for (auto a = units.begin(); a != units.end(); ++a)
    for (auto b = a; b != units.end(); ++b) {
      if (a->first == 0 && b->first == 0) continue;
      for (const auto& [first, second] : pairs_of(a->second, b->second)) {
        for (const Eigen::Index i : *first)
          for (const Eigen::Index j : *second)
            pairs.push_back({distance(embeddings, i, j), a == b, kind, group});
        ++group;
      }
      ++kind;
    }
  return pairs;
}

std::vector<PairDistance> distances_of(const Encoder& encoder, const TrainingPairs& pairs) {
  Rows all(2 * pairs.same.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  const Matrix embeddings = embed_rows(encoder, pairs.windows, all);
  std::vector<PairDistance> result;
  for (std::size_t i = 0; i < pairs.same.size(); ++i) {
    const auto row = static_cast<Eigen::Index>(2 * i);
    result.push_back(
        {distance(embeddings, row, row + 1), pairs.same[i] != 0, 0, static_cast<int>(i)});
  }
  return result;
}

PairSplit split_pairs(const TrainingPairs& pairs, double share, std::uint64_t seed) {
  PairSplit split{pairs, {}};
  if (!has_both(pairs)) return split;
  const std::vector<int> windows = identities(pairs.windows);
  Rows order(pairs.same.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::mt19937_64 random(seed);
  // Where windows stand in many pairs, keeping a few out takes many pairs from training: fewer
  // then, and chance says which serve. A third of the pairs must be left to learn from.
  constexpr int kTries = 4;
  for (; share * static_cast<double>(pairs.same.size()) >= 0.5; share /= 2)
    for (int i = 0; i < kTries; ++i) {
      std::shuffle(order.begin(), order.end(), random);
      PairSplit found = split_by(pairs, windows, held_windows(pairs, windows, order, share));
      if (3 * found.training.same.size() >= pairs.same.size() && has_both(found.training))
        return found;
    }
  return split;
}

Rows rows_without(const TrainingWindows& data, const Rows& rows, const Matrix& windows,
                  int window) {
  std::set<std::string_view> shown;
  for (Eigen::Index i = 0; i < windows.rows(); ++i) shown.insert(bytes_of(windows, i));
  if (shown.empty()) return rows;
  Rows matching;
  std::set<int> incidents;
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (shown.count(bytes_of(data.windows, static_cast<Eigen::Index>(i))) == 0) continue;
    matching.push_back(i);
    if (data.incidents[i] >= 0) incidents.insert(data.incidents[i]);
  }
  const Slots slots = slots_of(data, matching);
  Rows left;
  for (const std::size_t i : rows)
    if (incidents.count(data.incidents[i]) == 0 && !shares_a_slot(data, i, window, slots))
      left.push_back(i);
  return left;
}

}  // namespace faultprint::model
