#include "daemon/report/document.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "daemon/build_info.h"
#include "daemon/report/sections.h"
#include "ingest/timestamp.h"

namespace faultprint::daemon::report {
namespace {

constexpr int kDocumentVersion = 1;

Json head(const char* kind) {
  return {{"version", kDocumentVersion}, {"program", FAULTPRINT_VERSION}, {"kind", kind}};
}

Json model_head(const LoadedModel& model) {
  Json json = {{"fingerprint", model.model.fingerprint},
               {"encoder", model::name(model.model.encoder.spec().kind)}};
  const auto card = model.model.metadata.find("card");
  if (card == model.model.metadata.end()) return json;
  const Json parsed = Json::parse(card->second, nullptr, false);
  if (!parsed.is_object()) return json;
  for (const char* key : {"loss", "epochs", "seed", "windows", "elements", "first", "last",
                          "warnings", "validation_f1"})
    if (const auto found = parsed.find(key); found != parsed.end()) json[key] = *found;
  return json;
}

Json data_head(const LabelledHistory& history) {
  return {{"first", ingest::format_rfc3339(history.first_us)},
          {"last", ingest::format_rfc3339(history.last_us)},
          {"elements", history.elements.size()},
          {"windows", history.all.windows},
          {"kept", history.windows.size()},
          {"normal_seen", history.normal_seen},
          {"not_scored", history.not_scored}};
}

Json summary(const LabelledHistory& history) {
  const IncidentScore& s = history.incidents;
  return {{"incidents", s.incidents.size()},
          {"named", s.named},
          {"median_delay_s", s.median_delay_s ? Json(*s.median_delay_s) : Json()},
          {"false_alarms", s.false_alarms.size()},
          {"element_hours", number(s.element_days * 24)},
          {"macro_f1", number(history.all.macro_f1)},
          {"accuracy", number(history.all.accuracy)}};
}

// Thousandths in one flat list: a third of the size of nested numbers.
Json thousandths(const model::Matrix& positions) {
  Json list = Json::array();
  for (Eigen::Index i = 0; i < positions.rows(); ++i)
    for (Eigen::Index k = 0; k < 3; ++k)
      list.push_back(k < positions.cols() ? std::lround(1000 * static_cast<double>(positions(i, k)))
                                          : 0L);
  return list;
}

Json course_json(const LossCourse& course) {
  Json epochs = Json::array();
  for (const CourseEpoch& epoch : course.epochs)
    epochs.push_back({{"loss", epoch.loss ? number(*epoch.loss) : Json()},
                      {"active", number(epoch.active)},
                      {"learned", spread_json(epoch.learned)},
                      {"kept_out", spread_json(epoch.kept_out)},
                      {"positions", thousandths(epoch.positions)}});
  Json explained = Json::array();
  for (const double share : course.explained) explained.push_back(number(share));
  return {{"loss", model::name(course.kind)},
          {"hinge", course.kind == model::LossKind::triplet},
          {"width", course.width},
          {"explained", explained},
          {"epochs", epochs}};
}

}  // namespace

Json model_document(const LabelledHistory& history, const LoadedModel& model,
                    const AlarmRules& rules) {
  const model::Projection picture = picture_of(history, kMostPoints);
  Json json = head("model");
  json["model"] = model_head(model);
  json["data"] = data_head(history);
  json["classes"] = history.classes;
  json["known"] = model.model.clusters.clusters().size();
  json["normal"] = model.normal;
  json["elements"] = history.elements;
  json["summary"] = summary(history);
  json["incidents"] = incidents_section(history, model, picture, rules);
  json["embedding"] = embedding_section(history, model, picture, kMostPoints);
  json["pairs"] = pairs_section(history, model);
  json["confusion"] = confusion_section(history, model);
  json["distances"] = distances_section(history);
  json["calibration"] = calibration_section(history, model);
  json["saturation"] = saturation_section(history, model);
  json["training"] = training_section(model);
  return json;
}

Json comparison_document(const Dataset& data, const model::TrainOptions& options,
                         const CourseSample& sample, const std::vector<LossCourse>& courses) {
  std::vector<std::string> elements(data.element_numbers.size());
  for (const auto& [name, at] : data.element_numbers) elements[at] = name;
  Json points = Json::array();
  for (std::size_t i = 0; i < sample.shown.size(); ++i) {
    const std::size_t row = sample.shown[i];
    const std::int64_t time_us = (data.windows.slots[row] + 1) * data.input.period.count();
    points.push_back({data.windows.labels[row], data.windows.elements[row], time_us / 1'000'000,
                      sample.kept_out[i] ? 1 : 0});
  }
  Json json = head("comparison");
  json["classes"] = data.windows.class_names;
  json["normal"] = 0;
  json["elements"] = elements;
  json["data"] = {{"first", ingest::format_rfc3339(data.first_us)},
                  {"last", ingest::format_rfc3339(data.last_us)},
                  {"elements", data.elements},
                  {"windows", sample.training.size()},
                  {"shown", sample.shown.size()}};
  json["options"] = {{"seed", options.seed},
                     {"epochs", options.epochs},
                     {"encoder", model::name(options.encoder.kind)},
                     {"alpha", number(options.loss.alpha)},
                     {"steps_per_epoch", options.steps_per_epoch}};
  json["points"] = std::move(points);
  json["courses"] = Json::array();
  for (const LossCourse& course : courses) json["courses"].push_back(course_json(course));
  return json;
}

}  // namespace faultprint::daemon::report
