#include "daemon/probe/configuration_text.h"

#include <algorithm>

#include "config/format_config.h"
#include "config/formats.h"
#include "config/scalar.h"
#include "config/yaml_writer.h"
#include "daemon/probe/kafka_properties.h"
#include "daemon/probe/words.h"

namespace faultprint::daemon::probe {

namespace {

using config::flow_list;
using config::quoted;

constexpr int kWindow = 12;               // periods
constexpr std::size_t kMostLeftOut = 50;  // KPIs told as left out: a feed may name each value anew

// A line with its comment in a column of its own.
std::string line_with(std::string line, const std::string& comment) {
  constexpr std::size_t kColumn = 44;
  if (comment.empty()) return line + '\n';
  line.resize(std::max(line.size() + 2, kColumn), ' ');
  return line + "# " + one_line(comment) + '\n';
}

std::string kafka_text(const Source& source) {
  if (source.kafka.topics.empty())
    return "# kafka: {brokers: \"127.0.0.1:9092\", topics: [kpi]}  # needed by `run`\n";
  std::string text = "kafka:\n  brokers: " + quoted(source.kafka.brokers) +
                     "\n  topics: " + flow_list(source.kafka.topics) + "\n  group_id: faultprint\n";
  if (source.kafka.properties.empty()) return text;
  return text + "  properties:\n" + properties_text(source.kafka.properties);
}

std::string unit_word(config::TimeUnit unit) {
  return config::kTimeUnitNames[static_cast<std::size_t>(unit)];
}

std::string pointers_text(const config::StreamConfig& stream) {
  const config::JsonConfig& json = stream.json;
  std::string text = "  json: {element: " + quoted(json.element) + ", time: " + quoted(json.time);
  if (stream.format == "json")
    text += ", kpis: " + quoted(json.kpis);
  else
    text += ", kpi: " + quoted(json.kpi) + ", value: " + quoted(json.value);
  return text + ", time_unit: " + unit_word(json.time_unit) + "}\n";
}

std::string labels_text(const config::StreamConfig& stream) {
  const config::RecordConfig& record = stream.record;
  std::string text = "  record: {element: " + quoted(record.element);
  if (!record.kpi.empty()) text += ", kpi: " + quoted(record.kpi);
  if (record.time_unit != config::TimeUnit::automatic)
    text += ", time_unit: " + unit_word(record.time_unit);
  if (stream.format == "csv") {
    text += ", time: " + quoted(record.time);
    if (record.separator != ',')
      text += ", separator: " +
              quoted(record.separator == '\t' ? "tab" : std::string(1, record.separator));
    if (!record.columns.empty()) text += ",\n           columns: " + flow_list(record.columns);
  }
  return text + "}\n";
}

std::string format_text(const Finding& finding) {
  const config::StreamConfig& stream = finding.reading.stream;
  if (finding.own_history)
    return "  format: json  # of records in Kafka: a history file does not tell; see "
           "`faultprint check-config --help`\n";
  const std::string share = std::to_string(finding.reading.usable) + " of " +
                            std::to_string(finding.records) + " records";
  std::string text = line_with("  format: " + stream.format, share);
  const bool pointers = config::format_of(stream.format).has_pointers();
  return text + (pointers ? pointers_text(stream) : labels_text(stream));
}

// The default, where that is at least the window and the lateness; else twice as long as both.
config::Microseconds forget_after_for(int window, const Finding& finding) {
  const auto least = std::max(window * finding.period.value, finding.lateness.proposed);
  const config::Microseconds usual = config::StreamConfig().forget_after;
  return least <= usual ? usual : 2 * least;
}

std::string times_text(const Finding& finding) {
  const Lateness& lateness = finding.lateness;
  std::string text =
      line_with("  period: " + config::format_duration(finding.period.value),
                "median of " + std::to_string(finding.period.steps) + " steps, " +
                    percent(finding.period.share) + " of them within a quarter of it");
  text += line_with("  window: " + std::to_string(kWindow), "periods that are looked at together");
  text += line_with("  lateness: " + config::format_duration(lateness.proposed),
                    "99.9 % are at most " + config::format_duration(lateness.nearly_all) +
                        " behind, the worst " + config::format_duration(lateness.worst));
  const config::Microseconds forget_after = forget_after_for(kWindow, finding);
  if (forget_after > config::StreamConfig().forget_after)
    text += line_with("  forget_after: " + config::format_duration(forget_after),
                      "an element silent for longer begins anew");
  const auto bound = static_cast<std::size_t>(config::StreamConfig().max_record_bytes);
  if (finding.longest > bound)
    text += line_with("  max_record_bytes: " +
                          std::to_string(std::min<std::size_t>(2 * finding.longest, 100000000)),
                      "the longest has " + std::to_string(finding.longest));
  return text;
}

std::string kpi_text(const KpiBelief& belief) {
  const config::KpiSpec& spec = belief.spec;
  std::string text = "{name: " + quoted(spec.name) + ", kind: " + config::name(spec.kind);
  if (spec.scale == config::KpiScale::log) text += ", scale: log";
  text += "}";
  return text;
}

std::string more_left_out(const std::string& before, std::size_t left_out) {
  if (left_out <= kMostLeftOut) return "";
  return before + "and " + std::to_string(left_out - kMostLeftOut) + " more are left out\n";
}

std::string kpis_text(const Finding& finding) {
  std::string text = "  kpis:\n";
  for (const KpiBelief& kpi : finding.kpis)
    if (kpi.used)
      text += line_with("    - " + kpi_text(kpi),
                        kpi.why + (kpi.doubt.empty() ? "" : "; " + kpi.doubt));
  std::size_t left_out = 0;
  for (const KpiBelief& kpi : finding.kpis)
    if (!kpi.used && ++left_out <= kMostLeftOut)
      text += "    # left out: " + shown(kpi.spec.name) + " (" + kpi.why + ")\n";
  return text + more_left_out("    # ", left_out);
}

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.resize(width, ' ');
  return text + "  ";
}

std::string trials_text(const Finding& finding) {
  std::string text;
  for (const Trial& trial : finding.trials) {
    if (trial.format == finding.reading.stream.format) continue;
    text += text.empty() ? "" : ", ";
    text += trial.format + " " + percent(trial.usable, finding.records);
  }
  return text;
}

std::string kpi_rows(const Finding& finding) {
  std::size_t widest = 3;
  for (const KpiBelief& kpi : finding.kpis) widest = std::max(widest, shown(kpi.spec.name).size());
  std::string text = padded("KPI", widest) + padded("kind", 7) + padded("scale", 6) + "why\n";
  std::size_t left_out = 0;
  for (const KpiBelief& kpi : finding.kpis) {
    if (!kpi.used && ++left_out > kMostLeftOut) continue;
    text += padded(shown(kpi.spec.name), widest) +
            padded(kpi.used ? config::name(kpi.spec.kind) : "-", 7) +
            padded(kpi.used && !kpi.spec.is_token() ? config::name(kpi.spec.scale) : "-", 6) +
            one_line(kpi.why + (kpi.doubt.empty() ? "" : "; " + kpi.doubt)) + "\n";
  }
  return text + more_left_out("", left_out);
}

}  // namespace

