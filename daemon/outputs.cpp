#include "daemon/outputs.h"

#include <stdexcept>
#include <utility>

#include "daemon/log.h"
#include "ingest/timestamp.h"

namespace faultprint::daemon {
namespace {

constexpr std::size_t kMostHeld = std::size_t{64} << 20;

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

std::string was_text(const AlarmEvent& event) {
  return event.was ? event.was->fault_type + " (" + event.was->severity + ")" : "";
}

void log_event(const AlarmEvent& event) {
  const auto line = [&](auto log, const std::string& message) {
    log(message,
        {{"alarm", event.id},
         {"element", event.element},
         {"fault_type", event.fault_type},
         {"severity", event.severity},
         {"probable_cause", event.probable_cause},
         {"was", was_text(event)},
         {"labels", labels_text(event)},
         {"time", ingest::format_rfc3339(event.time_us)},
         {"detected", event.detected_us > 0 ? ingest::format_rfc3339(event.detected_us) : ""},
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

Outputs::Outputs(const config::OutputConfig& options, const config::KafkaConfig& kafka)
    : which_(options.verdicts_file.empty() && options.verdicts_topic.empty()
                 ? config::VerdictOutput::none
                 : options.verdicts),
      verdict_lines_(options.verdicts_file, OutputLines::Open::append),
      alarm_lines_(options.alarms_file, OutputLines::Open::append),
      verdicts_topic_(options.verdicts_topic),
      alarms_topic_(options.alarms_topic) {
  // Rotated, it begins with less than a restart may come upon again.
  if (!options.alarms_file.empty()) told_.load(options.alarms_file + ".1");
  told_.load(options.alarms_file);
  if (!verdicts_topic_.empty() || !alarms_topic_.empty())
    producer_ =
        std::make_unique<ingest::KafkaProducer>(kafka, ingest::KafkaProducer::Refused::wait);
}

bool Outputs::wants(Outcome outcome) const {
  if (which_ == config::VerdictOutput::all) return true;
  return which_ == config::VerdictOutput::abnormal &&
         (outcome == Outcome::fault || outcome == Outcome::unknown);
}

void Outputs::verdict(const VerdictLine& verdict) {
  const std::lock_guard lock(mutex_);
  send(verdicts_topic_, verdict.element, verdict.line, verdict.time_us);
}

void Outputs::verdicts(const std::string& lines) {
  if (lines.empty()) return;
  const std::lock_guard lock(mutex_);
  tried([&] {
    verdict_lines_.write(std::string_view(lines).substr(0, lines.size() - 1));
    verdict_lines_.flush();
  });
}

void Outputs::alarms(const std::vector<AlarmEvent>& events) {
  const std::lock_guard lock(mutex_);
  for (const AlarmEvent& event : events) {
    const std::string line = to_json_line(event);
    if (!alarms_topic_.empty() && told_here_.add(event))
      send(alarms_topic_, event.element, line, event.time_us);
    if (!told_.add(event)) continue;
    tried([&] { alarm_lines_.write(line); });
    log_event(event);
  }
  tried([&] { alarm_lines_.flush(); });
}

void Outputs::send(const std::string& topic, const std::string& key, const std::string& line,
                   std::int64_t time_us) {
  producer_->send(topic, key, line, time_us);
  if (producer_->held() > kMostHeld) throw std::runtime_error(producer_->trouble());
}

bool Outputs::sync(std::chrono::milliseconds patience) {
  const std::lock_guard lock(mutex_);
  const bool on_disk = tried([&] {
    verdict_lines_.sync();
    alarm_lines_.sync();
  });
  const bool sent = !producer_ || producer_->delivered(patience);
  const std::string refused = sent ? "" : producer_->trouble();
  if (!refused.empty())
    note_failure(refused);
  else if (on_disk)
    note_success();
  return on_disk && sent;
}

// A disk may get room again. Until then offsets stay, and the alarms of metrics and log go on.
template <typename Act>
bool Outputs::tried(Act act) {
  try {
    act();
    return true;
  } catch (const OutputLost&) {
    throw;
  } catch (const std::runtime_error& e) {
    if (verdict_lines_.held() + alarm_lines_.held() > kMostHeld) throw;
    note_failure(e.what());
    return false;
  }
}

void Outputs::note_failure(const std::string& why) {
  const std::lock_guard lock(trouble_mutex_);
  ++failures_;
  if (trouble_.empty()) log::error("output held back", {{"reason", why}});
  trouble_ = why;
}

void Outputs::note_success() {
  const std::lock_guard lock(trouble_mutex_);
  if (trouble_.empty()) return;
  log::info("outputs are written again");
  trouble_.clear();
}

std::string Outputs::trouble() const {
  const std::lock_guard lock(trouble_mutex_);
  return trouble_;
}

std::uint64_t Outputs::failures() {
  const std::lock_guard lock(trouble_mutex_);
  return std::exchange(failures_, 0);
}

}  // namespace faultprint::daemon
