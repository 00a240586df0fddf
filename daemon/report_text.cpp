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
  std::fprintf(stderr, "\n%14s  %8s  %8s  %6s  %6s\n", "false alarms", "named", "delay", "raise",
               "margin");
  const auto row = [&](const OperatingPoint& p, const char* mark) {
    char delay[32] = "-";
    if (p.median_delay_s) std::snprintf(delay, sizeof delay, "%.1f s", *p.median_delay_s);
    const std::string named = std::to_string(p.named) + "/" + std::to_string(curve.incidents);
    const std::string raise = std::to_string(p.raise_count) + "/" + std::to_string(p.raise_of);
    std::fprintf(stderr, "%8.3g a day  %8s  %8s  %6s  %6.2f%s\n", curve.false_per_day(p),
                 named.c_str(), delay, raise.c_str(), static_cast<double>(p.margin), mark);
  };
  for (const OperatingPoint& p : frontier(curve)) row(p, "");
  if (!chosen) return;
  row(*chosen, "  <- chosen");
  char text[320];
  if (curve.false_per_day(*chosen) > alarms.false_alarms_per_day) {
    std::snprintf(text, sizeof text,
                  "W_RATE_MISSED: no setting stays within alarms.false_alarms_per_day (%g): the "
                  "quietest, with %.3g a day, is chosen",
                  alarms.false_alarms_per_day, curve.false_per_day(*chosen));
    warn(text);
  } else if (alarms.false_alarms_per_day < curve.least_rate()) {
    std::snprintf(text, sizeof text,
                  "W_RATE_UNSUPPORTED: %zu elements watched for %.3g days cannot tell a rate below "
                  "%.3g a day from none; alarms.false_alarms_per_day is %g: a longer history can",
                  curve.elements, curve.element_days / static_cast<double>(curve.elements),
                  curve.least_rate(), alarms.false_alarms_per_day);
    warn(text);
  }
}

}  // namespace faultprint::daemon