std::string configuration_text(const Finding& finding, const Source& source) {
  const std::string where =
      source.file.empty() ? "topic " + source.kafka.topics.front() + " at " + source.kafka.brokers
                          : source.file;
  std::string text = "# Made by `faultprint probe` from " + std::to_string(finding.records) +
                     " records of " + one_line(where) +
                     ".\n# The comments are its evidence; look at what it doubts. Then `faultprint "
                     "train` with a\n# history and labelled incidents makes the model, and "
                     "`faultprint run` watches.\n";
  for (const std::string& doubt : finding.doubts) text += "# Doubt: " + one_line(doubt) + "\n";
  text += kafka_text(source) + "stream:\n" + format_text(finding) + times_text(finding) +
          kpis_text(finding);
  return text + "model: {file: model.safetensors}\n";
}

std::string table_text(const Finding& finding) {
  const Reading& reading = finding.reading;
  const bool pointers = config::format_of(reading.stream.format).has_pointers();
  const auto row = [](const std::string& name, const std::string& value, const std::string& why) {
    return padded(name, 8) + padded(one_line(value), 24) + one_line(why) + "\n";
  };
  const auto duration = [](config::Microseconds d) { return config::format_duration(d); };
  std::string text = row("format", reading.stream.format,
                         std::to_string(reading.usable) + " of " + std::to_string(finding.records) +
                             " records; others: " + trials_text(finding));
  text += row("element", pointers ? reading.stream.json.element : reading.stream.record.element,
              std::to_string(reading.elements.size()) + " of them; " + reading.element_why);
  const bool column = reading.stream.format == "csv";
  text += row("time",
              pointers ? reading.stream.json.time
              : column ? reading.stream.record.time
                       : "",
              reading.time_why);
  text += row("period", duration(finding.period.value),
              percent(finding.period.share) + " of " + std::to_string(finding.period.steps) +
                  " steps are within a quarter of it");
  text += row("lateness", duration(finding.lateness.proposed),
              "99.9 % are at most " + duration(finding.lateness.nearly_all) +
                  " behind, the worst " + duration(finding.lateness.worst));
  if (finding.delay.stamped > 0)
    text += row("delay", duration(finding.delay.median),
                "from event time to the record's timestamp, in the median; 99 %: " +
                    duration(finding.delay.nearly_all));
  text += "\n" + kpi_rows(finding);
  for (const std::string& doubt : finding.doubts) text += "\ndoubt: " + one_line(doubt);
  return text + (finding.doubts.empty() ? "" : "\n");
}

}  // namespace faultprint::daemon::probe
