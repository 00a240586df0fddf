#include "daemon/alarm_event.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <vector>

#include "ingest/timestamp.h"

namespace faultprint::daemon {
namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string number_in_words(const char* format, double value) {
  char text[40];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

Json to_json(const KpiEvidence& kpi) {
  Json json{{"kpi", kpi.name}, {"deviation", rounded(kpi.deviation)}};
  if (!std::isnan(kpi.value)) json["value"] = rounded(kpi.value);
  if (!std::isnan(kpi.normal)) json["normal"] = rounded(kpi.normal);
  return json;
}

Json evidence_of(const AlarmEvent& event) {
  if (!event.of_window) return nullptr;
  Json json{{"abnormal", event.abnormal}, {"of", event.of}, {"score", rounded(event.score)}};
  json["kpis"] = Json::array();
  for (const KpiEvidence& kpi : event.why.kpis) json["kpis"].push_back(to_json(kpi));
  if (event.kind == AlarmEvent::Kind::cleared) return json;
  json["nearest"] = Json::array();
  for (const Explanation::Incident& incident : event.why.nearest)
    json["nearest"].push_back({{"fault_type", incident.fault_type},
                               {"element", incident.element},
                               {"time", ingest::format_rfc3339(incident.time_us)},
                               {"distance", rounded(incident.distance)}});
  json["distance"] = rounded(event.why.distance);
  json["p_value"] = rounded(event.why.p_value);
  const bool alone = event.why.runner_up.empty();
  json["runner_up"] = alone ? Json() : Json(event.why.runner_up);
  json["runner_up_distance"] = alone ? Json() : Json(rounded(event.why.runner_up_distance));
  json["clears_after"] = {{"normal_verdicts", event.clear},
                          {"period_s", static_cast<double>(event.period.count()) * 1e-6}};
  if (event.quiet.count() > 0)
    json["clears_after"]["quiet_s"] = static_cast<double>(event.quiet.count()) * 1e-6;
  return json;
}

// The most frequent fault type first.
std::string group_in_words(const AlarmEvent& event) {
  if (event.kind == AlarmEvent::Kind::cleared) return "";
  std::vector<std::pair<int, std::string>> types;
  for (const auto& [type, count] : event.group->fault_types) types.emplace_back(-count, type);
  std::sort(types.begin(), types.end());
  std::string text;
  for (const auto& [count, type] : types)
    text += (text.empty() ? "" : ", ") + std::to_string(-count) + " " + type;
  return std::to_string(event.group->alarms) + " alarms at once: " + text + "; " +
         std::to_string(event.group->folded) +
         " of them up without a page of their own; clears after the last of these";
}

std::string kpi_in_words(const KpiEvidence& kpi) {
  std::string text = kpi.name;
  if (!std::isnan(kpi.value)) text += number_in_words(" %.4g", kpi.value);
  if (!std::isnan(kpi.normal)) text += number_in_words(" (normally %.4g)", kpi.normal);
  return text + number_in_words(" %.1f scales ", std::abs(kpi.deviation)) +
         (kpi.deviation < 0 ? "below" : "above");
}

}  // namespace

Json labels_json(const AlarmLabels& labels) {
  Json json = Json::object();
  for (const auto& [name, value] : labels) json[name] = value;
  return json;
}

Json group_json(const AlarmEvent::Group& group) {
  Json types = Json::object();
  for (const auto& [type, count] : group.fault_types) types[type] = count;
  return {{"alarms", group.alarms}, {"folded", group.folded}, {"fault_types", types}};
}

const char* name(AlarmEvent::Kind kind) {
  switch (kind) {
    case AlarmEvent::Kind::raised:
      return "raised";
    case AlarmEvent::Kind::changed:
      return "changed";
    case AlarmEvent::Kind::cleared:
      return "cleared";
    case AlarmEvent::Kind::withheld:
      return "withheld";
  }
  return "";
}

std::string evidence_json(const AlarmEvent& event) { return text_of(evidence_of(event)); }

std::string to_json_line(const AlarmEvent& event) {
  Json line;
  line["id"] = event.id;
  line["element"] = event.element;
  if (!event.element_group.empty()) line["element_group"] = event.element_group;
  line["event"] = name(event.kind);
  line["time"] = ingest::format_rfc3339(event.time_us);
  line["fault_type"] = event.fault_type;
  line["severity"] = event.severity;
  line["evidence"] = evidence_of(event);
  if (event.group) line["group"] = group_json(*event.group);
  if (!event.folded_into.empty()) line["folded_into"] = event.folded_into;
  if (event.flaps > 0) line["flapping"] = {{"raised", event.flaps}};
  if (!event.labels.empty()) line["labels"] = labels_json(event.labels);
  if (!event.reason.empty()) line["reason"] = event.reason;
  return text_of(line);
}

std::string in_words(const AlarmEvent& event) {
  if (event.group) return group_in_words(event);
  if (event.clear == 0) return "";
  const Explanation& why = event.why;
  std::string text;
  for (const KpiEvidence& kpi : why.kpis) text += (text.empty() ? "" : ", ") + kpi_in_words(kpi);
  if (!why.nearest.empty()) {
    const Explanation::Incident& known = why.nearest.front();
    text += "; nearest known: " + known.fault_type + " on " + known.element + " at " +
            ingest::format_rfc3339(known.time_us) +
            number_in_words(", %.2f radii away", known.distance);
  }
  text += number_in_words("; p %.3g", why.p_value);
  if (!why.runner_up.empty())
    text += ", runner-up " + why.runner_up + number_in_words(" at %.2f", why.runner_up_distance);
  text += "; clears after " + std::to_string(event.clear) + " normal verdicts in a row (" +
          config::format_duration(event.period * event.clear) + ")";
  if (event.quiet.count() == 0) return text;
  return text + ", once there was none that is not normal for " +
         config::format_duration(event.quiet) + ": it is flapping, raised " +
         std::to_string(event.flaps) + " times";
}

}  // namespace faultprint::daemon
