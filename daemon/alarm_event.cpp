#include "daemon/alarm_event.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "daemon/alarm_words.h"
#include "ingest/timestamp.h"

namespace faultprint::daemon {
namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
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

}  // namespace

Json labels_json(const AlarmLabels& labels) {
  Json json = Json::object();
  for (const auto& [name, value] : labels) json[name] = value;
  return json;
}

Json detected_json(std::int64_t detected_us) {
  return detected_us > 0 ? Json(ingest::format_rfc3339(detected_us)) : Json();
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
  if (!event.probable_cause.empty()) line["probable_cause"] = event.probable_cause;
  if (event.was)
    line["was"] = {{"fault_type", event.was->fault_type}, {"severity", event.was->severity}};
  line["evidence"] = evidence_of(event);
  line["detected"] = detected_json(event.detected_us);
  if (event.group) line["group"] = group_json(*event.group);
  if (!event.folded_into.empty()) line["folded_into"] = event.folded_into;
  if (event.flaps > 0) line["flapping"] = {{"raised", event.flaps}};
  if (!event.labels.empty()) line["labels"] = labels_json(event.labels);
  if (!event.reason.empty()) line["reason"] = event.reason;
  return text_of(line);
}

std::string in_words(const AlarmEvent& event) {
  if (event.kind == AlarmEvent::Kind::cleared) return "";
  if (event.group) return group_in_words(group_json(*event.group));
  return event.clear == 0 ? "" : evidence_in_words(evidence_of(event), event.flaps);
}

}  // namespace faultprint::daemon
