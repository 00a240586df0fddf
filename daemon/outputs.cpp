#include "daemon/outputs.h"

#include "daemon/log.h"
#include "ingest/timestamp.h"

namespace faultprint::daemon {
namespace {

std::string kpi_text(const AlarmEvent& event) {
  std::string text;
  for (const KpiEvidence& kpi : event.why.kpis) {
    char number[32];
    std::snprintf(number, sizeof number, " %+.1f", kpi.deviation);
    text += (text.empty() ? "" : ", ") + kpi.name + number;
  }
  return text;
}

std::string labels_text(const AlarmEvent& event) {
  std::string text;
  for (const auto& [name, value] : event.labels)
    text += (text.empty() ? "" : ", ") + name + " " + value;
  return text;
}

void log_event(const AlarmEvent& event) {
  const auto line = [&](auto log, const std::string& message) {
    log(message, {{"alarm", event.id},
                  {"element", event.element},
                  {"fault_type", event.fault_type},
                  {"severity", event.severity},
                  {"labels", labels_text(event)},
                  {"time", ingest::format_rfc3339(event.time_us)},
                  {"abnormal", std::to_string(event.abnormal) + "/" + std::to_string(event.of)},
                  {"kpis", kpi_text(event)},
                  {"why", in_words(event)},
                  {"reason", event.reason}});
  };
  if (event.kind == AlarmEvent::Kind::cleared || event.kind == AlarmEvent::Kind::withheld)
    line(log::info, std::string("alarm ") + name(event.kind));
  else
    line(log::warning, std::string("alarm ") + name(event.kind));
}

}  // namespace

Outputs::Outputs(const config::OutputConfig& options)
    : which_(options.verdicts_file.empty() ? config::VerdictOutput::none : options.verdicts),
      verdict_lines_(options.verdicts_file, OutputLines::Open::append),
      alarm_lines_(options.alarms_file, OutputLines::Open::append) {
  told_.load(options.alarms_file);
}

bool Outputs::wants(Outcome outcome) const {
  if (which_ == config::VerdictOutput::all) return true;
  return which_ == config::VerdictOutput::abnormal &&
         (outcome == Outcome::fault || outcome == Outcome::unknown);
}

void Outputs::verdicts(const std::string& lines) {
  if (lines.empty()) return;
  const std::lock_guard lock(mutex_);
  verdict_lines_.write(std::string_view(lines).substr(0, lines.size() - 1));
  verdict_lines_.flush();
}

void Outputs::alarms(const std::vector<AlarmEvent>& events) {
  const std::lock_guard lock(mutex_);
  for (const AlarmEvent& event : events) {
    if (!told_.add(event)) continue;
    alarm_lines_.write(to_json_line(event));
    log_event(event);
  }
  alarm_lines_.flush();
}

void Outputs::sync() {
  const std::lock_guard lock(mutex_);
  verdict_lines_.sync();
  alarm_lines_.sync();
}

}  // namespace faultprint::daemon
