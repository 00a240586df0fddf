#include "model/training_run.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <stdexcept>

#include "model/embedding_checks.h"

namespace faultprint::model {
namespace {

constexpr int kFoldBatches = 32;
constexpr double kLastRate = 0.02;  // of the first, at the end of the cosine

// Uniform in [0, n): by multiplication, the same on every standard library.
std::size_t below(std::size_t n, Random& random) {
  return static_cast<std::size_t>((random() >> 32) * n >> 32);
}

std::vector<Parameter> all_parameters(Network& network, Loss& loss) {
  std::vector<Parameter> all = network.parameters();
  for (Parameter& parameter : loss.parameters()) all.push_back(std::move(parameter));
  return all;
}

Matrix normal_windows(const TrainingWindows& data, const std::vector<std::size_t>& rows) {
  std::vector<std::size_t> normal;
  for (const std::size_t i : rows)
    if (data.labels[i] == 0) normal.push_back(i);
  return take_rows(data.windows, normal);
}

// Rows to learn from: of a label that has two pure windows those alone, where straddling ones are
// left out.
std::vector<std::size_t> learned_rows(const TrainingWindows& data,
                                      const std::vector<std::size_t>& rows,
                                      const TrainOptions& options) {
  if (options.straddling == Straddling::newest) return rows;
  std::vector<int> pure(data.class_names.size(), 0);
  for (const std::size_t i : rows)
    if (data.pure[i] != 0) ++pure[static_cast<std::size_t>(data.labels[i])];
  std::vector<std::size_t> kept;
  for (const std::size_t i : rows)
    if (data.pure[i] != 0 || pure[static_cast<std::size_t>(data.labels[i])] < 2) kept.push_back(i);
  return kept;
}

void check_made_up(const TrainingWindows& data, const TrainOptions& options) {
  const bool made_up =
      options.curriculum.signatures > 0 || (data.classes() < 2 && options.pairs.same.empty());
  if (made_up && options.encoder.kpis == 0)
    throw std::invalid_argument(
        "E_NO_NUMBERS: made-up faults move KPIs that are numbers, and there are states and texts "
        "alone: learn from labelled incidents or pairs, without signatures");
}

}  // namespace

LossOptions loss_for(const TrainOptions& options) {
  LossOptions loss = options.loss;
  constexpr double kSphere = 4;  // the greatest squared distance on it
  if (options.encoder.output == EncoderOutput::linear)
    loss.widest = std::numeric_limits<double>::infinity();
  if (options.encoder.output == EncoderOutput::sphere) {
    loss.widest = kSphere;
    if (loss.lossless.n == 0) loss.lossless.n = kSphere;
  }
  return loss;
}

TrainingRun::TrainingRun(const TrainingWindows& data, const std::vector<std::size_t>& rows,
                         const TrainOptions& options, std::uint64_t seed)
    : TrainingRun(Rows{learned_rows(data, rows, options)}, data, options, seed) {}

TrainingRun::TrainingRun(const Rows& learned, const TrainingWindows& data,
                         const TrainOptions& options, std::uint64_t seed)
    : data_(data),
      options_(options),
      random_(seed),
      windows_(normal_windows(data, learned.rows)),
      features_(features_of(take_rows(data.windows, learned.rows), options.encoder)),
      pair_features_(features_of(options.pairs.windows, options.encoder)),
      rows_by_class_(data.class_names.size()),
      network_(options.encoder, options.network, random_),
      loss_(loss_for(options), options.encoder.width()),
      optimiser_(all_parameters(network_, loss_), options.optimiser) {
  check_made_up(data, options);
  for (std::size_t i = 0; i < learned.rows.size(); ++i)
    rows_by_class_[static_cast<std::size_t>(data.labels[learned.rows[i]])].push_back(i);
  for (std::size_t c = 0; c < rows_by_class_.size(); ++c)
    if (!rows_by_class_[c].empty()) classes_.push_back(static_cast<int>(c));
}

void TrainingRun::draw(Drawn& batch) {
  batch.labels.clear();
  batch.pairs.clear();
  const bool labelled = classes_.size() >= 2;
  const bool has_pairs = !options_.pairs.same.empty();
  if (has_pairs && (!labelled || step_ % 2 == 1)) return draw_pairs(batch);
  if (options_.encoder.kind == EncoderKind::universal || !labelled) return draw_made_up(batch);
  draw_labelled(batch);
  if (options_.curriculum.signatures > 0 && windows_.rows() > 0) add_pseudo_faults(batch);
}

// P classes, normal among them, K windows of each.
void TrainingRun::draw_labelled(Drawn& batch) {
  std::vector<int> classes = classes_;
  const auto p =
      std::min<std::size_t>(classes.size(), static_cast<std::size_t>(options_.classes_per_batch));
  for (std::size_t i = 1; i < p; ++i)
    std::swap(classes[i], classes[i + below(classes.size() - i, random_)]);
  const std::size_t k =
      std::max<std::size_t>(2, static_cast<std::size_t>(options_.windows_per_batch) / p);
  batch.features.resize(static_cast<Eigen::Index>(p * k), features_.cols());
  for (std::size_t i = 0; i < p; ++i) {
    const auto& rows = rows_by_class_[static_cast<std::size_t>(classes[i])];
    for (std::size_t j = 0; j < k; ++j) {
      const std::size_t row = rows[below(rows.size(), random_)];
      batch.features.row(static_cast<Eigen::Index>(batch.labels.size())) =
          features_.row(static_cast<Eigen::Index>(row));
      batch.labels.push_back(classes[i]);
    }
  }
}

void TrainingRun::add_pseudo_faults(Drawn& batch) {
  const EncoderSpec& spec = options_.encoder;
  draw_pseudo_faults(options_.curriculum, windows_, spec.window, spec.kpis, data_.classes(),
                     random_, pseudo_, pseudo_labels_);
  const Eigen::Index labelled = batch.features.rows();
  batch.features.conservativeResize(labelled + pseudo_.rows(), Eigen::NoChange);
  batch.features.bottomRows(pseudo_.rows()) = features_of(pseudo_, spec);
  batch.labels.insert(batch.labels.end(), pseudo_labels_.begin(), pseudo_labels_.end());
}

// No label: signatures alone, over the history's own windows, or for the universal encoder over
// made-up ones, so that it owes nothing to one network.
void TrainingRun::draw_made_up(Drawn& batch) {
  const EncoderSpec& spec = options_.encoder;
  CurriculumOptions curriculum = options_.curriculum;
  if (curriculum.signatures == 0) curriculum.signatures = CurriculumOptions::kAlone;
  const bool universal = spec.kind == EncoderKind::universal || windows_.rows() == 0;
  Matrix normal;
  if (universal)
    normal =
        draw_backgrounds(CurriculumOptions::kNormalBeside * 4, spec.window, spec.kpis, random_);
  const Matrix& from = universal ? normal : windows_;
  draw_pseudo_faults(curriculum, from, spec.window, spec.kpis, 1, random_, pseudo_, batch.labels);
  pseudo_.conservativeResize(pseudo_.rows() + CurriculumOptions::kNormalBeside, Eigen::NoChange);
  for (int i = 0; i < CurriculumOptions::kNormalBeside; ++i) {
    pseudo_.row(static_cast<Eigen::Index>(batch.labels.size())) =
        from.row(static_cast<Eigen::Index>(below(static_cast<std::size_t>(from.rows()), random_)));
    batch.labels.push_back(0);
  }
  batch.features = features_of(pseudo_, spec);
}

void TrainingRun::draw_pairs(Drawn& batch) {
  const int count = options_.windows_per_batch / 2;
  batch.features.resize(2 * count, pair_features_.cols());
  for (int i = 0; i < count; ++i) {
    const std::size_t pair = below(options_.pairs.same.size(), random_);
    batch.features.middleRows(2 * i, 2) =
        pair_features_.middleRows(2 * static_cast<Eigen::Index>(pair), 2);
    batch.pairs.push_back({2 * i, 2 * i + 1, options_.pairs.same[pair] != 0});
  }
}

double TrainingRun::learning_rate() const {
  const double warm_up = options_.steps_per_epoch;
  const double total = warm_up * options_.epochs;
  const auto step = static_cast<double>(step_);
  if (step < warm_up) return options_.learning_rate * (step + 1) / warm_up;
  const double share = std::min(1.0, (step - warm_up) / std::max(1.0, total - warm_up));
  const double cosine = (1 + std::cos(std::numbers::pi * share)) / 2;
  return options_.learning_rate * (kLastRate + (1 - kLastRate) * cosine);
}

void TrainingRun::step(int epoch, int number, EpochReport& report) {
  draw(batch_);
  const Matrix& embeddings = network_.forward(batch_.features, true, random_);
  const BatchLoss loss = batch_.pairs.empty() ? loss_.over_labels(embeddings, batch_.labels)
                                              : loss_.over_pairs(embeddings, batch_.pairs);
  bool finite = std::isfinite(loss.loss) && loss.gradient.allFinite();
  if (finite) {
    network_.backward(loss.gradient);
    // A ReLU stops NaN on its way to the loss, and none in the gradient of weights.
    finite = std::isfinite(optimiser_.step(learning_rate()));
  }
  if (!finite)
    throw std::runtime_error("the loss became NaN in epoch " + std::to_string(epoch) + ", step " +
                             std::to_string(number) +
                             ": lower the learning rate, or look for values that are not finite");
  if (number == options_.steps_per_epoch) measure_health(embeddings, report);
  const double share = 1.0 / options_.steps_per_epoch;
  report.loss += loss.loss * share;
  report.mean_positive += loss.mean_positive * share;
  report.mean_negative += loss.mean_negative * share;
  report.active += loss.active * share;
}

// What collapse looks like while training lasts.
void TrainingRun::measure_health(const Matrix& embeddings, EpochReport& report) const {
  const std::vector<int> labels(static_cast<std::size_t>(embeddings.rows()), 0);
  const EncoderOutput output = options_.encoder.output;
  const EmbeddingHealth health = model::measure_health(embeddings, labels, output);
  report.effective_rank = health.effective_rank;
  report.saturated = output == EncoderOutput::sigmoid ? health.saturated : -1;
}

void TrainingRun::epoch(int number, EpochReport& report) {
  report.epoch = number;
  report.loss = report.mean_positive = report.mean_negative = report.active = 0;
  for (int i = 0; i < options_.steps_per_epoch; ++i, ++step_) step(number, i + 1, report);
}

Encoder TrainingRun::encoder() {
  const Random saved = random_;  // looking at the network must not change its training
  const long saved_step = step_;
  std::vector<Matrix> batches(kFoldBatches);
  Drawn drawn;
  for (Matrix& batch : batches) {
    draw(drawn);
    batch = drawn.features;
    ++step_;
  }
  Encoder encoder = network_.fold(batches, random_);
  random_ = saved;
  step_ = saved_step;
  return encoder;
}

}  // namespace faultprint::model
