// An evaluation as JSON for scripts.
#include "daemon/evaluation_json.h"

#include <nlohmann/json.hpp>

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

Json intervals(const MethodScore& m, const EvaluationResult& r) {
  const MethodIntervals& i = m.intervals;
  Json f1 = Json::object();
  for (std::size_t c = 0; c < r.classes.size(); ++c) f1[r.classes[c]] = interval_json(i.f1[c]);
  return {{"macro_f1", interval_json(i.macro_f1)},
          {"accuracy", interval_json(i.accuracy)},
          {"f1", f1},
          {"incidents_named", interval_json(i.named)},
          {"incidents_named_exact", interval_json(exact_named(m.incidents, r.evaluations))},
          {"median_delay_s", interval_json(i.median_delay_s)},
          {"false_alarms_per_element_day", interval_json(i.false_per_element_day)},
          {"false_alarm_episodes", interval_json(i.false_episodes)},
          {"false_alarm_episodes_exact",
           interval_json(exact_false_episodes(m.incidents, r.evaluations))}};
}

Json model_intervals(const EvaluationResult& r) {
  Json result = {{"level", 0.95},
                 {"resamples", kResamples},
                 {"incidents", r.incident_units},
                 {"normal_blocks", r.normal_blocks}};
  result.update(intervals(r.model, r));
  result["unknown_auroc"] = interval_json(r.unknown_intervals.auroc);
  result["unknown_fpr95"] = interval_json(r.unknown_intervals.fpr95);
  return result;
}

Json baseline_intervals(const MethodScore& m, const EvaluationResult& r) {
  Json result = intervals(m, r);
  result["macro_f1_lead"] = interval_json(m.intervals.macro_f1_lead);
  return result;
}

}  // namespace

Json interval_json(const MethodIntervals::Maybe& interval) {
  return interval ? Json{interval->low, interval->high} : Json();
}

Json figures_json(const EvaluationResult& r) {
  const bool classes = !r.classes.empty();
  Json json;
  json["windows"] = r.model.all.windows;
  json["accuracy"] = r.model.all.accuracy;
  json["macro_f1"] = r.model.all.macro_f1;
  if (classes) json["per_class"] = per_class(r.model.all, r.classes);
  if (classes) json["confusion"] = confusion(r.model.all, r.classes);
  json["macro_f1_pure"] = r.model.pure.macro_f1;
  json["unknown"] = {{"auroc", r.unknown ? Json(r.unknown->auroc) : Json()},
                     {"fpr95", r.unknown ? Json(r.unknown->fpr95) : Json()}};
  json["intervals"] = model_intervals(r);
  json["incidents"] = incident_json(r.model.incidents);
  json["false_alarms"] = false_alarm_json(r.model.incidents);
  json["baselines"] = Json::object();
  for (const auto& [name, m] : r.baselines) {
    Json& baseline = json["baselines"][name];
    baseline["macro_f1"] = m.all.macro_f1;
    baseline["accuracy"] = m.all.accuracy;
    if (classes) baseline["confusion"] = confusion(m.all, r.classes);
    baseline["macro_f1_pure"] = m.pure.macro_f1;
    baseline["incidents"] = incident_json(m.incidents);
    baseline["false_alarms"] = false_alarm_json(m.incidents);
    baseline["intervals"] = baseline_intervals(m, r);
  }
  json["element_days"] = r.model.incidents.element_days;
  json["not_scored"] = r.not_scored;
  return json;
}

std::string to_json(const EvaluationResult& r, const LoadedModel& model) {
  const auto card = model.model.metadata.find("card");
  const Json provenance =
      card == model.model.metadata.end() ? Json() : Json::parse(card->second, nullptr, false);
  Json json = figures_json(r);
  json["seed"] = provenance.is_object() ? provenance.value("seed", Json()) : Json();
  json["model"] = model.model.fingerprint;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace faultprint::daemon
