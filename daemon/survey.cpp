#include "daemon/survey.h"

#include <algorithm>

namespace faultprint::daemon {

Survey survey(const config::Config& config, const DataFiles& files, const Progress& progress) {
  const config::InputSpec input = config.input_spec();
  ingest::History history(files.history, {config.group(), input});
  Survey found;
  ingest::KpiSample sample;
  for (std::size_t n = 0; history.next(sample); ++n) {
    ++found.records[sample.time_us / input.period.count()];
    const auto known = found.elements.find(sample.element);
    if (known == found.elements.end()) {
      found.elements.emplace(sample.element, Survey::Span{sample.time_us, sample.time_us});
    } else {
      known->second.first_us = std::min(known->second.first_us, sample.time_us);
      known->second.last_us = std::max(known->second.last_us, sample.time_us);
    }
    if (progress && n % 4096 == 0) progress(history.progress());
  }
  return found;
}

std::int64_t share_time(const Survey& survey, double share, config::Microseconds period) {
  std::size_t total = 0;
  for (const auto& [slot, count] : survey.records) total += count;
  double left = share * static_cast<double>(total);
  std::int64_t end = 0;
  for (const auto& [slot, count] : survey.records) {
    end = (slot + 1) * period.count();
    left -= static_cast<double>(count);
    if (left <= 0) break;
  }
  return end;
}

std::string shared_element(const Survey& one, const Survey& other) {
  for (const auto& [name, span] : other.elements) {
    const auto same = one.elements.find(name);
    if (same != one.elements.end() && span.first_us <= same->second.last_us &&
        same->second.first_us <= span.last_us)
      return name;
  }
  return "";
}

}  // namespace faultprint::daemon
