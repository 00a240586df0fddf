#include <cstdio>
#include <nlohmann/json.hpp>

#include "daemon/cluster_description.h"
#include "daemon/command_options.h"
#include "daemon/commands.h"
#include "model/safetensors.h"

namespace faultprint::daemon {
namespace {

using Json = nlohmann::ordered_json;

Json describe(const model::Model& model) {
  Json json;
  json["fingerprint"] = model.fingerprint;
  const auto& spec = model.encoder.spec();
  json["encoder"] = {{"kind", name(spec.kind)},     {"window", spec.window},
                     {"kpis", spec.kpis},           {"hidden", spec.hidden},
                     {"embedding", spec.embedding}, {"summaries", spec.summaries},
                     {"output", name(spec.output)}};
  json["clusters"] = describe_clusters(model.clusters);
  json["unknown_false_alarm_rate"] = model.clusters.alpha();
  if (model.pairs)
    json["pair_calibration"] = {{"slope", model.pairs->slope},
                                {"bias", model.pairs->bias},
                                {"same_pairs", model.pairs->same},
                                {"different_pairs", model.pairs->different},
                                {"window_pairs", model.pairs->windows}};
  json["reference_windows"] = model.references.labels.size();
  for (const char* key : {"card", "operating_curve", "input_spec"})
    if (const auto found = model.metadata.find(key); found != model.metadata.end())
      json[key] = Json::parse(found->second, nullptr, false);
  return json;
}

}  // namespace

void add_inspect(CLI::App& app, Command& chosen) {
  auto path = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand(
      "inspect", "print what a model file holds: its card, clusters and input, as JSON");
  command->add_option("--model,MODEL", *path, "the model")->required()->type_name("FILE");
  command->footer(
      "Example (after that of `train`):\n"
      "  faultprint inspect --model recording/model.safetensors");
  command->callback([path, &chosen] {
    chosen = [path] {
      std::puts(describe(model::load_model(*path))
                    .dump(2, ' ', false, Json::error_handler_t::replace)
                    .c_str());
      return 0;
    };
  });
}

}  // namespace faultprint::daemon
