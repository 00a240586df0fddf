#include <algorithm>
#include <cstdio>
#include <fstream>
#include <functional>

#include "daemon/below_baseline.h"
#include "daemon/command_options.h"
#include "daemon/commands.h"
#include "daemon/evaluation_run.h"
#include "daemon/output_target.h"
#include "daemon/protocol_run.h"
#include "daemon/report_text.h"
#include "daemon/terminal.h"
#include "daemon/train_options.h"

namespace faultprint::daemon {
namespace {

struct EvaluateOptions {
  std::string config;
  std::string group;
  std::string model;
  DataFiles files;
  std::string json;
  std::string protocol;
  ProtocolOptions division;
  TrainFlags training;
};

void write_file(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary);
  if (!(out << text) || !out.flush()) throw std::runtime_error(path + ": cannot be written");
}

// A difference that many draws reverse is still told, as what it is.
std::vector<BelowBaseline> below_baselines(const EvaluationResult& result) {
  std::vector<BelowBaseline> found;
  const double own = result.model.all.macro_f1;
  for (const auto& [name, baseline] : result.baselines) {
    if (own >= baseline.all.macro_f1) continue;
    const auto& lead = baseline.intervals.macro_f1_lead;
    found.push_back({name, own, baseline.all.macro_f1, "", !lead || lead->high >= 0});
  }
  return found;
}

int evaluate_file(const EvaluateOptions& options, const config::Config& config) {
  const ModelPointer model = load_model(model_path(config, options.model), config);
  EvaluationResult result;
  {
    ProgressBar bar("evaluating");
    result = evaluate_model(config, model, options.files, [&](double share) { bar.show(share); });
  }
  std::fprintf(stderr, "records rejected: %s\n", describe(result.rejects).c_str());
  for (const std::string& warning : alarm_warnings(config.group().alarms, *model)) warn(warning);
  for (const std::string& warning : result.warnings) warn(warning);
  std::fputs(to_text(result).c_str(), stdout);
  if (!options.json.empty()) write_file(options.json, to_json(result, *model));
  for (const std::string& text : below_baseline_texts(below_baselines(result)))
    warn("W_BELOW_BASELINE: " + text);
  return 0;
}

int evaluate_protocol(EvaluateOptions& options, const config::Config& config) {
  options.training.request.files = options.files;
  complete(options.training);
  ProtocolResult result;
  {
    ProgressBar bar("training and judging");
    result = run_protocol(config, options.training.request, options.division,
                          [&](double share) { bar.show(share); });
  }
  std::fputs(to_text(result).c_str(), stdout);
  if (!options.json.empty()) write_file(options.json, to_json(result));
  for (const std::string& warning : result.unmatched) warn(warning);
  for (const auto& [code, warning] : result.warnings)
    warn(warning.text + " (" + code + " in " + std::to_string(warning.trainings) + " of " +
         std::to_string(result.trainings) + " trainings)");
  for (const std::string& text : below_baselines(result)) warn("W_BELOW_BASELINE: " + text);
  return 0;
}

int evaluate(EvaluateOptions& options) {
  const config::Config config = one_group(config::load(options.config), options.group);
  if (!options.json.empty()) check_target(options.json, Writing::in_place);
  return options.protocol.empty() ? evaluate_file(options, config)
                                  : evaluate_protocol(options, config);
}

// An option of some protocols alone.
void only_for(const EvaluateOptions& options, const CLI::Option* option,
              const std::vector<std::string>& protocols) {
  if (option->count() == 0 ||
      std::find(protocols.begin(), protocols.end(), options.protocol) != protocols.end())
    return;
  std::string names;
  for (const std::string& name : protocols) names += (names.empty() ? "" : ", ") + name;
  throw CLI::ValidationError(option->get_name(), "goes with --protocol " + names + " alone");
}

std::function<void()> add_protocol_options(CLI::App& command, EvaluateOptions& o) {
  constexpr const char* kGroup = "Protocol";
  CLI::Option* const protocol =
      command
          .add_option(
              "--protocol", o.protocol,
              "train, too, and judge on what was left out: later times, other elements, "
              "fault types never seen, types enrolled from a few incidents, another network")
          ->check(CLI::IsMember(protocol_names()))
          ->excludes(command.get_option("--model"))
          ->group(kGroup);
  ProtocolOptions& division = o.division;
  CLI::Option* const split =
      command
          .add_option(
              "--split", division.split,
              "time, fault-types, enrol: learn before, judge after: a time, or the share of "
              "the records that lie before it")
          ->capture_default_str()
          ->group(kGroup);
  CLI::Option* const folds =
      command
          .add_option("--folds", division.folds, "elements: so many models, each judges a share")
          ->check(CLI::Range(2, 1000))
          ->capture_default_str()
          ->group(kGroup);
  CLI::Option* const shots =
      command
          .add_option("--shots", division.shots, "enrol: incidents that a type is enrolled from")
          ->delimiter(',')
          ->check(CLI::Range(1, 10000))
          ->capture_default_str()
          ->group(kGroup);
  CLI::Option* const data =
      command
          .add_option("--other-data", division.other.history, "network: the other's KPI history")
          ->type_name("FILE")
          ->group(kGroup);
  CLI::Option* const incidents =
      command.add_option("--other-incidents", division.other.incidents, "network: its labels")
          ->type_name("FILE")
          ->group(kGroup);
  CLI::Option* const repeat =
      command
          .add_option("--repeat", division.repeat,
                      "with so many seeds, from --seed on, which also deal and draw anew")
          ->check(CLI::Range(1, 1000))
          ->capture_default_str()
          ->group(kGroup);
  return [=, &o] {
    only_for(o, split, {"time", "fault-types", "enrol"});
    only_for(o, folds, {"elements"});
    only_for(o, shots, {"enrol"});
    only_for(o, data, {"network"});
    only_for(o, incidents, {"network"});
    only_for(o, repeat, protocol_names());
    if (o.protocol == "network" && (data->count() == 0 || incidents->count() == 0))
      throw CLI::RequiredError("--protocol network: --other-data and --other-incidents");
    if (protocol->count() == 0) return;
    const auto& names = protocol_names();
    o.division.protocol =
        static_cast<Protocol>(std::find(names.begin(), names.end(), o.protocol) - names.begin());
  };
}

// Those of `train`, for the protocols.
void add_training(CLI::App& command, TrainFlags& flags) {
  const std::size_t before = command.get_options().size();
  add_train_options(command, flags, LossChoice::here);
  const std::vector<CLI::Option*> all = command.get_options();
  for (std::size_t i = before; i < all.size(); ++i) all[i]->needs(command.get_option("--protocol"));
}

}  // namespace

