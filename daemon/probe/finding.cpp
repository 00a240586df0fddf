#include "daemon/probe/finding.h"

#include <algorithm>
#include <cstdio>
#include <stdexcept>

#include "config/limits.h"
#include "config/scalar.h"
#include "daemon/probe/reading.h"
#include "daemon/probe/words.h"

namespace faultprint::daemon::probe {

namespace {

constexpr double kAsGood = 0.98;  // of the records that the best reads: the more special one wins

// From the most special format to the most general.
std::vector<Reading> all_readings(const Records& records, const std::string& file_header) {
  std::vector<Reading> readings;
  for (const config::Format& format : config::formats())
    if (!format.has_pointers() && format.name != "csv")
      readings.push_back(read_labelled(format, records));
  const FlatRecords flat = flatten(records);
  readings.push_back(read_json_value(flat, records));
  readings.push_back(read_json(flat, records));
  readings.push_back(read_csv(records, file_header));
  return readings;
}

// What bytes that are no text begin with.
std::string first_bytes(const Records& records) {
  std::string text;
  for (const unsigned char byte : records.front().payload.substr(0, 8)) {
    char hex[16];
    std::snprintf(hex, sizeof hex, " %02x", byte);
    text += hex;
  }
  return text;
}

[[noreturn]] void fail_unread(const Records& records, const std::vector<Trial>& trials) {
  const auto binary = static_cast<std::size_t>(std::count_if(
      records.begin(), records.end(),
      [](const auto& record) { return config::first_bad_byte(record.payload).has_value(); }));
  if (2 * binary > records.size()) {
    throw std::runtime_error(std::to_string(binary) + " of " + std::to_string(records.size()) +
                             " records are not text (the first begins with the bytes" +
                             first_bytes(records) +
                             "): no format reads binary records such as Avro or Protobuf");
  }
  std::string tried;
  for (const Trial& trial : trials) tried += "\n  " + trial.format + ": " + one_line(trial.why_not);
  throw std::runtime_error("no format can be made of these records. The first is\n  " +
                           shown(records.front().payload) + "\nTried:" + tried);
}

std::size_t choose(const std::vector<Reading>& readings) {
  std::size_t most = 0;
  for (const Reading& reading : readings) most = std::max(most, reading.usable);
  const auto enough = static_cast<std::size_t>(kAsGood * static_cast<double>(most));
  const auto found = std::find_if(readings.begin(), readings.end(), [&](const Reading& reading) {
    return reading.usable > 0 && reading.usable >= enough;
  });
  return static_cast<std::size_t>(found - readings.begin());
}

bool is_own_history(const Reading& reading, const std::string& file_header) {
  const std::string header = "," + file_header + ",";
  return reading.stream.format == "csv" && reading.stream.record.columns.empty() &&
         header.find(",time,") != std::string::npos &&
         header.find(",element,") != std::string::npos;
}

// Of the records that say something, with the header that a row of a file is read under.
std::size_t longest_usable(const Reading& reading, const Records& records,
                           const std::string& file_header) {
  std::size_t longest = 0;
  for (const Report& report : reading.reports)
    longest = std::max(longest, records[report.record].payload.size());
  return reading.stream.format == "csv" ? longest + file_header.size() + 1 : longest;
}

void find_kpis(Finding& finding) {
  bool any = false;
  for (const KpiSeries& series : series_of(finding.reading, finding.period.value)) {
    finding.kpis.push_back(believe(series));
    any = any || finding.kpis.back().used;
  }
  if (!any)
    throw std::runtime_error("no field makes a KPI: " + shown(finding.kpis.front().spec.name) +
                             ": " + finding.kpis.front().why);
  const auto used = std::count_if(finding.kpis.begin(), finding.kpis.end(),
                                  [](const KpiBelief& kpi) { return kpi.used; });
  if (static_cast<std::size_t>(used) <= config::kMaxKpis) return;
  std::size_t left = config::kMaxKpis;
  for (KpiBelief& kpi : finding.kpis) {
    if (!kpi.used || left-- > 0) continue;
    left = 0;
    kpi.used = false;
    kpi.why = "there may be " + std::to_string(config::kMaxKpis) + " at most";
  }
}

void find_times(Finding& finding, const Records& records, bool is_file) {
  const Reading& reading = finding.reading;
  finding.period = find_period(reading);
  const std::string all = std::to_string(records.size()) + " records";
  if (finding.period.steps == 0)
    throw std::runtime_error("no element reports twice in these " + all +
                             ", so there is no period: read more of them (--records)");
  if (finding.period.value > config::kMaxPeriod)
    throw std::runtime_error("elements report every " +
                             config::format_duration(finding.period.value) +
                             "; the longest period is a day");
  finding.lateness = find_lateness(reading, records, finding.period.value, is_file);
  finding.delay = find_delay(reading, records);
}

void doubt_times(Finding& finding) {
  const auto add = [&](const std::string& text) { finding.doubts.push_back(text); };
  if (finding.period.share < 0.5)
    add("only " + percent(finding.period.share) + " of steps are near the period");
  if (finding.period.crowded > 0.02)
    add(percent(finding.period.crowded) +
        " of reports fall in a slot that has one already: the period may be shorter, or jitters");
  if (finding.lateness.hopeless)
    add("records are not in the order of time, up to " +
        config::format_duration(finding.lateness.worst) +
        " behind: most would be late. Was the topic filled element by element?");
  if (finding.delay.ahead > 0)
    add(percent(finding.delay.ahead) +
        " of event times lie more than an hour after their record's timestamp, and are rejected "
        "(stream.max_future)");
}

void doubt_elements(Finding& finding, const Records& records) {
  const std::size_t moved = elements_in_several_partitions(finding.reading, records);
  if (moved > 0)
    finding.doubts.push_back(std::to_string(moved) + " of " +
                             std::to_string(finding.reading.elements.size()) +
                             " elements come in several partitions: each partition would learn "
                             "its own half. Key the records by element");
  if (finding.reading.elements.size() == 1)
    finding.doubts.emplace_back("there is one element only");
}

void doubt_share(Finding& finding) {
  const std::size_t lost = finding.records - finding.reading.usable;
  if (50 * lost > finding.records)
    finding.doubts.push_back(std::to_string(lost) + " of " + std::to_string(finding.records) +
                             " records are not of this form");
}

}  // namespace

Finding find_out(const Records& records, bool is_file, const std::string& file_header) {
  std::vector<Reading> readings = all_readings(records, file_header);
  Finding finding;
  finding.records = records.size();
  for (const Reading& reading : readings)
    finding.trials.push_back({reading.stream.format, reading.usable, reading.why_not});
  const std::size_t chosen = choose(readings);
  if (chosen == readings.size()) fail_unread(records, finding.trials);
  finding.reading = std::move(readings[chosen]);
  finding.own_history = is_own_history(finding.reading, file_header);
  finding.longest = longest_usable(finding.reading, records, file_header);
  find_times(finding, records, is_file);
  find_kpis(finding);
  finding.doubts = finding.reading.doubts;
  doubt_share(finding);
  doubt_elements(finding, records);
  doubt_times(finding);
  return finding;
}

}  // namespace faultprint::daemon::probe
