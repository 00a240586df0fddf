#include "daemon/training.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>

#include "daemon/model_card.h"
#include "daemon/operating_replay.h"
#include "daemon/pairs.h"
#include "daemon/references.h"
#include "daemon/report_text.h"
#include "daemon/terminal.h"
#include "daemon/token_vectors.h"
#include "daemon/training_history.h"

namespace faultprint::daemon {
namespace {

volatile std::sig_atomic_t g_interrupted = 0;

// Ctrl-C ends training with the best so far; a second one ends the program.
class InterruptGuard {
 public:
  InterruptGuard() {
    g_interrupted = 0;
    old_ = std::signal(SIGINT, [](int) {
      g_interrupted = 1;
      std::signal(SIGINT, SIG_DFL);
    });
  }
  ~InterruptGuard() { std::signal(SIGINT, old_); }
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

 private:
  void (*old_)(int) = nullptr;
};

// What is said of a part of the work: a bar for people, or the share of all of it to who asked.
class Teller {
 public:
  Teller(const TrainRequest& request, const std::string& what, double first, double last)
      : progress_(request.progress), first_(first), last_(last) {
    if (!progress_) bar_.emplace(what);
  }
  void show(double share) {
    if (bar_) return bar_->show(share);
    progress_(first_ + share * (last_ - first_));
  }
  void step(double share, const std::string& note) {
    if (bar_) return bar_->step(share, note);
    show(share);
  }
  void done(const std::string& note) {
    if (bar_) bar_->done(note);
  }

 private:
  const Progress& progress_;
  double first_;
  double last_;
  std::optional<ProgressBar> bar_;
};

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

model::TrainOptions complete_options(const config::Config& config, const TrainRequest& request,
                                     const Dataset& data) {
  model::TrainOptions options = request.options;
  options.alpha = config.train.unknown_false_alarm_rate;
  if (!request.pairs.empty())
    options.pairs = read_pairs(config, data.input, request.files.history, request.pairs);
  const bool labelled = data.windows.classes() > 1;
  const auto kind = model::encoder_kind(request.encoder);
  const model::EncoderSpec asked = options.encoder;
  options.encoder =
      model::default_spec(kind, data.input.window, static_cast<int>(data.input.numbers()));
  if (request.embedding > 0) options.encoder.embedding = request.embedding;
  if (!request.hidden.empty()) options.encoder.hidden = request.hidden;
  if (request.channels > 0) options.encoder.channels = request.channels;
  options.encoder.summaries = asked.summaries;
  options.encoder.output = asked.output;
  complete_tokens(request, data, options);
  options.encoder.further_convolutions = model::further_convolutions_for(options.encoder);
  // Of its KPIs most stand still: normalised over them, the noise of those would drown the rest.
  if (kind == model::EncoderKind::universal) options.network.normalise_logits = false;
  model::check(options.encoder);
  if (!labelled && !request.progress)
    std::fprintf(stderr,
                 "labels     none: made-up faults teach the %s encoder; whatever is unlike normal "
                 "will be called unknown until `faultprint enroll` gives it a name\n",
                 model::name(kind));
  return options;
}

namespace {

// history: what each epoch reported.
model::TrainResult run_training(const Dataset& data, const TrainRequest& request,
                                const model::TrainOptions& options,
                                std::vector<model::EpochReport>& history) {
  const InterruptGuard guard;
  Teller bar(request, "training", kRead, kTrained);
  const int runs = options.pairs.same.empty() ? 2 : 3;
  const auto listener = [&](const model::EpochReport& r) {
    history.push_back(r);
    char note[128];
    std::snprintf(note, sizeof note, "run %d epoch %2d/%d  loss %.4f  d_p %.3f  d_n %.3f", r.run,
                  r.epoch, r.epochs, r.loss, r.mean_positive, r.mean_negative);
    std::string text = note;
    if (r.validation_f1 >= 0) {
      std::snprintf(note, sizeof note, "  validation F1 %.3f", r.validation_f1);
      text += note;
    }
    if (r.novel_auroc >= 0) {
      std::snprintf(note, sizeof note, "  unknown AUROC %.3f", r.novel_auroc);
      text += note;
    }
    const double done = (r.run - 1 + static_cast<double>(r.epoch) / r.epochs) / runs;
    bar.step(done, text);
    return g_interrupted == 0;
  };
  model::TrainResult result = model::train(data.windows, options, listener);
  if (g_interrupted != 0) bar.done("interrupted: the best so far is kept");
  return result;
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
  Teller bar(request, "false alarms", kTrained, 1);
  const model::Folds folds(data.windows, data.input.window, kFolds, options.seed);
  CrossJudges judges{model::cross_fit(data.windows, options, result, folds,
                                      [&](double share) {
                                        bar.show(0.8 * share);
                                        return g_interrupted == 0;
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
  DatasetOptions dataset_options;
  dataset_options.seed = request.options.seed;
  Dataset data;
  {
    Teller bar(request, "reading", 0, kRead);
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
  learned.interrupted = g_interrupted != 0;
  const std::vector<std::size_t> references = reference_rows(data.windows, options.seed);
  const auto shapes = shape_scores_of(data, references);
  if (std::string few = shape_warning(shapes, options.alpha, data.input); !few.empty())
    result.warnings.push_back(std::move(few));
  if (!request.progress)
    for (const std::string& warning : result.warnings) warn(warning);
  learned.windows = data.windows.size();
  learned.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  LoadedModel& loaded = learned.model;
  loaded.model.references.windows = model::take_rows(data.windows.windows, references);
  for (const std::size_t i : references)
    loaded.model.references.labels.push_back(data.windows.labels[i]);
  loaded.model.reference_labels = data.windows.class_names;
  loaded.model.metadata[kCard] = model_card(data, options, result);
  loaded.model.metadata[kTrainingHistory] = history_to_json(history);
  loaded.model.encoder = result.encoder;
  loaded.model.self_test =
      model::make_self_test(loaded.model.encoder, loaded.model.references.windows);
  loaded.model.clusters = result.clusters;
  loaded.model.pairs = result.pairs;
  loaded.model.shapes = shapes;
  loaded.curve = curve_if_asked(config, request, data, incidents, options, references, result);
  learned.interrupted = learned.interrupted || g_interrupted != 0;
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
