#include <algorithm>
#include <cstdio>

#include "daemon/command_options.h"
#include "daemon/commands.h"
#include "daemon/output_target.h"
#include "daemon/terminal.h"
#include "daemon/train_options.h"

namespace faultprint::daemon {
namespace {

struct TrainCommand {
  std::string config;
  std::string group;
  std::vector<std::string> choose;
  TrainFlags flags;
};

int train(TrainCommand& o) {
  const config::Config config = one_group(config::load(o.config), o.group);
  check_target(o.flags.request.out, Writing::by_replacement);
  complete(o.flags);
  const auto chosen = [&](const char* what) {
    return std::find(o.choose.begin(), o.choose.end(), what) != o.choose.end();
  };
  o.flags.request.choose = {chosen("baseline"), chosen("normaliser")};
  const TrainSummary summary = train_model(config, o.flags.request);
  std::printf("%s: model %s, %zu windows, %s\n", o.flags.request.out.c_str(),
              summary.fingerprint.c_str(), summary.windows,
              format_seconds(summary.seconds).c_str());
  return 0;
}

}  // namespace

void add_train(CLI::App& app, Command& chosen) {
  auto options = std::make_shared<TrainCommand>();
  CLI::App* command = app.add_subcommand("train", "learn a model from labelled history");
  add_config_option(*command, options->config);
  add_group_option(*command, options->group);
  add_data_options(*command, options->flags.request.files, IncidentFiles::optional);
  command
      ->add_option("--pairs", options->flags.request.pairs,
                   "pairs of windows known to be the same fault, or not (CSV)")
      ->type_name("FILE");
  command->add_option("--out", options->flags.request.out, "where the model goes")
      ->required()
      ->type_name("FILE");
  command
      ->add_option(
          "--choose", options->choose,
          "decided by incidents kept out of training, in place of the configuration: "
          "baseline (stream.baseline.fast, half and twice as well), normaliser (each KPI's "
          "scale)")
      ->delimiter(',')
      ->check(CLI::IsMember({"baseline", "normaliser"}))
      ->type_name("WHAT,WHAT");
  add_train_options(*command, options->flags, LossChoice::here);
  command->footer(
      "Incidents say where a fault was; everything else is normal, unless rows of fault type\n"
      "'normal' say which stretches are. A column 'uncertainty' (30, 90s, 5m) says by how much a\n"
      "ticket's times may be off either way: there nothing is learned, and at least the middle\n"
      "third of each incident is. Without incidents the model knows normal alone, and names\n"
      "faults as `enroll` shows them: its encoder is the universal one, taught by made-up faults, "
      "and\n"
      "is judged by made-up faults over normal kept out of training. Real ones in such a history "
      "are\n"
      "taken as normal: rows of fault type 'ignore' keep their times out.\n\n"
      "Each epoch says: d_p and d_n, the mean distance of windows of one label and of two "
      "(squared\n"
      "but for contrastive and the L1 losses): d_n should grow beyond d_p, and both near 0 is\n"
      "collapse; rank, how many directions the embeddings take: near 1 they lie on a line; "
      "saturated,\n"
      "the share of outputs outside [.02, .98]: high, and unknown faults fall onto known ones; "
      "active,\n"
      "the share of triplets that still teach (triplet, --rest). The model keeps them: `report` "
      "draws\n"
      "them, `inspect` has them as training_history. Ctrl-C and SIGTERM keep the best so far.\n\n"
      "Within a file of history the records of an element are in time order: what comes late is\n"
      "rejected, and told. A CSV that begins with the time is put in order by\n"
      "  (head -n 1 FILE; tail -n +2 FILE | sort -s -t, -k1,1) > SORTED\n\n"
      "Example:\n"
      "  faultprint demo --unpack recording\n"
      "  faultprint train --config recording/faultprint.yaml --data recording/train.csv.gz \\\n"
      "      --incidents recording/train_incidents.csv --out recording/model.safetensors");
  command->callback([options, &chosen] { chosen = [options] { return train(*options); }; });
}

}  // namespace faultprint::daemon
