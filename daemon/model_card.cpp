#include "daemon/model_card.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "daemon/build_info.h"
#include "daemon/terminal.h"
#include "ingest/timestamp.h"
#include "model/kernels/kernels.h"

namespace faultprint::daemon {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostNames = 1000;  // of elements

Json element_names(const Dataset& data) {
  Json names = Json::array();
  for (const auto& [name, number] : data.element_numbers)
    if (names.size() < kMostNames) names.push_back(name);
  return names;
}

Json loss_json(const model::LossOptions& loss) {
  return {{"loss", model::name(loss.kind)},
          {"beta", loss.lossless.beta},
          {"loss_dimension", loss.lossless.n},
          {"reach", loss.lossless.reach},
          {"slack", loss.lossless.slack},
          {"rest", loss.lossless.rest},
          {"pull", loss.lossless.pull},
          {"epsilon", loss.lossless.epsilon},
          {"alpha", loss.alpha},
          {"mining", model::mining_names()[static_cast<std::size_t>(loss.mining)]},
          {"margin", loss.margin}};
}

Json encoder_json(const model::TrainOptions& options) {
  const model::EncoderSpec& spec = options.encoder;
  return {{"encoder", model::name(spec.kind)},
          {"hidden", spec.hidden},
          {"embedding", spec.embedding},
          {"summaries", spec.summaries},
          {"channels", spec.channels},
          {"units", spec.units},
          {"token_width", spec.token_width},
          {"output", model::name(spec.output)},
          {"normalised_logits", options.network.normalise_logits},
          {"dropout", options.network.dropout.share},
          {"recurrent_dropout", options.network.dropout.recurrent}};
}

Json families_json(const model::CurriculumOptions& faults) {
  Json names = Json::array();
  for (std::size_t i = 0; i < faults.shapes.size(); ++i)
    if (faults.shapes[i] > 0) names.push_back(model::signature_shape_names()[i]);
  return names;
}

Json schedule_json(const model::TrainOptions& options) {
  const bool adam = options.optimiser.kind == model::OptimiserKind::adam;
  return {{"epochs", options.epochs},
          {"least_epochs", options.least_epochs},
          {"patience", options.patience},
          {"steps_per_epoch", options.steps_per_epoch},
          {"classes_per_batch", options.classes_per_batch},
          {"windows_per_batch", options.windows_per_batch},
          {"validation_share", options.validation_share},
          {"straddling", options.straddling == model::Straddling::newest ? "newest" : "left-out"},
          {"optimiser", adam ? "adam" : "rmsprop"},
          {"learning_rate", options.learning_rate},
          {"weight_decay", options.optimiser.weight_decay},
          {"clip_norm", options.optimiser.clip_norm},
          {"signatures", options.curriculum.signatures},
          {"least_size", options.curriculum.least_size},
          {"greatest_size", options.curriculum.greatest_size},
          {"signature_families", families_json(options.curriculum)},
          {"labelled_pairs", options.pairs.same.size()},
          {"unknown_false_alarm_rate", options.alpha}};
}

Json all_options(const model::TrainOptions& options) {
  Json json = schedule_json(options);
  json.update(encoder_json(options));
  if (const int further = options.encoder.further_convolutions; further > 0)
    json["further_convolutions"] = further;
  json.update(loss_json(options.loss));
  return json;
}

// A value as people read it: text without quotes.
std::string readable(const Json& value) {
  if (value.is_null()) return "?";
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_number_float()) return value.dump();
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", value.get<double>());
  return text;
}

// "<heading>  <text>", the text cut into lines at commas.
std::string paragraph(const std::string& heading, const std::vector<std::string>& items) {
  constexpr std::size_t kWidth = 86;
  std::string text;
  std::string line;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::string item = items[i] + (i + 1 < items.size() ? "," : "");
    if (!line.empty() && line.size() + item.size() + 1 > kWidth) {
      text += (text.empty() ? "" : std::string(12, ' ')) + line + "\n";
      line.clear();
    }
    line += (line.empty() ? "" : " ") + item;
  }
  if (!line.empty()) text += (text.empty() ? "" : std::string(12, ' ')) + line + "\n";
  if (text.empty()) return "";
  return heading + std::string(12 - std::min<std::size_t>(heading.size(), 11), ' ') + text;
}

std::vector<std::string> of_object(const Json& object, bool number_first) {
  std::vector<std::string> items;
  for (const auto& [key, value] : object.items())
    items.push_back(number_first ? readable(value) + " " + key : key + " " + readable(value));
  return items;
}

std::vector<std::string> of_list(const Json& list) {
  std::vector<std::string> items;
  for (const Json& value : list) items.push_back(readable(value));
  return items;
}

// What was measured; -1 stands for "not measured".
std::vector<std::string> figures_of(const Json& card) {
  std::vector<std::string> items = {"epoch " + readable(card.value("epochs", Json())),
                                    "loss " + readable(card.value("final_loss", Json()))};
  for (const auto& [key, name] : {std::pair{"validation_f1", "validation F1 "},
                                  {"novel_auroc", "unknown AUROC "},
                                  {"made_up_auroc", "AUROC of made-up faults "},
                                  {"made_up_named", "made-up faults named "}})
    if (card.value(key, -1.0) >= 0) items.push_back(name + readable(card[key]));
  return items;
}

