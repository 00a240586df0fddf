#include "daemon/unit_tally.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include "daemon/alarm_tracker.h"
#include "model/evaluation.h"

namespace faultprint::daemon {
namespace {

constexpr double kNotDefined = std::numeric_limits<double>::quiet_NaN();

std::vector<std::vector<MethodByUnit::Cell>> confusion_by_unit(std::size_t units,
                                                               const WindowUnits& windows,
                                                               std::span<const int> predicted) {
  std::vector<std::map<std::pair<int, int>, long>> counts(units);
  for (std::size_t i = 0; i < predicted.size(); ++i)
    ++counts[static_cast<std::size_t>(windows.unit[i])][{windows.truth[i], predicted[i]}];
  std::vector<std::vector<MethodByUnit::Cell>> result(units);
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

MethodByUnit by_unit(ResamplingUnits& units, const WindowUnits& windows,
                     const MethodOutcome& method, config::Microseconds period) {
  const std::size_t n = units.kinds().size();
  MethodByUnit result{confusion_by_unit(n, windows, method.predicted), std::vector<long>(n, 0),
                      std::vector<std::vector<MethodByUnit::OfIncident>>(n),
                      only_predicted(windows, method.predicted)};
  for (const AlarmEvent& e : method.incidents->false_alarms) {
    const int unit = units.at(e.element, e.time_us / period.count() - 1);  // its newest slot's
    if (unit >= 0) ++result.false_alarms[static_cast<std::size_t>(unit)];
  }
  for (const IncidentOutcome& o : method.incidents->incidents)
    result.incidents[static_cast<std::size_t>(units.of_incident(o.incident))].push_back(
        {o.delay_s, o.first_named == AlarmTracker::kUnknown});
  return result;
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

// A class that is only predicted weighs in each draw as it does in the figure: whether its few
// windows are among those drawn would else move the mean by a whole class.
double macro_f1_of(const model::Classification& drawn, int only_predicted) {
  const auto present = std::count_if(drawn.per_class.begin(), drawn.per_class.end(),
                                     [](const auto& score) { return score.support > 0; });
  const auto classes = static_cast<double>(present);
  return model::true_class_f1(drawn) * classes / (classes + only_predicted);
}

void classify_draw(const MethodByUnit& method, std::size_t classes, const std::vector<int>& weights,
                   DrawnFigures& figures) {
  std::vector<std::vector<long>> confusion(classes, std::vector<long>(classes, 0));
  for (std::size_t u = 0; u < weights.size(); ++u)
    if (weights[u] > 0)
      for (const MethodByUnit::Cell& c : method.confusion[u])
        confusion[c.truth][c.predicted] += weights[u] * c.count;
  const auto result = model::classification(std::move(confusion));
  if (result.windows > 0) {
    figures.macro_f1 = macro_f1_of(result, method.only_predicted);
    figures.accuracy = result.accuracy;
  }
  for (std::size_t c = 0; c < classes; ++c)
    if (result.per_class[c].support > 0) figures.f1[c] = result.per_class[c].f1;
}

}  // namespace

UnitTally tally_by_unit(ResamplingUnits& units, const WindowUnits& windows,
                        std::span<const MethodOutcome> methods, config::Microseconds period) {
  for (const MethodOutcome& method : methods)
    for (const IncidentOutcome& o : method.incidents->incidents) units.of_incident(o.incident);
  UnitTally tally;
  for (const int kind : units.kinds())
    tally.fault_types.push_back(units.fault_types()[static_cast<std::size_t>(kind)]);
  tally.names = units.names();
  tally.slots = units.slots();
  tally.slots_a_day = 86400e6 / static_cast<double>(period.count());
  tally.drawable = drawable_classes(windows);
  for (const MethodOutcome& method : methods)
    tally.methods.push_back(by_unit(units, windows, method, period));
  return tally;
}

std::optional<model::WeightedDetection> detection_by_unit(const WindowUnits& windows,
                                                          std::span<const std::uint8_t> positive,
                                                          std::span<const double> strangeness) {
  std::array<std::set<int>, 2> sides;
  for (std::size_t i = 0; i < positive.size(); ++i)
    sides[positive[i] != 0 ? 1 : 0].insert(windows.unit[i]);
  if (sides[0].size() < 2 || sides[1].size() < 2) return std::nullopt;
  return model::WeightedDetection(strangeness, positive, windows.unit);
}

DrawnFigures figures_of_draw(const UnitTally& tally, std::size_t method,
                             const std::vector<int>& weights) {
  const MethodByUnit& m = tally.methods[method];
  const std::size_t classes = tally.drawable.size();
  DrawnFigures figures{kNotDefined, kNotDefined, std::vector<double>(classes, kNotDefined), {}};
  classify_draw(m, classes, weights, figures);
  long watched = 0;
  for (std::size_t u = 0; u < weights.size(); ++u) {
    figures.false_alarms += weights[u] * m.false_alarms[u];
    watched += weights[u] * tally.slots[u];
    for (const MethodByUnit::OfIncident& incident : m.incidents[u])
      if (incident.delay_s)
        figures.delays_s.insert(figures.delays_s.end(), static_cast<std::size_t>(weights[u]),
                                *incident.delay_s);
  }
  figures.element_days = static_cast<double>(watched) / tally.slots_a_day;
  return figures;
}

DrawnType type_of_draw(const UnitTally& tally, std::size_t method, const std::string& fault_type,
                       const std::vector<int>& weights) {
  DrawnType drawn;
  for (std::size_t u = 0; u < weights.size(); ++u) {
    if (tally.fault_types[u] != fault_type) continue;
    for (const MethodByUnit::OfIncident& incident : tally.methods[method].incidents[u]) {
      if (incident.delay_s) drawn.named += weights[u];
      if (incident.unknown_first) drawn.unknown += weights[u];
    }
  }
  return drawn;
}

}  // namespace faultprint::daemon
