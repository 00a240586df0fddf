#include "model/training_run.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>

#include "model/summaries.h"

namespace faultprint::model {
namespace {

constexpr int kFoldBatches = 32;
constexpr double kLastRate = 0.02;  // of the first, at the end of the cosine

Matrix features_of(const Matrix& windows, const EncoderSpec& spec) {
  Matrix features(windows.rows(), spec.inputs());
  make_features(windows, spec.window, spec.kpis, spec.summaries, features);
  return features;
}

// Uniform in [0, n): by multiplication, the same on every standard library.
std::size_t below(std::size_t n, Random& random) {
  return static_cast<std::size_t>((random() >> 32) * n >> 32);
}

}  // namespace

TrainingRun::TrainingRun(const TrainingWindows& data, const std::vector<std::size_t>& rows,
                         const TrainOptions& options, std::uint64_t seed)
    : data_(data),
      options_(options),
      random_(seed),
      features_(features_of(take_rows(data.windows, rows), options.encoder)),
      rows_by_class_(data.class_names.size()),
      network_(options.encoder, options.dropout, random_),
      adam_(network_.layers(), {}) {
  for (std::size_t i = 0; i < rows.size(); ++i)
    rows_by_class_[static_cast<std::size_t>(data.labels[rows[i]])].push_back(i);
  for (std::size_t c = 0; c < rows_by_class_.size(); ++c)
    if (!rows_by_class_[c].empty()) classes_.push_back(static_cast<int>(c));
}

// P classes, normal among them, K windows of each.
void TrainingRun::draw(Drawn& batch) {
  std::vector<int> classes = classes_;
  const auto p =
      std::min<std::size_t>(classes.size(), static_cast<std::size_t>(options_.classes_per_batch));
  for (std::size_t i = 1; i < p; ++i)
    std::swap(classes[i], classes[i + below(classes.size() - i, random_)]);
  const std::size_t k =
      std::max<std::size_t>(2, static_cast<std::size_t>(options_.windows_per_batch) / p);
  batch.features.resize(static_cast<Eigen::Index>(p * k), features_.cols());
  batch.labels.clear();
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

double TrainingRun::learning_rate() const {
  const double warm_up = options_.steps_per_epoch;
  const double total = warm_up * options_.epochs;
  const auto step = static_cast<double>(step_);
  if (step < warm_up) return options_.learning_rate * (step + 1) / warm_up;
  const double share = std::min(1.0, (step - warm_up) / std::max(1.0, total - warm_up));
  const double cosine = (1 + std::cos(std::numbers::pi * share)) / 2;
  return options_.learning_rate * (kLastRate + (1 - kLastRate) * cosine);
}

void TrainingRun::epoch(int number, EpochReport& report) {
  report.epoch = number;
  report.loss = report.mean_positive = report.mean_negative = 0;
  for (int i = 0; i < options_.steps_per_epoch; ++i, ++step_) {
    draw(batch_);
    const Matrix& embeddings = network_.forward(batch_.features, true, random_);
    const BatchLoss loss = lossless_all_triplets(embeddings, batch_.labels, options_.loss);
    if (!std::isfinite(loss.loss))
      throw std::runtime_error("the loss became NaN in epoch " + std::to_string(number) +
                               ", step " + std::to_string(i + 1) +
                               ": lower the learning rate, or look for values that are not finite");
    network_.backward(loss.gradient);
    adam_.step(network_.layers(), network_.gradients(), learning_rate());
    report.loss += loss.loss / options_.steps_per_epoch;
    report.mean_positive += loss.mean_positive / options_.steps_per_epoch;
    report.mean_negative += loss.mean_negative / options_.steps_per_epoch;
  }
}

DenseEncoder TrainingRun::encoder() {
  const Random saved = random_;  // looking at the network must not change its training
  std::vector<Matrix> batches(kFoldBatches);
  Drawn drawn;
  for (Matrix& batch : batches) {
    draw(drawn);
    batch = drawn.features;
  }
  DenseEncoder encoder = network_.fold(batches, random_);
  random_ = saved;
  return encoder;
}

}  // namespace faultprint::model
