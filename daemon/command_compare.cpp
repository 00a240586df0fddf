#include <cstdio>

#include "daemon/command_options.h"
#include "daemon/commands.h"
#include "daemon/comparison.h"
#include "daemon/terminal.h"

namespace faultprint::daemon {
namespace {

struct CompareOptions {
  std::string a;
  std::string b;
  std::string config;
  std::string group;
  std::string model;
  std::vector<std::string> history;
  double prior = 0.5;
  bool json = false;
};

Comparison compare(const CompareOptions& o) {
  if (o.history.empty()) {
    std::string model = o.model;
    if (model.empty() && !o.config.empty())
      model = one_group(config::load(o.config), o.group).group().model.file;
    return compare_vectors(model, o.a, o.b, o.prior);
  }
  if (o.config.empty())
    throw std::runtime_error(
        "--data names windows, which are made as a configuration says: "
        "--config FILE is missing");
  const config::Config config = one_group(config::load(o.config), o.group);
  const ModelPointer model = load_model(model_path(config, o.model), config);
  ProgressBar bar("reading");
  return compare_windows(config, *model, o.history, o.a, o.b, o.prior,
                         [&](double share) { bar.show(share); });
}

}  // namespace

void add_compare(CLI::App& app, Command& chosen) {
  auto options = std::make_shared<CompareOptions>();
  CLI::App* command = app.add_subcommand("compare", "are two windows, or two vectors, one fault?");
  command->add_option("A", options->a, "ELEMENT@TIME with --data, else FILE:ROW")
      ->required()
      ->type_name("WINDOW");
  command->add_option("B", options->b, "what to compare it with")->required()->type_name("WINDOW");
  command->add_option("--config,--config.file", options->config, "the configuration (YAML)")
      ->type_name("FILE");
  add_group_option(*command, options->group);
  add_model_option(*command, options->model);
  command
      ->add_option("--data", options->history,
                   "KPI history that has the windows: CSV or JSON lines, gzip too; may repeat")
      ->allow_extra_args(false)
      ->type_name("FILE");
  command
      ->add_option("--prior", options->prior,
                   "how probable it is, before looking, that they are the same fault")
      ->check(CLI::Range(1e-9, 1 - 1e-9))
      ->capture_default_str();
  command->add_flag("--json", options->json, "print JSON instead");
  command->footer(
      "A window is named by its element and a time within its newest slot, or the end of it as\n"
      "verdicts have it; a vector by a CSV that `embed` wrote and its row, from 1. Prints the\n"
      "distance of the embeddings (0: alike), how probable it is that they are the same fault, "
      "and\n"
      "the KPIs that differ most. The probability, and the distance below which the decision is\n"
      "'same', were calibrated on pairs of incidents kept out of training; the fewer they were, "
      "the\n"
      "nearer to --prior it stays.\n\n"
      "Examples (after those of `train` and `embed`):\n"
      "  faultprint compare leaf6@2017-08-04T17:25:30Z spine2@2017-08-04T17:30:30Z \\\n"
      "      --config recording/faultprint.yaml --model recording/model.safetensors \\\n"
      "      --data recording/heldout.csv.gz\n"
      "  faultprint compare leaves.csv:100 leaves.csv:200 --model recording/model.safetensors "
      "--json");
  command->callback([options, &chosen] {
    chosen = [options] {
      const Comparison comparison = compare(*options);
      std::fputs((options->json ? to_json(comparison) : to_text(comparison)).c_str(), stdout);
      return 0;
    };
  });
}

}  // namespace faultprint::daemon
