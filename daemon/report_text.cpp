#include "daemon/report_text.h"

#include <cstdio>

#include "daemon/rejected_records.h"
#include "daemon/terminal.h"
#include "ingest/timestamp.h"

namespace faultprint::daemon {

void warn(const std::string& text) {
  std::fprintf(stderr, "%s %s\n", paint("warning:", Colour::yellow, 2).c_str(), text.c_str());
}

std::string describe(const ingest::RejectCounts& rejects) {
  std::string text;
  for (std::size_t i = 1; i < rejects.size(); ++i) {
    if (rejects[i] == 0) continue;
    if (!text.empty()) text += ", ";
    text += std::to_string(rejects[i]) + " " + name(static_cast<ingest::RejectReason>(i));
  }
  return text.empty() ? "none" : text;
}

void say_dataset(const Dataset& data) {
  std::fprintf(stderr, "data       %zu elements, %s to %s, %zu windows (records rejected: %s)\n",
               data.elements, ingest::format_rfc3339(data.first_us).c_str(),
               ingest::format_rfc3339(data.last_us).c_str(), data.windows.size(),
               describe(data.rejects).c_str());
  std::string text;
  for (const auto& [type, count] : data.incidents)
    text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + escaped(type);
  std::fprintf(stderr, "incidents  %s (%zu windows in them look calm and are left out)\n",
               text.empty() ? "none" : text.c_str(), data.calm);
  if (const auto rejected = reject_warning(data.rejects)) warn(*rejected);
}

void say_curve(const OperatingCurve& curve, const config::AlarmConfig& alarms) {
  const auto chosen = choose(curve, alarms);
  std::fprintf(stderr, "\n%s", to_text(curve, chosen).c_str());
  if (!chosen) return;
  for (const std::string& warning : setting_warnings(curve, alarms)) warn(warning);
  if (curve.false_per_day(*chosen) > alarms.false_alarms_per_day ||
      alarms.false_alarms_per_day >= curve.least_rate())
    return;
  char text[320];
  std::snprintf(text, sizeof text,
                "W_RATE_UNSUPPORTED: %zu elements watched for %.3g days cannot tell a rate below "
                "%.3g a day from none; alarms.false_alarms_per_day is %g: a longer history can",
                curve.elements, curve.element_days / static_cast<double>(curve.elements),
                curve.least_rate(), alarms.false_alarms_per_day);
  warn(text);
}

}  // namespace faultprint::daemon
