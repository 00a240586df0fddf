#include <algorithm>
#include <nlohmann/json.hpp>
#include <random>

#include "daemon/report/sections.h"

namespace faultprint::daemon::report {
namespace {

constexpr std::size_t kPairsDrawn = 20000;  // of each kind
constexpr std::size_t kDistanceBins = 40;
constexpr int kTries = 16;  // for a window of another incident

// Pairs of windows, each label as often as every other.
class PairDraw {
 public:
  explicit PairDraw(const LabelledHistory& history) : history_(history), random_(1) {
    rows_.resize(history.classes.size());
    for (std::size_t i = 0; i < history.windows.size(); ++i)
      if (!history.windows[i].calm)
        rows_[static_cast<std::size_t>(history.windows[i].truth)].push_back(i);
    std::erase_if(rows_, [](const auto& rows) { return rows.size() < 2; });
  }

  bool possible() const { return rows_.size() >= 2; }

  double same() {
    const auto& rows = rows_[below(rows_.size())];
    const std::size_t a = rows[below(rows.size())];
    std::size_t b = a;
    for (int i = 0; i < kTries && (b == a || group(b) == group(a)); ++i) {
      const std::size_t next = rows[below(rows.size())];
      if (next != a) b = next;
    }
    return distance(a, b);
  }

  double different() {
    const std::size_t first = below(rows_.size());
    const std::size_t second = (first + 1 + below(rows_.size() - 1)) % rows_.size();
    return distance(rows_[first][below(rows_[first].size())],
                    rows_[second][below(rows_[second].size())]);
  }

 private:
  std::size_t below(std::size_t n) { return static_cast<std::size_t>((random_() >> 32) * n >> 32); }
  int group(std::size_t i) const { return history_.windows[i].group; }
  double distance(std::size_t a, std::size_t b) const {
    return (history_.embeddings.row(static_cast<Eigen::Index>(a)) -
            history_.embeddings.row(static_cast<Eigen::Index>(b)))
        .cast<double>()
        .norm();
  }

  const LabelledHistory& history_;
  std::mt19937_64 random_;
  std::vector<std::vector<std::size_t>> rows_;
};

Json shares_of_bins(const std::vector<double>& distances, double width) {
  std::vector<double> bins(kDistanceBins, 0.0);
  for (const double d : distances)
    bins[std::min(kDistanceBins - 1, static_cast<std::size_t>(d / width))] +=
        1.0 / static_cast<double>(distances.size());
  Json list = Json::array();
  for (const double share : bins) list.push_back(number(share));
  return list;
}

// distances: ascending.
Json quantiles(const std::vector<double>& distances) {
  const auto at = [&](double q) {
    return number(
        distances[static_cast<std::size_t>(q * static_cast<double>(distances.size() - 1))]);
  };
  return {{"p5", at(0.05)}, {"median", at(0.5)}, {"p95", at(0.95)}};
}

}  // namespace

Json distances_section(const LabelledHistory& history) {
  PairDraw draw(history);
  if (!draw.possible()) return nullptr;
  std::vector<double> same;
  std::vector<double> different;
  for (std::size_t i = 0; i < kPairsDrawn; ++i) {
    same.push_back(draw.same());
    different.push_back(draw.different());
  }
  std::sort(same.begin(), same.end());
  std::sort(different.begin(), different.end());
  const double width =
      std::max({same.back(), different.back(), 1e-6}) / static_cast<double>(kDistanceBins);
  return {{"pairs", kPairsDrawn},
          {"bin", width},
          {"same", shares_of_bins(same, width)},
          {"different", shares_of_bins(different, width)},
          {"same_quantiles", quantiles(same)},
          {"different_quantiles", quantiles(different)},
          {"nearer", number(model::detect(different, same).auroc)}};
}

}  // namespace faultprint::daemon::report
