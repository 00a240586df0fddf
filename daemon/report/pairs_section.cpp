#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "daemon/report/episode_curves.h"
#include "daemon/report/sections.h"

namespace faultprint::daemon::report {
namespace {

constexpr std::size_t kPairsAlike = 3;
constexpr std::size_t kPairsUnlike = 1;
constexpr std::size_t kPairKpis = 3;
constexpr std::int64_t kLongestCurve = 120;  // slots after the start

struct EpisodePair {
  std::size_t a;
  std::size_t b;
  double distance;
};

// Mean embedding of the windows that show the fault; none where none does.
std::optional<Eigen::RowVectorXd> middle_of(const Episode& episode) {
  std::optional<Eigen::RowVectorXd> sum;
  double count = 0;
  for (const EpisodeSlot& slot : episode.slots) {
    if (!slot.inside || slot.calm || slot.embedding.size() == 0) continue;
    if (!sum) sum = Eigen::RowVectorXd::Zero(slot.embedding.size());
    *sum += slot.embedding.cast<double>();
    count += 1;
  }
  if (sum) *sum /= count;
  return sum;
}

// The pairs that come first, each incident in one pair alone.
std::vector<EpisodePair> first_of(std::vector<EpisodePair> pairs, bool nearest, std::size_t most) {
  std::stable_sort(pairs.begin(), pairs.end(), [&](const EpisodePair& x, const EpisodePair& y) {
    return nearest ? x.distance < y.distance : x.distance > y.distance;
  });
  std::set<std::size_t> used;
  std::vector<EpisodePair> chosen;
  for (const EpisodePair& pair : pairs) {
    if (chosen.size() == most) break;
    if (used.count(pair.a) > 0 || used.count(pair.b) > 0) continue;
    used.insert({pair.a, pair.b});
    chosen.push_back(pair);
  }
  return chosen;
}

Json side(const Episode& episode, const std::string& other, const LoadedModel& model,
          const std::vector<std::size_t>& kpis) {
  std::size_t windows = 0;
  std::size_t taken = 0;
  for (const EpisodeSlot& slot : episode.slots) {
    if (!slot.inside || slot.calm || slot.embedding.size() == 0) continue;
    ++windows;
    if (model.label(slot.nearest) == other) ++taken;
  }
  Json json = episode_name(episode);
  json["windows"] = windows;
  json["taken_for_other"] = taken;
  json["curves"] = curves(episode, kpis, kLongestCurve);
  return json;
}

double median_of(const std::vector<EpisodePair>& pairs) {
  std::vector<double> distances;
  for (const EpisodePair& pair : pairs) distances.push_back(pair.distance);
  return distances.empty() ? std::nan("") : model::median(std::move(distances));
}

}  // namespace

Json pairs_section(const LabelledHistory& history, const LoadedModel& model) {
  std::vector<std::optional<Eigen::RowVectorXd>> middles;
  for (const Episode& episode : history.episodes) middles.push_back(middle_of(episode));
  std::vector<EpisodePair> same;
  std::vector<EpisodePair> different;
  for (std::size_t a = 0; a < middles.size(); ++a)
    for (std::size_t b = a + 1; b < middles.size(); ++b) {
      if (!middles[a] || !middles[b]) continue;
      const bool equal =
          history.episodes[a].incident.fault_type == history.episodes[b].incident.fault_type;
      (equal ? same : different).push_back({a, b, (*middles[a] - *middles[b]).norm()});
    }
  Json list = Json::array();
  const auto add = [&](const EpisodePair& pair, const char* kind) {
    const Episode& a = history.episodes[pair.a];
    const Episode& b = history.episodes[pair.b];
    const auto kpis = strongest({&a, &b}, kPairKpis);
    list.push_back({{"kind", kind},
                    {"distance", number(pair.distance)},
                    {"kpis", kpi_names(kpis, model.input)},
                    {"a", side(a, b.incident.fault_type, model, kpis)},
                    {"b", side(b, a.incident.fault_type, model, kpis)}});
  };
  for (const EpisodePair& pair : first_of(different, true, kPairsAlike)) add(pair, "alike");
  for (const EpisodePair& pair : first_of(same, false, kPairsUnlike)) add(pair, "unlike");
  return {{"incidents", history.episodes.size()},
          {"seen", history.episodes_seen},
          {"typical_same", number(median_of(same))},
          {"typical_different", number(median_of(different))},
          {"list", list}};
}

}  // namespace faultprint::daemon::report
