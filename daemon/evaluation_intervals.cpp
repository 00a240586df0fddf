#include "daemon/evaluation_intervals.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "model/exact_interval.h"

namespace faultprint::daemon {
namespace {

constexpr std::uint64_t kSeed = 1;
constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

// The units of all parts, each once.
class UnionDraws {
 public:
  explicit UnionDraws(const Tallies& parts) {
    std::map<std::pair<std::string, std::string>, std::size_t> units;
    std::map<std::string, int> kinds;
    std::map<std::string, std::size_t> of_type;
    std::vector<int> strata;
    for (const UnitTally* part : parts) {
      std::vector<std::size_t>& mine = places_.emplace_back();
      for (std::size_t u = 0; u < part->names.size(); ++u) {
        const std::string& type = part->fault_types[u];
        const auto [unit, first] = units.emplace(std::pair{type, part->names[u]}, strata.size());
        mine.push_back(unit->second);
        if (!first) continue;
        strata.push_back(kinds.emplace(type, static_cast<int>(kinds.size())).first->second);
        ++(type.empty() ? normal_blocks : incidents);
        if (!type.empty()) most_of_a_type = std::max(most_of_a_type, ++of_type[type]);
      }
      weights_.emplace_back(mine.size());
    }
    bootstrap_.emplace(strata, kSeed);
  }

  // How often each part's units are drawn; valid until the next call.
  const std::vector<std::vector<int>>& next() {
    const std::vector<int>& all = bootstrap_->next();
    for (std::size_t p = 0; p < places_.size(); ++p)
      for (std::size_t u = 0; u < places_[p].size(); ++u) weights_[p][u] = all[places_[p][u]];
    return weights_;
  }

  std::size_t incidents = 0;
  std::size_t most_of_a_type = 0;  // incidents; where each type has one, every draw is the same
  std::size_t normal_blocks = 0;

