#include "daemon/train_options.h"

#include "daemon/command_options.h"
#include "model/layers/parts.h"

namespace faultprint::daemon {
namespace {

const std::vector<std::string> kEncoders = {"dense", "conv", "bilstm", "universal"};

void add_loss_options(CLI::App& command, TrainFlags& o, LossChoice choice) {
  constexpr const char* kGroup = "Loss";
  model::LossOptions& loss = o.request.options.loss;
  if (choice == LossChoice::here)
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
      ->check(zero_or_more())
      ->capture_default_str()
      ->group(kGroup);
  command
      .add_option("--slack", loss.lossless.slack,
                  "lossless-ln: squared distance within which equal faults are near enough; 0: "
                  "none, as published")
      ->check(zero_or_more())
      ->capture_default_str()
      ->group(kGroup);
  command
      .add_option("--rest", loss.lossless.rest,
                  "lossless: triplets that are right by this much (d_n - d_p) rest; 0: none, as "
                  "published")
      ->check(zero_or_more())
      ->capture_default_str()
      ->group(kGroup);
  command
      .add_option("--pull", loss.lossless.pull,
                  "lossless-ln: weight of -ln u beside -ln v; 1: as published")
      ->check(above_zero())
      ->capture_default_str()
      ->group(kGroup);
  command.add_option("--epsilon", loss.lossless.epsilon, "lossless-ln: keeps logarithms finite")
      ->check(above_zero())
      ->capture_default_str()
      ->group(kGroup);
  command.add_option("--alpha", loss.alpha, "triplet: how much farther a negative must be")
      ->capture_default_str()
      ->group(kGroup);
  command.add_option("--mining", o.mining, "triplet: which triplets of a batch teach")
      ->check(CLI::IsMember(model::mining_names()))
      ->capture_default_str()
      ->group(kGroup);
  command.add_option("--margin", loss.margin, "contrastive: how far different faults are pushed")
      ->capture_default_str()
      ->group(kGroup);
}

void add_encoder_options(CLI::App& command, TrainFlags& o) {
  constexpr const char* kGroup = "Encoder";
  command
      .add_option("--encoder", o.request.encoder,
                  "the network's kind; universal learns from made-up faults alone [dense; "
                  "universal where there are neither labels nor pairs]")
      ->check(CLI::IsMember(kEncoders))
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
      .add_option("--channels", o.request.channels,
                  "conv: channels of each layer, a multiple of 8 [64]")
      ->check(CLI::Range(8, 4096))
      ->check(CLI::Validator(
          [](const std::string& text) {
            int channels = 0;
            const bool eights = CLI::detail::lexical_cast(text, channels) && channels % 8 == 0;
            return eights ? std::string() : "must be a multiple of 8, not " + text;
          },
          ""))
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

void add_training_options(CLI::App& command, TrainFlags& o) {
  constexpr const char* kGroup = "Training";
  model::TrainOptions& options = o.request.options;
  add_seed_option(command, options.seed, "the same seed gives the same model");
  command
      .add_option("--epochs", options.epochs,
                  "at most so many, by what serves best on incidents kept out")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  command
      .add_option("--least-epochs", options.least_epochs,
                  "no fewer of them: a few incidents kept out tell little. Where none can be kept "
                  "out, so many")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str()
      ->group(kGroup);
  command
      .add_option("--steps-per-epoch", options.steps_per_epoch, "batches learned from in an epoch")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str()
      ->group(kGroup);
  command
      .add_option("--windows-per-batch", options.windows_per_batch,
                  "of at most 8 labels, equally many of each; a small batch and more steps serve "
                  "where a label has few windows")
      ->check(CLI::Range(4, 65536))
      ->capture_default_str()
      ->group(kGroup);
  command
      .add_option("--straddling", o.straddling,
                  "windows that straddle a change of state: learned from with the label of their "
                  "newest slot, or left-out")
      ->check(CLI::IsMember({"newest", "left-out"}))
      ->capture_default_str()
      ->group(kGroup);
  command
      .add_option("--pure-share", o.request.pure_share,
                  "share of a fault window's slots that must be of the incident for it to be pure: "
                  "pure ones alone are references, and with left-out learned from [0: its newest "
                  "slot; left-out: 1]")
      ->check(CLI::Range(0.0, 1.0))
      ->group(kGroup);
  command
      .add_option("--threads", o.threads,
                  "conv: at most so many; the model is the same with any number. 0: as many as "
                  "there are processors")
      ->check(CLI::Range(0, model::kParts))
      ->capture_default_str()
      ->group(kGroup);
  command.add_option("--optimiser", o.optimiser, "adam or rmsprop")
      ->check(CLI::IsMember({"adam", "rmsprop"}))
      ->capture_default_str()
      ->group(kGroup);
  command.add_option("--learning-rate", options.learning_rate, "after the first epoch's warm-up")
      ->check(above_zero())
      ->capture_default_str()
      ->group(kGroup);
  command.add_option("--weight-decay", options.optimiser.weight_decay, "a step, times the rate")
      ->check(zero_or_more())
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
}

// Made-up faults.
void add_curriculum_options(CLI::App& command, TrainFlags& o) {
  constexpr const char* kGroup = "Made-up faults (signatures)";
  model::CurriculumOptions& faults = o.request.options.curriculum;
  command
      .add_option("--signatures", faults.signatures,
                  "made-up faults in each batch, 4 windows of each; 0: none, or 36 "
                  "where nothing else teaches (no labels; universal)")
      ->check(CLI::Range(0, 1000))
      ->capture_default_str()
      ->group(kGroup);
  command
      .add_option("--signature-share", o.signature_share,
                  "the same as a share of the batch, the other windows beside them")
      ->check(CLI::Range(0.01, 0.9))
      ->excludes(command.get_option("--signatures"))
      ->group(kGroup);
  o.made_up = {
      command
          .add_option("--signature-families", o.families,
                      "their curves, of step, ramp, spike, oscillation and decay, which "
                      "are drawn 4:2:2:1:1 [all]")
          ->delimiter(',')
          ->check(CLI::IsMember(model::signature_shape_names()))
          ->type_name("NAME,NAME")
          ->default_str("")
          ->group(kGroup),
      command.add_option("--least-size", faults.least_size, "the smallest, in deviations")
          ->check(above_zero())
          ->capture_default_str()
          ->group(kGroup),
      command.add_option("--greatest-size", faults.greatest_size, "the greatest, in deviations")
          ->check(above_zero())
          ->capture_default_str()
          ->group(kGroup)};
}

}  // namespace

void add_train_options(CLI::App& command, TrainFlags& flags, LossChoice choice) {
  add_training_options(command, flags);
  add_curriculum_options(command, flags);
  add_encoder_options(command, flags);
  add_loss_options(command, flags, choice);
  bind_options(command, flags);
}

}  // namespace faultprint::daemon