void add_evaluate(CLI::App& app, Command& chosen) {
  auto options = std::make_shared<EvaluateOptions>();
  CLI::App* command = app.add_subcommand("evaluate", "measure a model on labelled history");
  add_config_option(*command, options->config);
  add_group_option(*command, options->group);
  add_model_option(*command, options->model);
  add_data_options(*command, options->files, IncidentFiles::required);
  command->add_option("--json", options->json, "write the figures there, too")->type_name("FILE");
  const auto check = add_protocol_options(*command, *options);
  add_training(*command, options->training);
  command->footer(
      "Prints macro-F1 over all scored windows, incidents named and how soon, and false alarms,\n"
      "each with a 95 % interval: what the figure becomes when incidents and hours of normal are\n"
      "drawn anew, with replacement. Beside it, on the same windows and alarm rules, the "
      "baselines\n"
      "1-nearest-neighbour, nearest class mean, and random convolutions with ridge "
      "(MiniRocket).\n"
      "Macro-F1 is the mean F1 of the classes that occur or were predicted, as scikit-learn has "
      "it:\n"
      "a fault type that the data never shows counts 0 where windows are called so.\n"
      "Within a file of history the records of an element are in time order, as for `train`.\n\n"
      "Example (after that of `train`):\n"
      "  faultprint evaluate --config recording/faultprint.yaml --model "
      "recording/model.safetensors \\\n"
      "      --data recording/heldout.csv.gz --incidents recording/heldout_incidents.csv \\\n"
      "      --json figures.json\n\n"
      "--protocol measures what will be asked of a model, without a second history: it trains (as\n"
      "`train` does, with its options and --seed; no model is kept) on a part and judges on the "
      "rest:\n"
      "  time         later incidents: learn before --split, judge after it\n"
      "  elements     elements it never saw: each judged by the model of a fold without it\n"
      "  fault-types  types it never saw, each left out in turn: are they called unknown?\n"
      "  enrol        the same, then enrolled from 1, 5 and 10 (--shots) incidents before the "
      "split\n"
      "  network      another network, as it stands: --other-data, --other-incidents\n"
      "No incident and no slot is on both sides; what straddles is left out. Baselines have the "
      "same\n"
      "training windows. A model below one of them is told so.\n\n"
      "Example: routers left out of training, in three folds\n"
      "  faultprint demo --unpack recording\n"
      "  faultprint evaluate --config recording/faultprint.yaml --protocol elements --folds 3 \\\n"
      "      --data recording/train.csv.gz --incidents recording/train_incidents.csv");
  command->callback([options, check, &chosen] {
    check();
    chosen = [options] { return evaluate(*options); };
  });
}

}  // namespace faultprint::daemon