 private:
  std::vector<std::vector<std::size_t>> places_;  // of each part's units among all
  std::vector<std::vector<int>> weights_;
  std::optional<model::StratifiedBootstrap> bootstrap_;
};

// Each figure in every draw.
struct Draws {
  explicit Draws(std::size_t classes) : f1(classes) {}
  std::vector<double> macro_f1, accuracy, named, median_delay_s, false_per_element_day,
      false_episodes;
  std::vector<std::vector<double>> f1;
};

// Of one method, over the parts.
void add_draw(const Tallies& parts, std::size_t method,
              const std::vector<std::vector<int>>& weights, Draws& draws) {
  const double share = 1.0 / static_cast<double>(parts.size());
  double macro_f1 = 0;
  double accuracy = 0;
  double element_days = 0;
  long episodes = 0;
  std::vector<double> delays;
  for (std::size_t p = 0; p < parts.size(); ++p) {
    DrawnFigures drawn = figures_of_draw(*parts[p], method, weights[p]);
    macro_f1 += share * drawn.macro_f1;
    accuracy += share * drawn.accuracy;
    element_days += drawn.element_days;
    episodes += drawn.false_alarms;
    delays.insert(delays.end(), drawn.delays_s.begin(), drawn.delays_s.end());
    for (std::size_t c = 0; c < draws.f1.size(); ++c) draws.f1[c].push_back(drawn.f1[c]);
  }
  draws.macro_f1.push_back(macro_f1);
  draws.accuracy.push_back(accuracy);
  draws.named.push_back(static_cast<double>(delays.size()));
  draws.median_delay_s.push_back(delays.empty() ? kUndefined : model::median(std::move(delays)));
  draws.false_episodes.push_back(static_cast<double>(episodes));
  draws.false_per_element_day.push_back(
      element_days > 0 ? static_cast<double>(episodes) / element_days : kUndefined);
}

MethodIntervals of_draws(const Draws& draws, const UnionDraws& units,
                         const std::vector<bool>& drawable) {
  const auto interval = [](const std::vector<double>& values, bool enough) {
    return enough ? model::percentile_interval(values) : std::nullopt;
  };
  const bool incidents = units.most_of_a_type >= 2;
  const bool blocks = units.normal_blocks >= 2;
  MethodIntervals result;
  result.macro_f1 = interval(draws.macro_f1, incidents || blocks);
  result.accuracy = interval(draws.accuracy, incidents || blocks);
  for (std::size_t c = 0; c < draws.f1.size(); ++c)
    result.f1.push_back(interval(draws.f1[c], drawable[c]));
  result.named = interval(draws.named, incidents);
  result.median_delay_s = interval(draws.median_delay_s, incidents);
  result.false_per_element_day = interval(draws.false_per_element_day, blocks);
  result.false_episodes = interval(draws.false_episodes, blocks);
  return result;
}

// The model's macro-F1 less that of a method, draw by draw.
MethodIntervals::Maybe lead(std::vector<double> own, const std::vector<double>& other) {
  for (std::size_t i = 0; i < own.size(); ++i) own[i] -= other[i];
  return model::percentile_interval(std::move(own));
}

// The mean over parts that have strangers to tell.
DetectionIntervals detection_intervals(const Tallies& parts) {
  UnionDraws units(parts);
  const auto able = std::count_if(parts.begin(), parts.end(),
                                  [](const UnitTally* part) { return part->unknown.has_value(); });
  if (able == 0) return {};
  std::vector<double> auroc(kResamples, 0);
  std::vector<double> fpr95(kResamples, 0);
  for (std::size_t i = 0; i < kResamples; ++i) {
    const auto& weights = units.next();
    for (std::size_t p = 0; p < parts.size(); ++p) {
      if (!parts[p]->unknown) continue;
      const auto found = (*parts[p]->unknown)(weights[p]);
      auroc[i] += (found ? found->auroc : kUndefined) / static_cast<double>(able);
      fpr95[i] += (found ? found->fpr95 : kUndefined) / static_cast<double>(able);
    }
  }
  return {model::percentile_interval(std::move(auroc)),
          model::percentile_interval(std::move(fpr95))};
}

// What one evaluation would have to have counted.
long of_one(std::size_t count, std::size_t evaluations) {
  return std::lround(static_cast<double>(count) / static_cast<double>(evaluations));
}

}  // namespace

EvaluationIntervals intervals_of(const Tallies& parts) {
  // Whose classes are the same ones in every part is not known: none has an interval.
  const std::size_t classes = parts.size() == 1 ? parts.front()->drawable.size() : 0;
  std::vector<Draws> draws(parts.front()->methods.size(), Draws(classes));
  UnionDraws units(parts);
  for (int i = 0; i < kResamples; ++i) {
    const auto& weights = units.next();
    for (std::size_t m = 0; m < draws.size(); ++m) add_draw(parts, m, weights, draws[m]);
  }
  EvaluationIntervals result;
  result.incident_units = units.incidents;
  result.normal_blocks = units.normal_blocks;
  for (const Draws& of_method : draws) {
    result.methods.push_back(of_draws(of_method, units, parts.front()->drawable));
    if (result.methods.size() > 1 && result.methods.back().macro_f1)
      result.methods.back().macro_f1_lead = lead(draws.front().macro_f1, of_method.macro_f1);
  }
  result.unknown = detection_intervals(parts);
  return result;
}

TypeIntervals type_intervals(const std::vector<TypeInPart>& parts, std::size_t method) {
  Tallies tallies;
  for (const TypeInPart& part : parts) tallies.push_back(part.tally);
  UnionDraws units(tallies);
  std::vector<double> f1, named, unknown;
  for (int i = 0; i < kResamples; ++i) {
    const auto& weights = units.next();
    double sum = 0;
    DrawnType count;
    for (std::size_t p = 0; p < parts.size(); ++p) {
      const TypeInPart& part = parts[p];
      const DrawnType drawn = type_of_draw(*part.tally, method, part.fault_type, weights[p]);
      count.named += drawn.named;
      count.unknown += drawn.unknown;
      if (part.number >= 0)
        sum += figures_of_draw(*part.tally, method, weights[p])
                   .f1[static_cast<std::size_t>(part.number)];
    }
    f1.push_back(sum / static_cast<double>(parts.size()));
    named.push_back(static_cast<double>(count.named));
    unknown.push_back(static_cast<double>(count.unknown));
  }
  // A type of one incident says the same in every draw.
  const bool enough = std::all_of(parts.begin(), parts.end(), [](const TypeInPart& part) {
    return std::count(part.tally->fault_types.begin(), part.tally->fault_types.end(),
                      part.fault_type) >= 2;
  });
  if (!enough) return {};
  return {model::percentile_interval(std::move(f1)), model::percentile_interval(std::move(named)),
          model::percentile_interval(std::move(unknown))};
}

MethodIntervals::Maybe exact_named(const IncidentScore& score, std::size_t evaluations) {
  if (score.incidents.empty()) return std::nullopt;
  const auto total = static_cast<double>(score.incidents.size());
  const long tries = std::max(1L, of_one(score.incidents.size(), evaluations));
  const model::Interval share =
      model::exact_share(std::min(tries, of_one(score.named, evaluations)), tries);
  return model::Interval{share.low * total, share.high * total};
}

model::Interval exact_false_episodes(const IncidentScore& score, std::size_t evaluations) {
  const model::Interval one =
      model::exact_expectation(of_one(score.false_alarms.size(), evaluations));
  const auto times = static_cast<double>(evaluations);
  return {one.low * times, one.high * times};
}

}  // namespace faultprint::daemon
