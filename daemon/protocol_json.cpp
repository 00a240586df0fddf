// What a protocol found, as JSON for scripts.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "daemon/evaluation_json.h"
#include "daemon/protocol_run.h"

namespace faultprint::daemon {
namespace {

using Json = nlohmann::ordered_json;

// baseline: "" is the model itself.
Json type_json(const ProtocolPartResult& p, const std::string& baseline) {
  const MethodScore& score = baseline.empty() ? p.result.model : p.result.baselines.at(baseline);
  const OfType t = of_type(score, p.result.classes, p.part.fault_type);
  const TypeIntervals sure = type_intervals({&p}, baseline);
  return {{"f1", t.f1},
          {"incidents", t.incidents},
          {"named", t.named},
          {"unknown", t.unknown},
          {"intervals",
           {{"f1", interval_json(sure.f1)},
            {"named", interval_json(sure.named)},
            {"unknown", interval_json(sure.unknown)}}}};
}

// Parts that are averaged with each other, as one.
Json groups_json(const ProtocolResult& result) {
  Json groups = Json::array();
  for (const auto& [name, parts] : groups_of(result)) {
    Json group = {{"name", name}, {"parts", parts.size()}};
    group.update(figures_json(mean_of_parts(parts)));
    groups.push_back(std::move(group));
  }
  return groups;
}

Json part_json(const ProtocolPartResult& p) {
  const ProtocolPart& part = p.part;
  Json json = {{"name", part.name}, {"seed", part.seed}, {"training_windows", p.windows}};
  if (!part.fault_type.empty()) {
    Json of_it = {{"fault_type", part.fault_type},
                  {"enrolled_incidents", part.shots},
                  {"faultprint", type_json(p, "")}};
    for (const auto& [name, score] : p.result.baselines) of_it[name] = type_json(p, name);
    json["left_out"] = std::move(of_it);
  }
  json.update(figures_json(p.result));
  return json;
}

}  // namespace

std::string to_json(const ProtocolResult& result) {
  std::vector<const EvaluationResult*> all;
  Json parts = Json::array();
  for (const ProtocolPartResult& part : result.parts) {
    all.push_back(&part.result);
    parts.push_back(part_json(part));
  }
  Json warnings = Json::object();
  for (const auto& [code, warning] : result.warnings)
    warnings[code] = {{"trainings", warning.trainings}, {"text", warning.text}};
  const ProtocolOptions& options = result.options;
  Json json = figures_json(all.size() == 1 ? *all.front() : mean_of(all));
  json["seed"] = result.seed;
  json["model"] = Json();  // as many as trainings, none of them kept
  json["protocol"] = {{"name", protocol_names()[static_cast<std::size_t>(options.protocol)]},
                      {"division", result.division},
                      {"split", options.split},
                      {"folds", options.folds},
                      {"shots", options.shots},
                      {"repeat", options.repeat},
                      {"trainings", result.trainings},
                      {"notes", result.notes},
                      {"warnings", std::move(warnings)},
                      {"below_baselines", below_baselines(result)},
                      {"groups", groups_json(result)},
                      {"parts", std::move(parts)}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace faultprint::daemon
