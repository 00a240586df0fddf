#include <unistd.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "daemon/cluster_description.h"
#include "daemon/command_options.h"
#include "daemon/commands.h"
#include "daemon/input_choice.h"
#include "daemon/loaded_model.h"
#include "daemon/model_card.h"
#include "model/kernels/kernels.h"
#include "model/safetensors.h"

namespace faultprint::daemon {
namespace {

using Json = nlohmann::ordered_json;

// null: the file has none, as of older versions.
Json self_test_json(const model::Model& model) {
  if (!model.self_test) return nullptr;
  const float deviation = model::self_test_deviation(model.encoder, *model.self_test);
  return {{"windows", model.self_test->windows.rows()},
          {"deviation", deviation},
          {"tolerance", model::kSelfTestTolerance},
          {"passes", deviation <= model::kSelfTestTolerance},
          {"kernels", fp_isa()}};
}

std::string self_test_text(const model::Model& model) {
  if (!model.self_test) return "self-test   none: made by an older version\n";
  const float deviation = model::self_test_deviation(model.encoder, *model.self_test);
  char text[160];
  std::snprintf(text, sizeof text, "self-test   %s here: off by %.1e, at most %.0e (kernels %s)\n",
                deviation <= model::kSelfTestTolerance ? "passes" : "FAILS",
                static_cast<double>(deviation), static_cast<double>(model::kSelfTestTolerance),
                fp_isa());
  return text;
}

Json describe(const model::Model& model) {
  Json json;
  json["fingerprint"] = model.fingerprint;
  const auto& spec = model.encoder.spec();
  json["encoder"] = {{"kind", name(spec.kind)},     {"window", spec.window},
                     {"kpis", spec.kpis},           {"hidden", spec.hidden},
                     {"embedding", spec.embedding}, {"summaries", spec.summaries},
                     {"output", name(spec.output)}};
  if (spec.further_convolutions > 0)
    json["encoder"]["further_convolutions"] = spec.further_convolutions;
  json["clusters"] = describe_clusters(model.clusters);
  json["unknown_false_alarm_rate"] = model.clusters.alpha();
  if (model.pairs)
    json["pair_calibration"] = {{"slope", model.pairs->slope},
                                {"bias", model.pairs->bias},
                                {"same_pairs", model.pairs->same},
                                {"different_pairs", model.pairs->different},
                                {"window_pairs", model.pairs->windows}};
  json["self_test"] = self_test_json(model);
  json["reference_windows"] = model.references.labels.size();
  for (const char* key : {"card", kOperatingCurve, "input_spec", kInputChoice, "training_history"})
    if (const auto found = model.metadata.find(key); found != model.metadata.end())
      json[key] = Json::parse(found->second, nullptr, false);
  return json;
}

// What each rate of false alarms buys; "": training was not asked for one.
std::string curve_text(const model::Model& model) {
  const auto found = model.metadata.find(kOperatingCurve);
  if (found == model.metadata.end()) return "";
  const OperatingCurve curve = operating_curve_from_json(found->second);
  char head[160];
  std::snprintf(head, sizeof head,
                "\nincidents named against false alarms: %zu elements watched for %.3g days\n",
                curve.elements, curve.element_days / static_cast<double>(curve.elements));
  return head + to_text(curve, std::nullopt);
}

std::string text_of(const model::Model& model) {
  std::string text = "model       " + model.fingerprint + "\n";
  if (const auto card = model.metadata.find(kCard); card != model.metadata.end())
    text += card_text(card->second);
  if (const auto choice = model.metadata.find(kInputChoice); choice != model.metadata.end())
    text += choices_text(choice->second);
  text += self_test_text(model);
  text += "\nlabel                   windows  incidents  prototypes  calibrated by\n";
  for (const model::Cluster& cluster : model.clusters.clusters()) {
    char row[160];
    std::snprintf(row, sizeof row, "%-22.22s %8lld %10lld %11lld %14lld\n", cluster.label.c_str(),
                  static_cast<long long>(cluster.windows),
                  static_cast<long long>(cluster.incidents),
                  static_cast<long long>(cluster.prototypes.rows()),
                  static_cast<long long>(cluster.score_count));
    text += row;
  }
  return text + curve_text(model);
}

struct InspectOptions {
  std::string model;
  bool json = false;
  bool text = false;
};

int inspect(const InspectOptions& options) {
  const model::Model model = model::load_model(options.model);
  // What a script reads stays JSON.
  if (options.text || (!options.json && isatty(STDOUT_FILENO) != 0)) {
    std::fputs(text_of(model).c_str(), stdout);
    return 0;
  }
  std::puts(describe(model).dump(2, ' ', false, Json::error_handler_t::replace).c_str());
  return 0;
}

}  // namespace

void add_inspect(CLI::App& app, Command& chosen) {
  auto options = std::make_shared<InspectOptions>();
  CLI::App* command =
      app.add_subcommand("inspect", "print what a model file holds: its card, clusters and input");
  command->add_option("--model,MODEL", options->model, "the model")->required()->type_name("FILE");
  CLI::Option* const json = command->add_flag(
      "--json", options->json, "all of it as JSON, which is what a pipe gets anyway");
  command
      ->add_flag("--text", options->text,
                 "the card for people, which is what a terminal gets anyway")
      ->excludes(json);
  command->footer(
      "The card says what the model was trained on (span, elements, incidents of each type), with\n"
      "which options, seed and build, how it did then, and what was enrolled since. It is JSON in\n"
      "the metadata of the file, which is safetensors: in Python,\n"
      "safetensors.safe_open(FILE, 'np').metadata()['card'].\n\n"
      "Example (after that of `train`):\n"
      "  faultprint inspect --model recording/model.safetensors\n"
      "  faultprint inspect --model recording/model.safetensors --json");
  command->callback([options, &chosen] { chosen = [options] { return inspect(*options); }; });
}

}  // namespace faultprint::daemon
