#include <algorithm>
#include <cstdio>

#include "daemon/command_options.h"
#include "daemon/commands.h"
#include "daemon/terminal.h"
#include "daemon/training.h"

namespace faultprint::daemon {
namespace {

struct TrainCommand {
  std::string config;
  std::string loss = "lossless-ln";
  std::string output = "sigmoid";
  std::string mining = "all";
  std::string optimiser = "adam";
  bool published = false;
  bool no_summaries = false;
  TrainRequest request;
};

const std::vector<std::string> kEncoders = {"dense", "conv", "bilstm", "universal"};
const std::vector<std::string> kMining = {"all", "batch-hard", "semi-hard"};

void add_loss_options(CLI::App& command, TrainCommand& o) {
  constexpr const char* kGroup = "Loss";
  model::LossOptions& loss = o.request.options.loss;
  command.add_option("--loss", o.loss, "what pulls equal faults together and others apart")
      ->check(CLI::IsMember(model::loss_names()))
      ->capture_default_str()
      ->group(kGroup);
  command.add_option("--beta", loss.lossless.beta, "lossless: at least N; 0: N")
      ->capture_default_str()
      ->group(kGroup);
  command.add_option("--loss-dimension", loss.lossless.n, "lossless: N; 0: the embedding's")
      ->capture_default_str()
      ->group(kGroup);
  command
      .add_option("--reach", loss.lossless.reach,
                  "lossless-ln: squared distance from which different faults are far enough "
                  "apart; 0: N, as published")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str()
      ->group(kGroup);
  command.add_option("--epsilon", loss.lossless.epsilon, "lossless-ln: keeps logarithms finite")
      ->check(CLI::PositiveNumber)
      ->capture_default_str()
      ->group(kGroup);
  command.add_option("--alpha", loss.alpha, "triplet: how much farther a negative must be")
      ->capture_default_str()
      ->group(kGroup);
  command.add_option("--mining", o.mining, "triplet: which triplets of a batch teach")
      ->check(CLI::IsMember(kMining))
      ->capture_default_str()
      ->group(kGroup);
  command.add_option("--margin", loss.margin, "contrastive: how far different faults are pushed")
      ->capture_default_str()
      ->group(kGroup);
}

void add_encoder_options(CLI::App& command, TrainCommand& o) {
  constexpr const char* kGroup = "Encoder";
  command
      .add_option("--encoder", o.request.encoder,
                  "the network's kind; universal learns from made-up faults alone")
      ->check(CLI::IsMember(kEncoders))
      ->capture_default_str()
      ->group(kGroup);
  command
      .add_option("--embedding", o.request.embedding,
                  "values in an embedding [16; universal: 4 a KPI]")
      ->check(CLI::Range(1, 4096))
      ->group(kGroup);
  command
      .add_option("--hidden", o.request.hidden,
                  "dense, universal: widths of the hidden layers [256,128; 48,48]")
      ->delimiter(',')
      ->check(CLI::Range(1, 65536))
      ->group(kGroup);
  command
      .add_option("--token-width", o.request.token_width,
                  "states and texts: values in a token's vector [16, or as in --token-vectors]")
      ->check(CLI::Range(1, 4096))
      ->group(kGroup);
  CLI::Option* const vectors =
      command
          .add_option("--token-vectors", o.request.token_vectors,
                      "states and texts: where tokens' vectors start, in the text format of "
                      "word2vec and GloVe")
          ->type_name("FILE")
          ->group(kGroup);
  command
      .add_flag("--freeze-tokens", o.request.freeze_tokens,
                "vectors of that file are not learned any further")
      ->needs(vectors)
      ->group(kGroup);
  command.add_flag("--no-summaries", o.no_summaries, "dense: the window alone")->group(kGroup);
  command.add_option("--output", o.output, "what bounds an embedding, for comparison")
      ->check(CLI::IsMember({"sigmoid", "linear", "sphere"}))
      ->capture_default_str()
      ->group(kGroup);
  command
      .add_flag("--published", o.published,
                "the published form, for comparison: logits are not normalised and no made-up "
                "faults are learned from")
      ->group(kGroup);
}

void add_training_options(CLI::App& command, TrainCommand& o) {
  constexpr const char* kGroup = "Training";
  model::TrainOptions& options = o.request.options;
  command.add_option("--seed", options.seed, "the same seed gives the same model")
      ->capture_default_str();
  command
      .add_option("--epochs", options.epochs,
                  "at most so many; 10 where no incident can be kept out")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  command.add_option("--optimiser", o.optimiser, "adam or rmsprop")
      ->check(CLI::IsMember({"adam", "rmsprop"}))
      ->capture_default_str()
      ->group(kGroup);
  command.add_option("--learning-rate", options.learning_rate, "after the first epoch's warm-up")
      ->check(CLI::PositiveNumber)
      ->capture_default_str()
      ->group(kGroup);
  command.add_option("--weight-decay", options.optimiser.weight_decay, "a step, times the rate")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str()
      ->group(kGroup);
  command.add_option("--dropout", options.network.dropout.share, "share of values dropped")
      ->check(CLI::Range(0.0, 0.95))
      ->capture_default_str()
      ->group(kGroup);
  command
      .add_option("--recurrent-dropout", options.network.dropout.recurrent,
                  "bilstm: share of the state dropped between steps")
      ->check(CLI::Range(0.0, 0.95))
      ->capture_default_str()
      ->group(kGroup);
  command
      .add_option("--signatures", options.curriculum.signatures,
                  "made-up faults in each batch; 0: none")
      ->check(CLI::Range(0, 1000))
      ->capture_default_str()
      ->group(kGroup);
  command
      .add_option("--least-size", options.curriculum.least_size,
                  "made-up faults: the smallest, in deviations")
      ->check(CLI::PositiveNumber)
      ->capture_default_str()
      ->group(kGroup);
  command
      .add_option("--greatest-size", options.curriculum.greatest_size,
                  "made-up faults: the greatest, in deviations")
      ->check(CLI::PositiveNumber)
      ->capture_default_str()
      ->group(kGroup);
}

void complete(TrainCommand& o) {
  model::TrainOptions& options = o.request.options;
  options.loss.kind = model::loss_kind(o.loss);
  options.loss.mining = static_cast<model::Mining>(
      std::find(kMining.begin(), kMining.end(), o.mining) - kMining.begin());
  options.encoder.output = model::encoder_output(o.output);
  options.encoder.summaries = !o.no_summaries;
  if (o.optimiser == "rmsprop") {
    options.optimiser.kind = model::OptimiserKind::rmsprop;
    options.optimiser.beta2 = 0.9;
  }
  if (o.published) {
    options.network.normalise_logits = false;
    options.curriculum.signatures = 0;
  }
}

int train(TrainCommand& o) {
  const config::Config config = config::load(o.config);
  complete(o);
  const TrainSummary summary = train_model(config, o.request);
  std::printf("%s: model %s, %zu windows, %s\n", o.request.out.c_str(), summary.fingerprint.c_str(),
              summary.windows, format_seconds(summary.seconds).c_str());
  return 0;
}

}  // namespace

void add_train(CLI::App& app, Command& chosen) {
  auto options = std::make_shared<TrainCommand>();
  CLI::App* command = app.add_subcommand("train", "learn a model from labelled history");
  add_config_option(*command, options->config);
  add_data_options(*command, options->request.files, IncidentFiles::optional);
  command
      ->add_option("--pairs", options->request.pairs,
                   "pairs of windows known to be the same fault, or not (CSV)")
      ->type_name("FILE");
  command->add_option("--out", options->request.out, "where the model goes")
      ->required()
      ->type_name("FILE");
  add_training_options(*command, *options);
  add_encoder_options(*command, *options);
  add_loss_options(*command, *options);
  command->footer(
      "Incidents say where a fault was; everything else is normal, unless rows of fault type\n"
      "'normal' say which stretches are. A column 'uncertainty' (30, 90s, 5m) says by how much a\n"
      "ticket's times may be off either way: there nothing is learned, and at least the middle\n"
      "third of each incident is. Without incidents the model knows normal alone, and names\n"
      "faults as `enroll` shows them. Ctrl-C keeps the best so far.\n\n"
      "Example:\n"
      "  faultprint demo --unpack recording\n"
      "  faultprint train --config recording/faultprint.yaml --data recording/train.csv.gz \\\n"
      "      --incidents recording/train_incidents.csv --out recording/model.safetensors");
  command->callback([options, &chosen] { chosen = [options] { return train(*options); }; });
}

}  // namespace faultprint::daemon
