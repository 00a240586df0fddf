#include "daemon/probe/reading.h"

#include <algorithm>

#include "config/name_template.h"
#include "daemon/probe/words.h"

namespace faultprint::daemon::probe {

using ingest::ObservedValue;

bool is_numeric(const ObservedValue& value) { return value.kind != ObservedValue::Kind::text; }

void ReportList::add(const std::string& element, std::int64_t time_us, std::size_t record,
                     std::vector<ObservedValue> values) {
  if (element.empty() || std::none_of(values.begin(), values.end(), is_numeric)) return;
  const auto [place, is_new] =
      ids_.try_emplace(element, static_cast<std::uint32_t>(reading_.elements.size()));
  if (is_new) reading_.elements.push_back(element);
  reading_.reports.push_back({place->second, time_us, record, std::move(values)});
  if (record < next_record_) return;
  next_record_ = record + 1;
  ++reading_.usable;
}

std::string joined_labels(const std::vector<std::pair<std::string, std::string>>& labels,
                          const std::vector<std::string>& names) {
  std::string joined;
  for (const std::string& name : names) {
    const auto found = std::find_if(labels.rbegin(), labels.rend(),
                                    [&](const auto& label) { return label.first == name; });
    if (found == labels.rend() || found->second.empty()) return "";
    if (!joined.empty()) joined += '/';
    joined += found->second;
  }
  return joined;
}

void add_kafka_labels(std::vector<std::pair<std::string, std::string>>& labels,
                      const ingest::SampledRecord& record) {
  labels.emplace_back("key", record.key);
  for (const auto& [name, value] : record.headers)
    labels.emplace_back(std::string(config::kHeaderLabel) + name, value);
}

void doubt_repeats(Reading& reading, double repeated) {
  if (repeated < 0.05) return;
  reading.doubts.push_back(percent(repeated) +
                           " of values come again for the same element and time: is something "
                           "missing in the element's name? The last one counts");
}

}  // namespace faultprint::daemon::probe
