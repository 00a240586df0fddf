#include "daemon/probe/kpi_belief.h"

#include <algorithm>
#include <cmath>

#include "config/limits.h"
#include "config/name_glob.h"
#include "daemon/probe/name_hints.h"
#include "daemon/probe/words.h"

namespace faultprint::daemon::probe {

namespace {

using config::KpiKind;

constexpr double kFewestPresent = 0.2;  // a KPI that is rarer would be masked most of the time
constexpr std::size_t kFewSteps = 10;   // too few to tell a counter by
constexpr double kRises = 0.5;          // share of a counter's steps
constexpr double kRareFalls = 0.01;     // a counter's resets
constexpr double kOrders = 100;         // two orders of magnitude
constexpr double kMostlyZero = 0.8;

// What the numbers are like, all elements together.
struct Shape {
  std::size_t count = 0;
  double lowest = 0, median = 0, highest = 0;
  double low = 0, high = 0;  // of those above 0: hardly any is below, or above
  double zeros = 0;          // share
  bool whole = true;         // numbers
  bool zero_or_one = true;
  std::size_t steps = 0, rises = 0, falls = 0;
};

double at_share(const std::vector<double>& sorted, double share) {
  return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

void set_spread(std::vector<double> values, Shape& shape) {
  std::sort(values.begin(), values.end());
  shape.count = values.size();
  if (values.empty()) return;
  shape.lowest = values.front();
  shape.highest = values.back();
  shape.median = at_share(values, 0.5);
  const auto zeros = std::count(values.begin(), values.end(), 0.0);
  shape.zeros = static_cast<double>(zeros) / static_cast<double>(values.size());
  std::erase_if(values, [](double x) { return x <= 0; });
  if (values.empty()) return;
  shape.low = at_share(values, 0.05);
  shape.high = at_share(values, 0.99);
}

Shape shape_of(const KpiSeries& series) {
  Shape shape;
  std::vector<double> all;
  for (const std::vector<double>& values : series.values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double x = values[i];
      all.push_back(x);
      shape.whole = shape.whole && x == std::floor(x);
      shape.zero_or_one = shape.zero_or_one && (x == 0 || x == 1);
      if (i == 0) continue;
      ++shape.steps;
      if (x > values[i - 1]) ++shape.rises;
      if (x < values[i - 1]) ++shape.falls;
    }
  }
  set_spread(std::move(all), shape);
  return shape;
}

// By how much a counter rises from one report to the next: that is what its scale is about.
Shape shape_of_rises(const KpiSeries& series) {
  Shape shape;
  std::vector<double> rises;
  for (const std::vector<double>& values : series.values)
    for (std::size_t i = 1; i < values.size(); ++i)
      if (values[i] >= values[i - 1]) rises.push_back(values[i] - values[i - 1]);
  set_spread(std::move(rises), shape);
  return shape;
}

bool is_counter(const KpiSeries& series, const Shape& shape) {
  if (shape.lowest < 0 || shape.steps < kFewSteps) return false;
  const auto steps = static_cast<double>(shape.steps);
  const auto rises = static_cast<double>(shape.rises);
  if (static_cast<double>(shape.falls) > kRareFalls * steps || says_delta(series.name))
    return false;
  // One that counts what is rare stands still most of the time: then its name must say so.
  return rises >= kRises * steps ||
         (rises >= 3 && shape.falls == 0 && shape.whole && says_events(series.name));
}

// Volumes: never below 0, and spread over orders of magnitude, or falling to nothing from on high.
bool is_log(const Shape& shape) {
  if (shape.count == 0 || shape.lowest < 0 || shape.low <= 0) return false;
  const bool wide = shape.high >= kOrders * shape.low && shape.high >= kOrders;
  const bool collapses = shape.median >= kOrders && shape.lowest * kOrders <= shape.median;
  return wide || collapses;
}

void set_scale(KpiBelief& belief, const Shape& shape) {
  if (!is_log(shape)) return;
  belief.spec.scale = config::KpiScale::log;
  belief.why += ", from " + short_number(shape.lowest) + " to " + short_number(shape.highest);
}

void believe_counter(KpiBelief& belief, const KpiSeries& series, const Shape& shape) {
  belief.spec.kind = KpiKind::counter;
  belief.why = "rises in " + percent(shape.rises, shape.steps) + " of steps and " +
               (shape.falls == 0 ? std::string("never falls")
                                 : "falls in " + std::to_string(shape.falls) + ", as at a restart");
  set_scale(belief, shape_of_rises(series));
}

void believe_delta(KpiBelief& belief, const Shape& shape, const std::string& reason) {
  belief.spec.kind = KpiKind::delta;
  belief.why = reason + ", never below 0";
  if (shape.highest == 0) belief.doubt = "was 0 all the time";
  set_scale(belief, shape);
}

void believe_gauge(KpiBelief& belief, const KpiSeries& series, const Shape& shape) {
  belief.spec.kind = KpiKind::gauge;
  const bool ratio = shape.lowest >= 0 && shape.highest <= 100 && says_percent(series.name);
  const bool share = shape.lowest >= 0 && shape.highest <= 1 && !shape.whole;
  belief.why = "rises and falls";
  if (shape.rises + shape.falls == 0) belief.why = "stands still";
  if (shape.rises > 0 && shape.falls == 0) belief.why = "rises, rarely";
  if (ratio || share) {
    belief.why += ", a ratio as it is";
    belief.doubt = "where its two counts are reported, kind ratio knows when it means nothing";
  } else if (shape.rises + shape.falls == 0) {
    belief.doubt = says_events(series.name) ? "a counter, if it is cumulative"
                                            : "did not move in what was read";
  } else if (shape.falls == 0 && shape.lowest >= 0) {
    belief.doubt = "a counter, if it is cumulative";
  } else if (shape.whole && shape.lowest == 0 && shape.zeros >= kMostlyZero) {
    belief.doubt = "mostly 0: a delta, if it counts what came since the last report";
  }
  set_scale(belief, shape);
}

KpiBelief leave_out(KpiBelief belief, const std::string& why) {
  belief.used = false;
  belief.why = why;
  return belief;
}

KpiBelief believe_text(KpiBelief belief, const KpiSeries& series) {
  if (series.text_changes == 0) return leave_out(std::move(belief), "text that never changes");
  if (series.different_texts.size() >= KpiSeries::kMostTexts)
    return leave_out(std::move(belief), "text of too many kinds for a state");
  belief.spec.kind = KpiKind::state;
  belief.spec.buckets = config::default_buckets(belief.spec.tokens);
  belief.why = std::to_string(series.different_texts.size()) + " texts that come and go";
  return belief;
}

}  // namespace

KpiBelief believe(const KpiSeries& series) {
  KpiBelief belief;
  belief.spec.name = series.name;
  if (!can_be_named(series.name))
    return leave_out(std::move(belief), "no name that a configuration can have");
  if (config::is_glob(series.name))
    return leave_out(std::move(belief), "a * in a name stands for any text");
  if (series.present < kFewestPresent)
    return leave_out(std::move(belief),
                     "in " + short_number(100 * series.present) + " % of reports only");
  if (series.texts > 0 && series.numbers > 0)
    return leave_out(std::move(belief), "a number at times, and text at others");
  if (series.texts > 0) return believe_text(std::move(belief), series);
  const Shape shape = shape_of(series);
  if (says_delta(series.name) && shape.lowest >= 0) {
    believe_delta(belief, shape, "a difference by its name");
  } else if (series.booleans == series.numbers ||
             (shape.zero_or_one && shape.lowest < shape.highest)) {
    belief.spec.kind = KpiKind::flag;
    belief.why = series.booleans > 0 ? "true or false" : "0 or 1";
  } else if (is_counter(series, shape)) {
    believe_counter(belief, series, shape);
  } else if (says_events(series.name) && shape.lowest >= 0 && shape.whole && shape.falls > 0) {
    believe_delta(belief, shape,
                  "counts events, and falls in " + percent(shape.falls, shape.steps) + " of steps");
  } else {
    believe_gauge(belief, series, shape);
  }
  return belief;
}

}  // namespace faultprint::daemon::probe