// When the first incident of that type began, and when the last one's windows end.
std::pair<std::int64_t, std::int64_t> span_of(const Dataset& data, const std::string& type) {
  const model::TrainingWindows& w = data.windows;
  std::pair<std::int64_t, std::int64_t> span{data.last_us, data.first_us};
  for (std::size_t i = 0; i < w.size(); ++i) {
    if (w.labels[i] <= 0 || w.class_names[static_cast<std::size_t>(w.labels[i])] != type) continue;
    const auto incident = static_cast<std::size_t>(w.incidents[i]);
    if (incident < w.incident_starts_us.size())
      span.first = std::min(span.first, std::max(data.first_us, w.incident_starts_us[incident]));
    span.second = std::max(span.second, (w.slots[i] + 1) * data.input.period.count());
  }
  return span;
}

// "port_flap, 1 incident, from ... to ...". Older cards know the history's span alone.
std::string enrolled_text(const Json& type, const Json& entry) {
  const std::string incidents = readable(type.value("incidents", Json()));
  const auto time = [&](const char* edge) {
    return readable(type.value(edge, entry.value(edge, Json())));
  };
  return readable(type.value("fault_type", Json())) + ", " + incidents +
         (incidents == "1" ? " incident" : " incidents") +
         (type.contains("first") ? ", from " : " of ") + time("first") + " to " + time("last");
}

nlohmann::json enrolment_entry(const Dataset& data, const model::EnrolResult& result,
                               bool replace) {
  nlohmann::json types = nlohmann::json::array();
  for (const auto& type : result.types) {
    const auto [first_us, last_us] = span_of(data, type.label);
    types.push_back({{"fault_type", type.label},
                     {"added", type.added},
                     {"first", ingest::format_rfc3339(first_us)},
                     {"last", ingest::format_rfc3339(last_us)},
                     {"incidents", type.incidents},
                     {"windows", type.windows},
                     {"look_normal", type.look_normal},
                     {"reach", type.reach}});
  }
  return {{"first", ingest::format_rfc3339(data.first_us)},
          {"last", ingest::format_rfc3339(data.last_us)},
          {"replace", replace},
          {"types", types}};
}

}  // namespace

std::string model_card(const Dataset& data, const model::TrainOptions& options,
                       const model::TrainResult& result) {
  return Json{{"version", FAULTPRINT_VERSION},
              {"build", {{"type", FAULTPRINT_BUILD_TYPE}, {"compiler", FAULTPRINT_COMPILER}}},
              {"instruction_set", fp_isa()},
              {"first", ingest::format_rfc3339(data.first_us)},
              {"last", ingest::format_rfc3339(data.last_us)},
              {"elements", data.elements},
              {"element_names", element_names(data)},
              {"windows", data.windows.size()},
              {"incidents", data.incidents},
              {"calm_deviation", data.calm_deviation},
              {"pure_share", data.pure_share},
              {"seed", options.seed},
              {"loss", model::name(options.loss.kind)},
              {"encoder", model::name(options.encoder.kind)},
              {"normalised_logits", options.network.normalise_logits},
              {"signatures_per_batch", options.curriculum.signatures},
              {"options", all_options(options)},
              {"epochs", result.best_epoch},
              {"final_loss", result.final_loss},
              {"validation_f1", result.validation_f1},
              {"novel_auroc", result.novel_auroc},
              {"made_up_auroc", result.made_up.auroc},
              {"made_up_named", result.made_up.named},
              {"warnings", result.warnings}}
      .dump(-1, ' ', false, Json::error_handler_t::replace);
}

void add_to_card(model::Model& model, const Dataset& data, const model::EnrolResult& result,
                 bool replace) {
  auto card = nlohmann::json::parse(model.metadata[kCard], nullptr, false);
  if (card.is_discarded()) card = nlohmann::json::object();
  card["enrolled"].push_back(enrolment_entry(data, result, replace));
  model.metadata[kCard] = card.dump();
}

std::string card_text(const std::string& text) {
  const Json card = Json::parse(text, nullptr, false);
  if (!card.is_object()) return "";
  const auto get = [&](const char* key) { return card.value(key, Json()); };
  const Json build = card.value("build", Json::object());
  std::string lines = paragraph("made by", {"faultprint " + readable(get("version")) + " (" +
                                            readable(build.value("compiler", Json("?"))) + ", " +
                                            readable(build.value("type", Json("?"))) +
                                            ", kernels " + readable(get("instruction_set")) + ")"});
  lines += paragraph(
      "data", {readable(get("first")) + " to " + readable(get("last")),
               readable(get("windows")) + " windows", readable(get("elements")) + " elements"});
  lines += paragraph("elements", of_list(card.value("element_names", Json::array())));
  lines += paragraph("incidents", of_object(card.value("incidents", Json::object()), true));
  std::vector<std::string> trained = {"seed " + readable(get("seed"))};
  if (card.contains("seconds"))  // of older versions
    trained.push_back("in " + format_seconds(card.value("seconds", 0.0)));
  lines += paragraph("trained", trained);
  lines += paragraph("figures", figures_of(card));
  lines += paragraph("options", of_object(card.value("options", Json::object()), false));
  for (const Json& entry : card.value("enrolled", Json::array()))
    for (const Json& type : entry.value("types", Json::array()))
      lines += paragraph("enrolled", {enrolled_text(type, entry)});
  for (const Json& warning : card.value("warnings", Json::array()))
    lines += paragraph("warning", {readable(warning)});
  return lines;
}

}  // namespace faultprint::daemon
