// Incidents named against false alarms, for each setting of the alarm rules: what the knob
// alarms.false_alarms_per_day turns. Kept in the model file.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "config/config.h"

namespace faultprint::daemon {

// What decides whether an abnormal window becomes an alarm.
struct AlarmRules {
  config::AlarmConfig alarms;
  // How much nearer than to normal a window must be to a fault, in radii, to count as one.
  float margin = 0;
  std::vector<float> penalties;  // of each cluster, by alarms.priors: see model/priors.h; or empty
};

struct OperatingPoint {
  int raise_count = 0;
  int raise_of = 0;
  float margin = 0;
  std::size_t false_alarms = 0;
  std::size_t named = 0;
  std::optional<double> median_delay_s;  // of those named
};

struct OperatingCurve {
  std::size_t elements = 0;  // of the network that it was measured on
  double element_days = 0;   // that it was watched
  std::size_t incidents = 0;
  std::vector<OperatingPoint> points;

  // Of the whole network.
  double false_per_day(const OperatingPoint& point) const;
  // Of the whole network: a lower rate cannot be told from none by this history. (No event in n
  // days: with 95 % the rate is below 3/n, the "rule of three".)
  double least_rate() const;
};

// The point that names the most incidents, soonest, within the configured rate; where raise is
// given in the configuration, of those with it. Without any within the rate: that with the fewest
// false alarms. Where there were no incidents: the one that raises soonest. Empty where the curve
// has no such raise.
std::optional<OperatingPoint> choose(const OperatingCurve& curve,
                                     const config::AlarmConfig& alarms);

// What the chosen setting costs, "W_...: ..." each: it is above the configured rate, or the raise
// that the configuration insists on meets it by naming far fewer incidents than another would. None
// where no rate is configured.
std::vector<std::string> setting_warnings(const std::optional<OperatingCurve>& curve,
                                          const config::AlarmConfig& alarms);

// The curve for people: a row for each point of its frontier and for what is chosen, if anything.
std::string to_text(const OperatingCurve& curve, const std::optional<OperatingPoint>& chosen);

// The best of each number of false alarms, from few to many; those that name no more than one with
// fewer are left out.
std::vector<OperatingPoint> frontier(const OperatingCurve& curve);

std::string to_json(const OperatingCurve& curve);
// std::invalid_argument on anything else.
OperatingCurve operating_curve_from_json(const std::string& text);

}  // namespace faultprint::daemon
