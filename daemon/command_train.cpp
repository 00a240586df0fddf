#include <cstdio>

#include "daemon/command_options.h"
#include "daemon/commands.h"
#include "daemon/terminal.h"
#include "daemon/training.h"

namespace faultprint::daemon {

void add_train(CLI::App& app, Command& chosen) {
  struct Options {
    std::string config;
    TrainRequest request;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("train", "learn a model from labelled history");
  add_config_option(*command, options->config);
  add_data_options(*command, options->request.files, true);
  command->add_option("--out", options->request.out, "where the model goes")
      ->required()
      ->type_name("FILE");
  command->add_option("--seed", options->request.seed, "the same seed gives the same model")
      ->capture_default_str();
  command->add_option("--epochs", options->request.epochs, "at most so many")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  command->add_option("--loss", options->request.loss, "lossless-ln")
      ->check(CLI::IsMember({"lossless-ln"}))
      ->capture_default_str();
  command->add_option("--encoder", options->request.encoder, "dense")
      ->check(CLI::IsMember({"dense"}))
      ->capture_default_str();
  command->footer(
      "Incidents say where a fault was; everything else is normal, unless rows of fault type\n"
      "'normal' say which stretches are. Ctrl-C keeps the best so far.\n\n"
      "Example:\n"
      "  faultprint demo --unpack recording\n"
      "  faultprint train --config recording/faultprint.yaml --data recording/train.csv.gz \\\n"
      "      --incidents recording/train_incidents.csv --out recording/model.safetensors");
  command->callback([options, &chosen] {
    chosen = [options] {
      const config::Config config = config::load(options->config);
      const TrainSummary summary = train_model(config, options->request);
      std::printf("%s: model %s, %zu windows, %s\n", options->request.out.c_str(),
                  summary.fingerprint.c_str(), summary.windows,
                  format_seconds(summary.seconds).c_str());
      return 0;
    };
  });
}

}  // namespace faultprint::daemon
