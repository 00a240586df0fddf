#include "daemon/metrics_alarms.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace faultprint::daemon {
namespace {

std::string bounded_severity(const std::string& severity) {
  constexpr std::array kSeverities{"critical", "major", "minor", "warning", "indeterminate"};
  const bool known =
      std::find(kSeverities.begin(), kSeverities.end(), severity) != kSeverities.end();
  return known ? severity : "indeterminate";
}

prometheus::MetricFamily gauge_family(const char* name, const char* help) {
  prometheus::MetricFamily family;
  family.name = name;
  family.help = help;
  family.type = prometheus::MetricType::Gauge;
  return family;
}

void append(prometheus::MetricFamily& family, double value,
            std::vector<prometheus::ClientMetric::Label> labels) {
  prometheus::ClientMetric metric;
  metric.label = std::move(labels);
  metric.gauge.value = value;
  family.metric.push_back(std::move(metric));
}

}  // namespace

std::string element_group_of(const AlarmLabels& labels) {
  for (const auto& [name, value] : labels)
    if (name == kGroupLabel) return value;
  return "";
}

std::string label_text(const std::string& bytes) {
  const std::string json =
      nlohmann::json(bytes).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return nlohmann::json::parse(json).get<std::string>();
}

bool AlarmMetrics::add(const std::string& alarm_id, const std::string& element,
                       const std::string& fault_type, const std::string& severity,
                       const AlarmLabels& more, Shown shown) {
  const Labels labels{label_text(element), label_text(fault_type), label_text(severity), more};
  const std::lock_guard lock(mutex_);
  if (active_.contains(alarm_id)) return false;
  std::optional<std::uint64_t> series;
  if (shown == Shown::as_series) {
    const auto [found, is_new] = index_.try_emplace(labels, next_series_);
    if (is_new) series_[next_series_++].labels = labels;
    series = found->second;
    ++series_[*series].alarms;
  }
  const Total total{element_group_of(more), bound(std::get<1>(labels)), bounded_severity(severity)};
  ++totals_[total];
  active_[alarm_id] = {series, total};
  return true;
}

bool AlarmMetrics::remove(const std::string& alarm_id) {
  const std::lock_guard lock(mutex_);
  const auto found = active_.find(alarm_id);
  if (found == active_.end()) return false;
  --totals_[found->second.total];
  if (found->second.series) {
    const auto series = series_.find(*found->second.series);
    if (--series->second.alarms == 0) {
      index_.erase(series->second.labels);
      series_.erase(series);
    }
  }
  active_.erase(found);
  return true;
}

void AlarmMetrics::tell(const std::string& alarm_id, const Told& told) {
  const Told text{label_text(told.now), label_text(told.now_severity), label_text(told.since),
                  label_text(told.why)};
  const std::lock_guard lock(mutex_);
  const auto found = active_.find(alarm_id);
  if (found == active_.end()) return;
  auto& [series, total] = found->second;
  --totals_[total];
  total = {std::get<0>(total), bound(text.now), bounded_severity(text.now_severity)};
  ++totals_[total];
  if (series) series_[*series].told = text;
}

std::string AlarmMetrics::bounded_fault_type(const std::string& fault_type) {
  const std::string text = label_text(fault_type);
  const std::lock_guard lock(mutex_);
  return bound(text);
}

std::string AlarmMetrics::bound(const std::string& fault_type) {
  if (fault_types_.contains(fault_type)) return fault_type;
  if (fault_types_.size() >= kMaxFaultTypes) return "other";
  return *fault_types_.insert(fault_type).first;
}

prometheus::MetricFamily AlarmMetrics::series_family() const {
  auto family = gauge_family("faultprint_alarm_active",
                             "1 while an alarm of the element is active; labels as at the raise.");
  const auto shown = std::min(max_series_, series_.size());
  family.metric.reserve(shown);
  for (auto it = series_.begin(); family.metric.size() < shown; ++it) {
    const auto& [element, fault_type, severity, more] = it->second.labels;
    std::vector<prometheus::ClientMetric::Label> labels{
        {"element", element}, {"fault_type", fault_type}, {"severity", severity}};
    for (const auto& [name, value] : more) labels.push_back({name, value});
    append(family, 1, std::move(labels));
  }
  return family;
}

// Apart from the series that alerts are made of: what it says may change while they stay.
prometheus::MetricFamily AlarmMetrics::info_family() const {
  auto family = gauge_family("faultprint_alarm_info",
                             "1 beside each faultprint_alarm_active series: what the alarm is by "
                             "now, how severe, since when it is up, and why, in words.");
  const auto shown = std::min(max_series_, series_.size());
  family.metric.reserve(shown);
  for (auto it = series_.begin(); family.metric.size() < shown; ++it) {
    const Series& series = it->second;
    std::vector<prometheus::ClientMetric::Label> labels{{"element", std::get<0>(series.labels)},
                                                        {"fault_type", std::get<1>(series.labels)},
                                                        {"severity", std::get<2>(series.labels)},
                                                        {"now", series.told.now},
                                                        {"now_severity", series.told.now_severity},
                                                        {"since", series.told.since},
                                                        {"why", series.told.why}};
    if (const std::string group = element_group_of(std::get<3>(series.labels)); !group.empty())
      labels.push_back({kGroupLabel, group});
    append(family, 1, std::move(labels));
  }
  return family;
}

prometheus::MetricFamily AlarmMetrics::totals_family() const {
  auto family =
      gauge_family("faultprint_alarms_active",
                   "Active alarms by what they are by now, fault type and severity, however many.");
  for (const auto& [total, count] : totals_) {
    const auto& [group, fault_type, severity] = total;
    std::vector<prometheus::ClientMetric::Label> labels{{"fault_type", fault_type},
                                                        {"severity", severity}};
    if (!group.empty()) labels.push_back({kGroupLabel, group});
    append(family, static_cast<double>(count), std::move(labels));
  }
  return family;
}

prometheus::MetricFamily AlarmMetrics::dropped_family() const {
  auto family =
      gauge_family("faultprint_alarm_series_dropped",
                   "Active alarms without a faultprint_alarm_active series: over the cap.");
  std::size_t position = 0;
  std::size_t dropped = 0;
  for (const auto& [order, series] : series_) {
    if (position++ >= max_series_) dropped += series.alarms;
  }
  append(family, static_cast<double>(dropped), {});
  return family;
}

std::vector<prometheus::MetricFamily> AlarmMetrics::Collect() const {
  const std::lock_guard lock(mutex_);
  return {totals_family(), series_family(), info_family(), dropped_family()};
}

}  // namespace faultprint::daemon
