#include <algorithm>
#include <cstdio>

#include "daemon/command_options.h"
#include "daemon/commands.h"
#include "daemon/output_target.h"
#include "daemon/report/report_run.h"
#include "daemon/train_options.h"

namespace faultprint::daemon {
namespace {

struct ReportCommand {
  std::string config;
  std::string group;
  std::string model;
  std::vector<std::string> losses;
  TrainFlags flags;  // its request's files and `out` are the report's
};

int report_command(ReportCommand& o) {
  const config::Config config = one_group(config::load(o.config), o.group);
  check_target(o.flags.request.out, Writing::in_place);
  report::ReportSummary summary;
  if (o.losses.empty()) {
    const ModelPointer model = load_model(model_path(config, o.model), config);
    summary = report::report_model(config, model, o.flags.request.files, o.flags.request.out);
  } else {
    complete(o.flags, o.losses);
    summary = report::report_comparison(config, o.flags.request, o.losses, o.flags.request.out);
  }
  std::printf("%s: %zu kB, open it in a browser\n", o.flags.request.out.c_str(),
              (summary.bytes + 999) / 1000);
  return 0;
}

void check_losses(const std::vector<std::string>& losses) {
  constexpr std::size_t kMostLosses = 4;
  if (losses.size() < 2 || losses.size() > kMostLosses)
    throw CLI::ValidationError("--compare", "give two to four losses, as lossless-ln,triplet");
}

// What only a comparison uses is refused without one.
void add_comparison(CLI::App& command, ReportCommand& o, CLI::Option* model_option) {
  CLI::Option* const compare =
      command
          .add_option("--compare", o.losses,
                      "train with each of these losses instead, and show them side by side, epoch "
                      "by epoch")
          ->delimiter(',')
          ->check(CLI::IsMember(model::loss_names()))
          ->type_name("LOSS,LOSS")
          ->excludes(model_option);
  const std::vector<CLI::Option*> before = command.get_options();
  add_train_options(command, o.flags, LossChoice::elsewhere);
  for (CLI::Option* const option : command.get_options())
    if (std::find(before.begin(), before.end(), option) == before.end()) option->needs(compare);
}

}  // namespace

void add_report(CLI::App& app, Command& chosen) {
  auto options = std::make_shared<ReportCommand>();
  CLI::App* command =
      app.add_subcommand("report", "one HTML file to mail on: how a model sees a labelled history");
  add_config_option(*command, options->config);
  add_group_option(*command, options->group);
  add_model_option(*command, options->model);
  add_data_options(*command, options->flags.request.files, IncidentFiles::required);
  command->add_option("--out", options->flags.request.out, "where the page goes")
      ->required()
      ->type_name("FILE");
  add_comparison(*command, *options, command->get_option("--model"));
  command->footer(
      "The page needs no network and no other file. It shows one incident slot by slot, every\n"
      "window's place in 2-D and 3-D with the clusters, the incidents that are easiest to take "
      "for\n"
      "each other, confusion, distances, the calibration of unknown, and how training went; each\n"
      "picture says what to look at, and has its numbers.\n\n"
      "With --compare nothing but the losses is shown: the same windows under each, epoch by "
      "epoch,\n"
      "with how tight and how far apart the labels are. A quarter of the incidents takes no part\n"
      "and is followed too. Training, Encoder and Loss are options of `train`, for --compare "
      "alone.\n\n"
      "Examples (after that of `train`):\n"
      "  faultprint report --config recording/faultprint.yaml --model recording/model.safetensors "
      "\\\n"
      "      --data recording/heldout.csv.gz --incidents recording/heldout_incidents.csv \\\n"
      "      --out report.html\n"
      "  faultprint report --compare lossless-ln,triplet --config recording/faultprint.yaml \\\n"
      "      --data recording/train.csv.gz --incidents recording/train_incidents.csv \\\n"
      "      --out losses.html");
  command->callback([options, &chosen] {
    if (!options->losses.empty()) check_losses(options->losses);
    chosen = [options] { return report_command(*options); };
  });
}

}  // namespace faultprint::daemon
