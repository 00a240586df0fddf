#include "daemon/probe/kpi_series.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <string_view>

namespace faultprint::daemon::probe {

namespace {

using ingest::ObservedValue;

// Takes an element's reports in the order of time.
class SeriesBuilder {
 public:
  explicit SeriesBuilder(std::string name) { series_.name = std::move(name); }

  void add(std::uint32_t element, std::int64_t slot, const ObservedValue& value) {
    const bool same_element = element == element_ && seen_;
    if (!same_element || slot != slot_) ++slots_;
    if (value.kind == ObservedValue::Kind::text) {
      ++series_.texts;
      if (series_.different_texts.size() < KpiSeries::kMostTexts)
        series_.different_texts.insert(value.text);
      if (same_element && value.text != last_text_) ++series_.text_changes;
      last_text_ = value.text;
    } else {
      ++series_.numbers;
      if (value.kind == ObservedValue::Kind::boolean) ++series_.booleans;
      if (!same_element || series_.values.empty()) series_.values.emplace_back();
      series_.values.back().push_back(value.number);
    }
    element_ = element;
    slot_ = slot;
    seen_ = true;
  }

  KpiSeries take(std::size_t all_slots) {
    series_.present = static_cast<double>(slots_) / static_cast<double>(all_slots);
    return std::move(series_);
  }

 private:
  KpiSeries series_;
  std::size_t slots_ = 0;
  std::uint32_t element_ = 0;
  std::int64_t slot_ = 0;
  std::string last_text_;
  bool seen_ = false;
};

}  // namespace

std::vector<KpiSeries> series_of(const Reading& reading, config::Microseconds period) {
  const std::vector<Report>& reports = reading.reports;
  std::vector<std::size_t> order(reports.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::pair(reports[a].element, reports[a].time_us) <
           std::pair(reports[b].element, reports[b].time_us);
  });
  std::map<std::string_view, std::size_t> places;
  std::vector<SeriesBuilder> builders;
  for (const Report& report : reports)
    for (const ObservedValue& value : report.values)
      if (places.try_emplace(value.name, builders.size()).second) builders.emplace_back(value.name);
  std::size_t slots = 0;
  std::pair<std::uint32_t, std::int64_t> last{0, -1};
  for (const std::size_t i : order) {
    const Report& report = reports[i];
    const std::int64_t slot = report.time_us / period.count();
    if (std::exchange(last, {report.element, slot}) != std::pair(report.element, slot)) ++slots;
    for (const ObservedValue& value : report.values)
      builders[places.at(value.name)].add(report.element, slot, value);
  }
  std::vector<KpiSeries> all;
  for (SeriesBuilder& builder : builders) all.push_back(builder.take(slots));
  return all;
}

}  // namespace faultprint::daemon::probe
