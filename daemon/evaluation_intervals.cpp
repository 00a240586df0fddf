#include "daemon/evaluation_intervals.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include "model/evaluation.h"
#include "model/exact_interval.h"
#include "model/weighted_detection.h"

namespace faultprint::daemon {
namespace {

constexpr std::uint64_t kSeed = 1;
constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

struct Cell {  // of a unit's confusion matrix
  std::size_t truth;
  std::size_t predicted;
  long count;
};

// What one method did, by unit.
struct MethodByUnit {
  std::vector<std::vector<Cell>> confusion;
  std::vector<long> false_alarms;
  std::vector<std::optional<double>> delay_s;  // of the incident, where it is one that was named
  int only_predicted = 0;                      // classes that no window is of
};

// Each figure in every draw.
struct Draws {
  explicit Draws(std::size_t classes) : f1(classes) {}
  std::vector<double> macro_f1, accuracy, named, median_delay_s, false_per_element_day,
      false_episodes;
  std::vector<std::vector<double>> f1;
};

std::vector<std::vector<Cell>> confusion_by_unit(std::size_t units, const WindowUnits& windows,
                                                 std::span<const int> predicted) {
  std::vector<std::map<std::pair<int, int>, long>> counts(units);
  for (std::size_t i = 0; i < predicted.size(); ++i)
    ++counts[static_cast<std::size_t>(windows.unit[i])][{windows.truth[i], predicted[i]}];
  std::vector<std::vector<Cell>> result(units);
  for (std::size_t u = 0; u < units; ++u)
    for (const auto& [pair, count] : counts[u])
      result[u].push_back(
          {static_cast<std::size_t>(pair.first), static_cast<std::size_t>(pair.second), count});
  return result;
}

int only_predicted(const WindowUnits& windows, std::span<const int> predicted) {
  std::set<int> classes(predicted.begin(), predicted.end());
  for (const int truth : windows.truth) classes.erase(truth);
  return static_cast<int>(classes.size());
}

MethodByUnit by_unit(const ResamplingUnits& units, std::map<int, int>& incident_units,
                     const WindowUnits& windows, const MethodOutcome& method,
                     config::Microseconds period) {
  const std::size_t n = units.kinds().size();
  MethodByUnit result{confusion_by_unit(n, windows, method.predicted), std::vector<long>(n, 0),
                      std::vector<std::optional<double>>(n),
                      only_predicted(windows, method.predicted)};
  for (const AlarmEvent& e : method.incidents->false_alarms) {
    const int unit = units.at(e.element, e.time_us / period.count() - 1);  // its newest slot's
    if (unit >= 0) ++result.false_alarms[static_cast<std::size_t>(unit)];
  }
  for (const IncidentOutcome& o : method.incidents->incidents)
    result.delay_s[static_cast<std::size_t>(incident_units[o.incident.id])] = o.delay_s;
  return result;
}

// A class that is only predicted weighs in each draw as it does in the figure: whether its few
// windows are among those drawn would else move the mean by a whole class.
double macro_f1_of(const model::Classification& drawn, int only_predicted) {
  const auto present = std::count_if(drawn.per_class.begin(), drawn.per_class.end(),
                                     [](const auto& score) { return score.support > 0; });
  const auto classes = static_cast<double>(present);
  return model::true_class_f1(drawn) * classes / (classes + only_predicted);
}

void add_classification(const MethodByUnit& method, const std::vector<int>& weights, Draws& draws) {
  const std::size_t classes = draws.f1.size();
  std::vector<std::vector<long>> confusion(classes, std::vector<long>(classes, 0));
  for (std::size_t u = 0; u < weights.size(); ++u)
    if (weights[u] > 0)
      for (const Cell& c : method.confusion[u])
        confusion[c.truth][c.predicted] += weights[u] * c.count;
  const auto result = model::classification(std::move(confusion));
  draws.macro_f1.push_back(result.windows > 0 ? macro_f1_of(result, method.only_predicted)
                                              : kUndefined);
  draws.accuracy.push_back(result.windows > 0 ? result.accuracy : kUndefined);
  for (std::size_t c = 0; c < classes; ++c)
    draws.f1[c].push_back(result.per_class[c].support > 0 ? result.per_class[c].f1 : kUndefined);
}

void add_alarms(const MethodByUnit& method, const std::vector<int>& weights,
                const std::vector<long>& slots, double slots_a_day, Draws& draws) {
  std::vector<double> delays;
  long episodes = 0;
  long watched = 0;
  for (std::size_t u = 0; u < weights.size(); ++u) {
    episodes += weights[u] * method.false_alarms[u];
    watched += weights[u] * slots[u];
    if (method.delay_s[u])
      delays.insert(delays.end(), static_cast<std::size_t>(weights[u]), *method.delay_s[u]);
  }
  draws.named.push_back(static_cast<double>(delays.size()));
  draws.median_delay_s.push_back(delays.empty() ? kUndefined : model::median(std::move(delays)));
  draws.false_episodes.push_back(static_cast<double>(episodes));
  draws.false_per_element_day.push_back(watched > 0 ? static_cast<double>(episodes) * slots_a_day /
                                                          static_cast<double>(watched)
                                                    : kUndefined);
}

Draws draw(const ResamplingUnits& units, const MethodByUnit& method, int classes,
           config::Microseconds period) {
  const double slots_a_day = 86400e6 / static_cast<double>(period.count());
  Draws draws(static_cast<std::size_t>(classes));
  model::StratifiedBootstrap bootstrap(units.kinds(), kSeed);
  for (int i = 0; i < kResamples; ++i) {
    const std::vector<int>& weights = bootstrap.next();
    add_classification(method, weights, draws);
    add_alarms(method, weights, units.slots(), slots_a_day, draws);
  }
  return draws;
}

// Classes of which two units have windows: with one, every draw would say the same.
std::vector<bool> drawable_classes(const WindowUnits& windows) {
  std::vector<std::set<int>> units(static_cast<std::size_t>(windows.classes));
  for (std::size_t i = 0; i < windows.truth.size(); ++i)
    units[static_cast<std::size_t>(windows.truth[i])].insert(windows.unit[i]);
  std::vector<bool> result;
  for (const auto& of_class : units) result.push_back(of_class.size() >= 2);
  return result;
}

MethodIntervals intervals_of(const Draws& draws, const ResamplingUnits& units,
                             const std::vector<bool>& drawable) {
  const auto interval = [](const std::vector<double>& values, bool enough) {
    return enough ? model::percentile_interval(values) : std::nullopt;
  };
  const bool incidents = units.incidents() >= 2;
  const bool blocks = units.normal_blocks() >= 2;
  MethodIntervals result;
  result.macro_f1 = interval(draws.macro_f1, incidents || blocks);
  result.accuracy = interval(draws.accuracy, incidents || blocks);
  for (std::size_t c = 0; c < drawable.size(); ++c)
    result.f1.push_back(interval(draws.f1[c], drawable[c]));
  result.named = interval(draws.named, incidents);
  result.median_delay_s = interval(draws.median_delay_s, incidents);
  result.false_per_element_day = interval(draws.false_per_element_day, blocks);
  result.false_episodes = interval(draws.false_episodes, blocks);
  return result;
}

}  // namespace

std::vector<MethodIntervals> method_intervals(ResamplingUnits& units, const WindowUnits& windows,
                                              std::span<const MethodOutcome> methods,
                                              config::Microseconds period) {
  std::map<int, int> incident_units;
  for (const MethodOutcome& method : methods)
    for (const IncidentOutcome& o : method.incidents->incidents)
      incident_units[o.incident.id] = units.of_incident(o.incident);
  const std::vector<bool> drawable = drawable_classes(windows);
  std::vector<MethodIntervals> result;
  std::vector<double> first;  // the model's macro-F1
  for (const MethodOutcome& method : methods) {
    const Draws draws = draw(units, by_unit(units, incident_units, windows, method, period),
                             windows.classes, period);
    result.push_back(intervals_of(draws, units, drawable));
    if (first.empty()) {
      first = draws.macro_f1;
      continue;
    }
    std::vector<double> lead = first;
    for (std::size_t i = 0; i < lead.size(); ++i) lead[i] -= draws.macro_f1[i];
    if (result.back().macro_f1) result.back().macro_f1_lead = model::percentile_interval(lead);
  }
  return result;
}

DetectionIntervals detection_intervals(const ResamplingUnits& units, const WindowUnits& windows,
                                       std::span<const std::uint8_t> positive,
                                       std::span<const double> strangeness) {
  std::array<std::set<int>, 2> sides;
  for (std::size_t i = 0; i < positive.size(); ++i)
    sides[positive[i] != 0 ? 1 : 0].insert(windows.unit[i]);
  if (sides[0].size() < 2 || sides[1].size() < 2) return {};
  const model::WeightedDetection detect(strangeness, positive, windows.unit);
  model::StratifiedBootstrap bootstrap(units.kinds(), kSeed);
  std::vector<double> auroc;
  std::vector<double> fpr95;
  for (int i = 0; i < kResamples; ++i) {
    const auto found = detect(bootstrap.next());
    auroc.push_back(found ? found->auroc : kUndefined);
    fpr95.push_back(found ? found->fpr95 : kUndefined);
  }
  return {model::percentile_interval(std::move(auroc)),
          model::percentile_interval(std::move(fpr95))};
}

MethodIntervals::Maybe exact_named(const IncidentScore& score) {
  if (score.incidents.empty()) return std::nullopt;
  const auto total = static_cast<double>(score.incidents.size());
  const model::Interval share =
      model::exact_share(static_cast<long>(score.named), static_cast<long>(score.incidents.size()));
  return model::Interval{share.low * total, share.high * total};
}

}  // namespace faultprint::daemon
