#include "config/effective_alarms.h"

#include <string>

#include "config/scalar.h"

namespace faultprint::config {
namespace {

void write_severity_rules(YamlWriter& out, const std::vector<SeverityRule>& rules) {
  out.line(1, rules.empty() ? "severity_rules: []" : "severity_rules:",
           "a list; the first that fits wins over severity");
  for (const char* key :
       {"fault_type: a glob; default *", "element: a glob; default *",
        "after: how long the alarm has been up at least; default 0s. Longest first",
        "severity: what the alarm then has, by a change event"}) {
    out.line(1, "", key);
  }
  for (const SeverityRule& rule : rules)
    out.line(2,
             "- {fault_type: " + quoted(rule.fault_type) + ", element: " + quoted(rule.element) +
                 ", after: " + format_duration(rule.after) + ", severity: " + rule.severity + "}",
             "");
}

void write_flapping(YamlWriter& out, const FlappingRule& flapping) {
  const char* const what = "an alarm raised over and over is held up as one; or none";
  if (flapping.count == 0) {
    out.key("flapping", "none", what);
    return;
  }
  out.line(1, "flapping:", what);
  out.line(2, "count: " + std::to_string(flapping.count),
           "raises of one type on one element, 2 to 64");
  out.line(2, "within: " + format_duration(flapping.within), "in so long, by event time");
  out.line(2, "hold: " + format_duration(flapping.hold), "cleared after so long all normal");
}

void write_folding(YamlWriter& out, const FoldingRule& folding) {
  const char* const what = "further alarms of a group fold into one of the group; or none";
  if (folding.above == 0) {
    out.key("folding", "none", what);
    return;
  }
  out.line(1, "folding:", what);
  out.line(2, "above: " + std::to_string(folding.above), "alarms that stand alone, 1 to 10000");
  out.line(2, "within: " + format_duration(folding.within), "of those raised in so long");
  out.line(2, "by: " + quoted(folding.by), "one of inventory.labels; \"\": all elements at once");
}

void write_silence(YamlWriter& out, const SilenceRule& silence) {
  const bool topics = silence.topics.count() > 0;
  const char* const what = "alarms of type silent; or none";
  if (!silence.elements && !topics) {
    out.key("silence", "none", what);
    return;
  }
  out.line(1, "silence:", what);
  out.line(2, std::string("elements: ") + (silence.elements ? "true" : "false"),
           "of one quiet for stream.stale_after while others report");
  out.line(2, "topics: " + (topics ? format_duration(silence.topics) : std::string("none")),
           "of a topic, after so long by the clock; or none");
}

}  // namespace

void write_alarms(YamlWriter& out, const AlarmConfig& alarms) {
  out.section("alarms");
  const bool budget = alarms.false_alarms_per_day > 0;
  out.key("raise",
          budget && !alarms.raise_given
              ? "auto"
              : std::to_string(alarms.raise_count) + "/" + std::to_string(alarms.raise_of),
          "m/n: raised when m of the last n verdicts are not normal; auto: by the next key");
  out.key(
      "raise_unknown",
      std::to_string(alarms.raise_unknown_count) + "/" + std::to_string(alarms.raise_unknown_of),
      "the same where no known fault type fits");
  out.key("false_alarms_per_day",
          budget ? format_decimal(alarms.false_alarms_per_day) : std::string("none"),
          "of the whole network, met by what the model keeps of its training; or none");
  out.line(1, alarms.priors.empty() ? "priors: {}" : "priors:",
           "how often a window is of each label, as {normal: 0.99, port_flap: 0.004}; the others "
           "share the rest");
  for (const auto& [label, prior] : alarms.priors)
    out.line(2, quoted(label) + ": " + format_decimal(prior), "");
  out.key("clear", alarms.clear, "cleared after so many normal verdicts in a row");
  write_flapping(out, alarms.flapping);
  write_folding(out, alarms.folding);
  write_silence(out, alarms.silence);
  out.key("max_age", alarms.max_age.count() == 0 ? "none" : format_duration(alarms.max_age),
          "an older alarm, while catching up, is an event and no series; or none");
  write_severity_rules(out, alarms.severity_rules);
  out.key("maintenance", quoted(alarms.maintenance),
          "CSV of planned work: element, start, end, reason; \"\": none");
  out.key("relearn", quoted(alarms.relearn),
          "CSV of baselines to learn anew: element, time, reason; \"\": none");
  out.line(
      1, alarms.probable_cause.empty() ? "probable_cause: {}" : "probable_cause:",
      "by fault type, as X.733 or 3GPP call it: a text that events have; default: of the others");
  for (const auto& [type, cause] : alarms.probable_cause)
    out.line(2, quoted(type) + ": " + quoted(cause), "");
  out.line(1, "severity:", "critical | major | minor | warning | indeterminate, by fault type");
  out.line(2, "default: " + alarms.default_severity, "of types without their own");
  for (const auto& [type, severity] : alarms.severity) {
    out.line(2, quoted(type) + ": " + severity, type == "silent" ? "of what reports no more" : "");
  }
}

void write_inventory(YamlWriter& out, const InventoryConfig& inventory) {
  out.section("inventory");
  out.key("file", quoted(inventory.file), "CSV with a row for each element; \"\": none");
  out.key("labels", flow_list(inventory.labels), "its columns that label alarms, at most 8");
}

}  // namespace faultprint::config
