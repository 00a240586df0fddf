#include "daemon/training.h"

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "daemon/input_choice.h"
#include "daemon/model_card.h"
#include "daemon/operating_replay.h"
#include "daemon/pairs.h"
#include "daemon/references.h"
#include "daemon/report_text.h"
#include "daemon/terminal.h"
#include "daemon/token_vectors.h"
#include "daemon/training_history.h"
#include "daemon/training_progress.h"

namespace faultprint::daemon {
namespace {

constexpr double kRead = 0.1;  // of the work, when it is told as one
constexpr double kTrained = 0.6;

// Where states and texts start from.
void complete_tokens(const TrainRequest& request, const Dataset& data,
                     model::TrainOptions& options) {
  options.encoder.tokens = token_columns(data.input);
  if (request.token_width > 0) options.encoder.token_width = request.token_width;
  if (request.token_vectors.empty()) return;
  if (options.encoder.tokens.empty())
    throw std::runtime_error(request.token_vectors +
                             ": vectors of tokens, and no KPI is of kind state or text");
  TokenVectorFile file = read_token_vectors(request.token_vectors, data.input, request.token_width);
  options.encoder.token_width = file.width;
  options.network.token_vectors = std::move(file.vectors);
  options.network.token_vectors.keep = request.freeze_tokens;
  if (request.progress) return;
  std::fprintf(stderr, "tokens     %zu vectors of %d values from %s%s\n", file.used, file.width,
               request.token_vectors.c_str(), request.freeze_tokens ? ", frozen" : "");
  if (file.shared > 0)
    warn(std::to_string(file.shared) + " vectors of " + request.token_vectors +
         " are left out: an earlier one has their token's number (more `buckets` keep them apart)");
}

}  // namespace

namespace {

model::EncoderKind kind_for(const TrainRequest& request, const config::InputSpec& input,
                            bool labelled) {
  if (!request.encoder.empty()) return model::encoder_kind(request.encoder);
  const bool made_up_alone = !labelled && request.pairs.empty() && input.token_kpis().empty();
  return made_up_alone ? model::EncoderKind::universal : model::EncoderKind::dense;
}

// The encoder's shape, but for states and texts.
void complete_encoder(const TrainRequest& request, const config::InputSpec& input, bool labelled,
                      model::TrainOptions& options) {
  const auto kind = kind_for(request, input, labelled);
  const model::EncoderSpec asked = options.encoder;
  options.encoder = model::default_spec(kind, input.window, static_cast<int>(input.numbers()));
  if (request.embedding > 0) options.encoder.embedding = request.embedding;
  if (!request.hidden.empty()) options.encoder.hidden = request.hidden;
  if (request.channels > 0) options.encoder.channels = request.channels;
  options.encoder.summaries = asked.summaries;
  options.encoder.output = asked.output;
  // Of its KPIs most stand still: normalised over them, the noise of those would drown the rest.
  if (kind == model::EncoderKind::universal) options.network.normalise_logits = false;
}

void say_unlabelled(const model::EncoderSpec& encoder, bool pairs) {
  std::fprintf(
      stderr,
      "labels     none: %s the %s encoder; whatever is unlike normal will be called "
      "unknown until `faultprint enroll` gives it a name\n"
      "           Faults within this history are taken as normal, and then not seen again: "
      "give their times as rows of fault type 'ignore' (--incidents), or leave those "
      "stretches out\n",
      pairs ? "pairs teach" : "made-up faults teach", model::name(encoder.kind));
}

}  // namespace

void check_before_reading(const config::Config& config, const TrainRequest& request,
                          bool labelled) {
  model::TrainOptions options = request.options;
  const config::InputSpec input = config.input_spec();
  complete_encoder(request, input, labelled, options);
  options.encoder.tokens = token_columns(input);
  if (!request.pairs.empty()) options.pairs.same = {1};  // there will be some
  model::check(options);
}

model::TrainOptions complete_options(const config::Config& config, const TrainRequest& request,
                                     const Dataset& data) {
  model::TrainOptions options = request.options;
  options.alpha = config.train.unknown_false_alarm_rate;
  if (!request.pairs.empty())
    options.pairs = read_pairs(config, data.input, request.files.history, request.pairs);
  const bool labelled = data.windows.classes() > 1;
  complete_encoder(request, data.input, labelled, options);
  complete_tokens(request, data, options);
  options.encoder.further_convolutions = model::further_convolutions_for(options.encoder);
  model::check(options.encoder);
  if (!labelled && !request.progress) say_unlabelled(options.encoder, !options.pairs.same.empty());
  return options;
}

namespace {

// history: what each epoch reported.
model::TrainResult run_training(const Dataset& data, const TrainRequest& request,
                                const model::TrainOptions& options,
                                std::vector<model::EpochReport>& history) {
  const InterruptGuard guard;
  Teller bar(request.progress, "training", kRead, kTrained);
  const int runs = options.pairs.same.empty() ? 2 : 3;
  const bool hinge =
      options.loss.kind == model::LossKind::triplet || options.loss.lossless.rest > 0;
  const auto listener = [&](const model::EpochReport& r) {
    history.push_back(r);
    const double done = (r.run - 1 + static_cast<double>(r.epoch) / r.epochs) / runs;
    bar.step(done, epoch_note(r, hinge));
    return !InterruptGuard::interrupted();
  };
  model::TrainResult result = model::train(data.windows, options, listener);
  if (InterruptGuard::interrupted()) bar.done("interrupted: the best so far is kept");
  return result;
}

// All that can be measured without a label.
void say_made_up(const model::MadeUpFigures& figures) {
  if (figures.auroc < 0) return;
  std::fprintf(
      stderr,
      "measured   on %d kinds of made-up faults over normal that was kept out of training: "
      "told from normal with an AUROC of %.3f; %.0f %% of their windows lie nearest to the "
      "one example of their own kind. Real faults were not seen: judge by `evaluate` "
      "once some are labelled\n",
      model::MadeUpFaults::kKinds, figures.auroc, 100 * figures.named);
}

// The curve that alarms.false_alarms_per_day is met by. Nothing when it is not asked for, or the
// work was interrupted.
std::optional<OperatingCurve> curve_if_asked(const config::Config& config,
                                             const TrainRequest& request, const Dataset& data,
                                             const ingest::Incidents& incidents,
                                             const model::TrainOptions& options,
                                             const std::vector<std::size_t>& references,
                                             const model::TrainResult& result) {
  constexpr int kFolds = 4;
  if (config.group().alarms.false_alarms_per_day <= 0) return std::nullopt;
  const InterruptGuard guard;
  Teller bar(request.progress, "false alarms", kTrained, 1);
  const model::Folds folds(data.windows, data.input.window, kFolds, options.seed);
  CrossJudges judges{model::cross_fit(data.windows, options, result, folds,
                                      [&](double share) {
                                        bar.show(0.8 * share);
                                        return !InterruptGuard::interrupted();
                                      }),
                     folds, references};
  if (judges.models.empty()) {
    if (request.progress) return std::nullopt;
    warn(
        "interrupted: false alarms were not measured, so the model cannot meet "
        "alarms.false_alarms_per_day");
    return std::nullopt;
  }
  OperatingCurve curve =
      measure_operating_curve(config, data, request.files, incidents, result.clusters, judges,
                              [&](double share) { bar.show(0.8 + 0.2 * share); });
  bar.done("each window judged by a model that it took no part in");
  if (!request.progress) say_curve(curve, config.group().alarms);
  return curve;
}

}  // namespace

Learned learn(const config::Config& config, const TrainRequest& request,
              const ingest::Incidents& incidents) {
  const auto started = std::chrono::steady_clock::now();
  check_before_reading(config, request, !incidents.faults().empty());
  InputChoice choice;
  DatasetOptions dataset_options;
  if (request.choose.any()) {
    choice = choose_input(config, request, incidents);
    dataset_options.unmeasured = choice.input;
  }
  dataset_options.seed = request.options.seed;
  dataset_options.pure_share = request.pure_share;
  Dataset data;
  {
    Teller bar(request.progress, "reading", 0, kRead);
    data = read_dataset(config, request.files, incidents, dataset_options,
                        [&](double share) { bar.show(share); });
  }
  if (!request.progress) {
    say_dataset(data);
    if (const auto unmatched = require_some_matched(incidents, data.times, data.rejects))
      warn(*unmatched);
    if (const auto partly = partly_matched_warning(incidents, data.times, data.judged_incidents()))
      warn(*partly);
  }
  const model::TrainOptions options = complete_options(config, request, data);
  std::vector<model::EpochReport> history;
  model::TrainResult result = run_training(data, request, options, history);
  Learned learned;
  learned.interrupted = InterruptGuard::interrupted();
  const std::vector<std::size_t> references = reference_rows(data.windows, options.seed);
  const auto shapes = shape_scores_of(data, references);
  if (std::string few = shape_warning(shapes, options.alpha, data.input); !few.empty())
    result.warnings.push_back(std::move(few));
  if (!request.progress) {
    say_made_up(result.made_up);
    for (const std::string& warning : result.warnings) warn(warning);
  }
  learned.windows = data.windows.size();
  learned.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  LoadedModel& loaded = learned.model;
  loaded.model.references.windows = model::take_rows(data.windows.windows, references);
  for (const std::size_t i : references)
    loaded.model.references.labels.push_back(data.windows.labels[i]);
  loaded.model.reference_labels = data.windows.class_names;
  loaded.model.metadata[kCard] = model_card(data, options, result);
  if (!choice.candidates.empty())
    loaded.model.metadata[kInputChoice] = choices_to_json(choice.candidates);
  loaded.model.metadata[kTrainingHistory] = history_to_json(history);
  loaded.model.encoder = result.encoder;
  loaded.model.self_test =
      model::make_self_test(loaded.model.encoder, loaded.model.references.windows);
  loaded.model.clusters = result.clusters;
  loaded.model.pairs = result.pairs;
  loaded.model.shapes = shapes;
  loaded.curve = curve_if_asked(config, request, data, incidents, options, references, result);
  learned.interrupted = learned.interrupted || InterruptGuard::interrupted();
  loaded.input = data.input;
  loaded.carry_over = std::make_shared<ingest::CarryOver>(std::move(data.carry_over));
  loaded.normal = loaded.model.clusters.index(ingest::kNormal);
  loaded.calm_deviation = data.calm_deviation;
  recognise(loaded);
  learned.warnings = std::move(result.warnings);
  return learned;
}

TrainSummary train_model(const config::Config& config, const TrainRequest& request) {
  Learned learned =
      learn(config, request,
            ingest::Incidents::read(request.files.incidents, config.group().stream.period));
  LoadedModel& loaded = learned.model;
  attach(loaded.model, loaded.input, *loaded.carry_over, loaded.calm_deviation, loaded.curve);
  model::save_model(loaded.model, request.out);
  return {learned.windows, learned.seconds, loaded.model.fingerprint};
}

}  // namespace faultprint::daemon
