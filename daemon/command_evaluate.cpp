#include <cstdio>
#include <fstream>

#include "daemon/command_options.h"
#include "daemon/commands.h"
#include "daemon/evaluation_run.h"
#include "daemon/report_text.h"
#include "daemon/terminal.h"

namespace faultprint::daemon {
namespace {

struct EvaluateOptions {
  std::string config;
  std::string model;
  DataFiles files;
  std::string json;
};

void write_file(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary);
  if (!(out << text) || !out.flush()) throw std::runtime_error(path + ": cannot be written");
}

// A difference that many draws reverse is still told, as what it is.
const char* chance(const MethodIntervals& baseline) {
  const auto& lead = baseline.macro_f1_lead;
  return lead && lead->high < 0 ? " by more than chance" : ", which may be chance";
}

int evaluate(const EvaluateOptions& options) {
  const config::Config config = config::load(options.config);
  const ModelPointer model = load_model(model_path(config, options.model), config);
  EvaluationResult result;
  {
    ProgressBar bar("evaluating");
    result = evaluate_model(config, model, options.files, [&](double share) { bar.show(share); });
  }
  std::fprintf(stderr, "records rejected: %s\n", describe(result.rejects).c_str());
  std::fputs(to_text(result).c_str(), stdout);
  if (!options.json.empty()) write_file(options.json, to_json(result, *model));
  for (const auto& [name, baseline] : result.baselines)
    if (result.model.all.macro_f1 < baseline.all.macro_f1)
      warn("W_BELOW_BASELINE: macro-F1 is below that of " + name + chance(baseline.intervals) +
           ": do not rely on this model; more incidents, or other KPIs, may help");
  return 0;
}

}  // namespace

void add_evaluate(CLI::App& app, Command& chosen) {
  auto options = std::make_shared<EvaluateOptions>();
  CLI::App* command = app.add_subcommand("evaluate", "measure a model on labelled history");
  add_config_option(*command, options->config);
  add_model_option(*command, options->model);
  add_data_options(*command, options->files, IncidentFiles::required);
  command->add_option("--json", options->json, "write the figures there, too")->type_name("FILE");
  command->footer(
      "Prints macro-F1 over all scored windows, incidents named and how soon, and false alarms,\n"
      "each with a 95 % interval: what the figure becomes when incidents and hours of normal are\n"
      "drawn anew, with replacement. Beside it, on the same windows and alarm rules, the "
      "baselines\n"
      "1-nearest-neighbour, nearest class mean, and random convolutions with ridge "
      "(MiniRocket).\n\n"
      "Example (after that of `train`):\n"
      "  faultprint evaluate --config recording/faultprint.yaml --model "
      "recording/model.safetensors \\\n"
      "      --data recording/heldout.csv.gz --incidents recording/heldout_incidents.csv \\\n"
      "      --json figures.json");
  command->callback([options, &chosen] { chosen = [options] { return evaluate(*options); }; });
}

}  // namespace faultprint::daemon
