#include "daemon/probe/timing.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <set>
#include <string_view>

namespace faultprint::daemon::probe {

namespace {

using config::Microseconds;

constexpr std::int64_t kSecond = 1000000;
constexpr std::int64_t kUsual[] = {1,   2,   5,   10,   15,   20,   30,    60,    120,
                                   300, 600, 900, 1800, 3600, 7200, 21600, 43200, 86400};
constexpr double kNear = 0.03;    // of a usual period, to be taken for it
constexpr double kWithin = 0.25;  // of the period: its step
constexpr std::int64_t kMostPeriodsLate = 20;

// The value that so large a share is at most; of at least one value, which are sorted by this.
std::int64_t quantile(std::vector<std::int64_t>& values, double share) {
  std::sort(values.begin(), values.end());
  const auto last = static_cast<double>(values.size() - 1);
  return values[static_cast<std::size_t>(std::ceil(share * last))];
}

// What a usual period within `tolerance` is, or the step itself, to a tenth of a second.
std::int64_t rounded(std::int64_t step, std::int64_t tolerance) {
  std::int64_t best = 0;
  for (const std::int64_t seconds : kUsual) {
    const std::int64_t usual = seconds * kSecond;
    if (std::abs(step - usual) < std::abs(step - best)) best = usual;
  }
  const auto near = static_cast<std::int64_t>(kNear * static_cast<double>(best));
  if (std::abs(step - best) <= std::max(near, tolerance)) return best;
  constexpr std::int64_t kMillisecond = 1000;
  const std::int64_t unit = step >= kSecond ? 100 * kMillisecond : kMillisecond;
  return std::max(kMillisecond, (step + unit / 2) / unit * unit);
}

// The period behind these steps, which are sorted and near each other. Where a clock is coarse (a
// period of 4.6 s told in whole seconds is 4 or 5), the mean says more than the median, and a usual
// period is taken where it is no farther than that clock can tell.
std::int64_t period_of(const std::vector<std::int64_t>& near) {
  std::int64_t sum = 0;
  std::int64_t grain = 0;  // the least difference of two steps
  for (std::size_t i = 0; i < near.size(); ++i) {
    sum += near[i];
    const std::int64_t step = i > 0 ? near[i] - near[i - 1] : 0;
    if (step > 0 && (grain == 0 || step < grain)) grain = step;
  }
  return rounded(sum / static_cast<std::int64_t>(near.size()), grain * 3 / 5);
}

bool is_near(std::int64_t step, std::int64_t period) {
  return std::abs(static_cast<double>(step - period)) <= kWithin * static_cast<double>(period);
}

// Times of each element and KPI, ascending. A report goes by the first that it has: one KPI does
// for its element's times.
using Times = std::map<std::pair<std::uint32_t, std::string_view>, std::vector<std::int64_t>>;

Times times_of(const Reading& reading) {
  Times times;
  for (const Report& report : reading.reports)
    times[{report.element, report.values.front().name}].push_back(report.time_us);
  for (auto& [who, list] : times) {
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
  }
  return times;
}

}  // namespace

Period find_period(const Reading& reading) {
  const Times times = times_of(reading);
  std::vector<std::int64_t> steps;
  for (const auto& [who, list] : times)
    for (std::size_t i = 1; i < list.size(); ++i) steps.push_back(list[i] - list[i - 1]);
  Period period;
  period.steps = steps.size();
  if (steps.empty()) return period;
  const std::int64_t median = quantile(steps, 0.5);
  std::vector<std::int64_t> near;
  for (const std::int64_t step : steps)
    if (is_near(step, median)) near.push_back(step);
  const std::int64_t value = period_of(near);
  period.value = Microseconds(value);
  const auto within = std::count_if(steps.begin(), steps.end(),
                                    [&](std::int64_t step) { return is_near(step, value); });
  period.share = static_cast<double>(within) / static_cast<double>(steps.size());
  std::size_t crowded = 0;
  for (const auto& [who, list] : times)
    for (std::size_t i = 1; i < list.size(); ++i) crowded += list[i] / value == list[i - 1] / value;
  period.crowded = static_cast<double>(crowded) / static_cast<double>(steps.size());
  return period;
}

Lateness find_lateness(const Reading& reading, const Records& records, Microseconds period,
                       bool is_file) {
  std::map<std::int64_t, std::int64_t> newest;  // of each partition, or element
  std::vector<std::int64_t> behind;
  for (const Report& report : reading.reports) {
    const std::int64_t where =
        is_file ? static_cast<std::int64_t>(report.element) : records[report.record].partition;
    std::int64_t& newest_there = newest.try_emplace(where, report.time_us).first->second;
    behind.push_back(std::max<std::int64_t>(0, newest_there - report.time_us));
    newest_there = std::max(newest_there, report.time_us);
  }
  Lateness lateness;
  lateness.proposed = 2 * period;
  if (behind.empty()) return lateness;
  const std::int64_t nearly_all = quantile(behind, 0.999);
  lateness.nearly_all = Microseconds(nearly_all);
  lateness.worst = Microseconds(behind.back());
  const std::int64_t periods = nearly_all / period.count() + 1;
  lateness.hopeless = periods > kMostPeriodsLate;
  if (!lateness.hopeless)
    lateness.proposed = std::max<std::int64_t>(2, nearly_all > 0 ? periods + 1 : 0) * period;
  return lateness;
}

Delay find_delay(const Reading& reading, const Records& records) {
  const Microseconds max_future = config::StreamConfig().max_future;
  Delay delay;
  std::vector<std::int64_t> delays;
  std::size_t ahead = 0;
  for (const Report& report : reading.reports) {
    const std::int64_t stamp = records[report.record].time_us;
    if (stamp <= 0) continue;
    delays.push_back(stamp - report.time_us);
    if (-delays.back() > max_future.count()) ++ahead;
  }
  delay.stamped = delays.size();
  if (delays.empty()) return delay;
  delay.ahead = static_cast<double>(ahead) / static_cast<double>(delays.size());
  delay.median = Microseconds(quantile(delays, 0.5));
  delay.nearly_all = Microseconds(quantile(delays, 0.99));
  return delay;
}

std::size_t elements_in_several_partitions(const Reading& reading, const Records& records) {
  std::map<std::uint32_t, std::set<std::int32_t>> seen;
  for (const Report& report : reading.reports)
    seen[report.element].insert(records[report.record].partition);
  return static_cast<std::size_t>(std::count_if(
      seen.begin(), seen.end(), [](const auto& entry) { return entry.second.size() > 1; }));
}

}  // namespace faultprint::daemon::probe
