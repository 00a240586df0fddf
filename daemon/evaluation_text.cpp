// An evaluation as JSON for scripts and as a table for people.
#include <cstdio>
#include <nlohmann/json.hpp>

#include "daemon/evaluation_run.h"
#include "daemon/terminal.h"
#include "ingest/timestamp.h"

namespace faultprint::daemon {
namespace {

using Json = nlohmann::ordered_json;

Json per_class(const model::Classification& c, const std::vector<std::string>& classes) {
  Json result = Json::object();
  for (std::size_t i = 0; i < classes.size(); ++i)
    result[classes[i]] = {{"precision", c.per_class[i].precision},
                          {"recall", c.per_class[i].recall},
                          {"f1", c.per_class[i].f1},
                          {"support", c.per_class[i].support}};
  return result;
}

Json confusion(const model::Classification& c, const std::vector<std::string>& classes) {
  Json result = Json::object();
  for (std::size_t i = 0; i < classes.size(); ++i)
    for (std::size_t j = 0; j < classes.size(); ++j)
      result[classes[i]][classes[j]] = c.confusion[i][j];
  return result;
}

Json incident_json(const IncidentScore& s) {
  return {{"total", s.incidents.size()},
          {"named", s.named},
          {"median_delay_s", s.median_delay_s ? Json(*s.median_delay_s) : Json()}};
}

Json false_alarm_json(const IncidentScore& s) {
  return {{"per_element_day", s.false_per_element_day()}, {"episodes", s.false_alarms.size()}};
}

std::string row(const char* format, auto... values) {
  char text[256];
  std::snprintf(text, sizeof text, format, values...);
  return text;
}

std::string method_row(const std::string& name, const MethodScore& m) {
  const IncidentScore& s = m.incidents;
  const std::string delay = s.median_delay_s ? row("%.1f s", *s.median_delay_s) : "-";
  return row("%-18s %8.3f %9.3f %9.3f %6zu of %-4zu %9s %7zu %12.2f\n", name.c_str(),
             m.all.macro_f1, m.all.accuracy, m.pure.macro_f1, s.named, s.incidents.size(),
             delay.c_str(), s.false_alarms.size(), s.false_per_element_day());
}

std::string incident_rows(const IncidentScore& s) {
  std::string text = "\nincident                                          named      delay\n";
  for (const IncidentOutcome& o : s.incidents) {
    const std::string when = ingest::format_rfc3339(o.incident.start_us);
    const std::string what =
        o.delay_s ? "yes" : (o.first_named.empty() ? "missed" : "as " + o.first_named);
    text += row("%-16.16s %-20s %-12.12s %-10s %s\n", o.incident.element.c_str(), when.c_str(),
                o.incident.fault_type.c_str(), what.c_str(),
                o.delay_s ? row("%.0f s", *o.delay_s).c_str() : "");
  }
  for (const AlarmEvent& e : s.false_alarms)
    text += row("%-16.16s %-20s %-12.12s false alarm\n", e.element.c_str(),
                ingest::format_rfc3339(e.time_us).c_str(), e.fault_type.c_str());
  return text;
}

}  // namespace

std::string to_json(const EvaluationResult& r, const LoadedModel& model) {
  const auto card = model.model.metadata.find("card");
  const Json provenance =
      card == model.model.metadata.end() ? Json() : Json::parse(card->second, nullptr, false);
  Json json;
  json["windows"] = r.model.all.windows;
  json["accuracy"] = r.model.all.accuracy;
  json["macro_f1"] = r.model.all.macro_f1;
  json["per_class"] = per_class(r.model.all, r.classes);
  json["confusion"] = confusion(r.model.all, r.classes);
  json["macro_f1_pure"] = r.model.pure.macro_f1;
  json["unknown"] = {{"auroc", r.unknown ? Json(r.unknown->auroc) : Json()},
                     {"fpr95", r.unknown ? Json(r.unknown->fpr95) : Json()}};
  json["incidents"] = incident_json(r.model.incidents);
  json["false_alarms"] = false_alarm_json(r.model.incidents);
  json["baselines"] = Json::object();
  for (const auto& [name, m] : r.baselines)
    json["baselines"][name] = {{"macro_f1", m.all.macro_f1},
                               {"accuracy", m.all.accuracy},
                               {"confusion", confusion(m.all, r.classes)},
                               {"macro_f1_pure", m.pure.macro_f1},
                               {"incidents", incident_json(m.incidents)},
                               {"false_alarms", false_alarm_json(m.incidents)}};
  json["element_days"] = r.model.incidents.element_days;
  json["not_scored"] = r.not_scored;
  json["seed"] = provenance.is_object() ? provenance.value("seed", Json()) : Json();
  json["model"] = model.model.fingerprint;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string to_text(const EvaluationResult& r) {
  std::string text = row("%ld windows scored, %zu not, %.2f element-days\n\n", r.model.all.windows,
                         r.not_scored, r.model.incidents.element_days);
  text +=
      "method             macro-F1  accuracy  F1 (pure)     named     delay   false  per el. day\n";
  text += method_row("faultprint", r.model);
  for (const auto& [name, m] : r.baselines) text += method_row(name, m);
  text += "\nclass                  precision  recall      F1  windows\n";
  for (std::size_t i = 0; i < r.classes.size(); ++i) {
    const model::ClassScore& c = r.model.all.per_class[i];
    text += row("%-22.22s %9.3f %7.3f %7.3f %8ld\n", r.classes[i].c_str(), c.precision, c.recall,
                c.f1, c.support);
  }
  if (r.unknown)
    text += row("\nunknown types: AUROC %.3f, false-positive rate at 95 %% found %.3f\n",
                r.unknown->auroc, r.unknown->fpr95);
  return text + incident_rows(r.model.incidents);
}

}  // namespace faultprint::daemon
