#include "model/trainer.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "model/evaluation.h"
#include "training_data.h"

namespace faultprint::model {
namespace trainer_test {

TrainOptions small() {
  TrainOptions options;
  options.encoder.window = 4;
  options.encoder.kpis = 2;
  options.encoder.hidden = {16};
  options.encoder.embedding = 8;
  options.epochs = 5;
  options.steps_per_epoch = 15;
  options.windows_per_batch = 48;
  options.learning_rate = 5e-3;
  options.alpha = 0.02;
  return options;
}

double accuracy(const TrainResult& model, const TrainingWindows& data) {
  Encoder::Scratch scratch;
  Matrix distances;
  std::vector<Match> matches;
  model.clusters.match(Matrix(model.encoder.embed(data.windows, scratch)), distances, matches);
  double right = 0;
  double pure = 0;
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (data.pure[i] == 0) continue;
    const auto& name =
        model.clusters.clusters()[static_cast<std::size_t>(matches[i].nearest)].label;
    pure += 1;
    right += name == data.class_names[static_cast<std::size_t>(data.labels[i])] ? 1 : 0;
  }
  return right / pure;
}

TEST_CASE("a small problem is learned: windows of another seed are named right") {
  const TrainResult model = train(test::training_data({}), small(), {});
  test::TrainingShape other;
  other.seed = 77;
  CHECK(accuracy(model, test::training_data(other)) > 0.97);
  CHECK(model.validation_f1 > 0.85);
  CHECK(model.best_epoch >= 1);
  REQUIRE(model.clusters.clusters().size() == 3);
  CHECK(model.clusters.clusters()[0].label == "normal");
  CHECK(model.clusters.clusters()[1].incidents == 10);
}

TEST_CASE("labels that say nothing are not learned") {
  test::TrainingShape noise;
  noise.size = 0;
  const TrainResult model = train(test::training_data(noise), small(), {});
  noise.seed = 77;
  CHECK(accuracy(model, test::training_data(noise)) < 0.75);
  CHECK(model.validation_f1 < 0.6);
  CHECK(model.final_loss > train(test::training_data({}), small(), {}).final_loss + 0.2);
}

TEST_CASE("calibration is by windows that took no part") {
  const TrainingWindows data = test::training_data({});
  const TrainOptions options = small();
  const TrainResult model = train(data, options, {});
  const Split split = split_by_incident(data, 4, options.validation_share, options.seed);
  for (std::size_t c = 0; c < 3; ++c) {
    const auto pure = std::count_if(split.validation.begin(), split.validation.end(), [&](auto i) {
      return data.labels[i] == static_cast<int>(c) && data.pure[i] != 0;
    });
    CHECK(model.clusters.clusters()[c].score_count == pure);
  }
  CHECK(std::any_of(model.warnings.begin(), model.warnings.end(),
                    [](const auto& w) { return w.starts_with("W_CAL_TOO_FEW: 'loss'"); }));
}

TEST_CASE("one seed gives one model bit for bit, another seed another") {
  const TrainingWindows data = test::training_data({});
  TrainOptions options = small();
  options.epochs = 2;
  const TrainResult first = train(data, options, {});
  const TrainResult same = train(data, options, {});
  options.seed = 2;
  const TrainResult other = train(data, options, {});
  const auto tensors = first.encoder.tensors();
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    CHECK(tensors[i].value == same.encoder.tensors()[i].value);
    CHECK(tensors[i].value != other.encoder.tensors()[i].value);
  }
  for (std::size_t c = 0; c < 3; ++c) {
    CHECK(first.clusters.clusters()[c].prototypes == same.clusters.clusters()[c].prototypes);
    CHECK(first.clusters.clusters()[c].radius == same.clusters.clusters()[c].radius);
    CHECK(first.clusters.clusters()[c].scores == same.clusters.clusters()[c].scores);
  }
}

TEST_CASE("a listener does not change what is learned") {
  const TrainingWindows data = test::training_data({});
  TrainOptions options = small();
  options.epochs = 2;
  const TrainResult silent = train(data, options, {});
  const TrainResult heard = train(data, options, [](const EpochReport&) { return true; });
  CHECK(silent.encoder.tensors()[0].value == heard.encoder.tensors()[0].value);
}

TEST_CASE("windows that straddle a change are left out of training where that is asked for") {
  TrainingWindows data = test::training_data({});
  TrainOptions options = small();
  options.epochs = 2;
  const auto first_weights = [&] { return train(data, options, {}).encoder.tensors()[0].value; };
  const Matrix with = first_weights();
  options.straddling = Straddling::left_out;
  const Matrix without = first_weights();
  CHECK(with != without);
  for (std::size_t i = 0; i < data.size(); ++i)  // what they hold is then without consequence
    if (data.pure[i] == 0) data.windows.row(static_cast<Eigen::Index>(i)).setConstant(7);
  CHECK(first_weights() == without);
  options.straddling = Straddling::newest;
  CHECK(first_weights() != with);
}

TEST_CASE("a label without pure windows is learned from all of its windows") {
  TrainingWindows data = test::training_data({});
  TrainOptions options = small();
  options.epochs = 1;
  options.straddling = Straddling::left_out;
  for (std::size_t i = 0; i < data.size(); ++i)
    if (data.labels[i] == 2) data.pure[i] = 0;
  const TrainResult model = train(data, options, {});
  CHECK(model.clusters.clusters().size() == 3);
  CHECK(model.clusters.clusters()[2].label == "flap");
}

TEST_CASE("each epoch tells the signs of collapse") {
  std::vector<EpochReport> epochs;
  TrainOptions options = small();
  options.epochs = 2;
  const auto listener = [&](const EpochReport& report) {
    epochs.push_back(report);
    return true;
  };
  train(test::training_data({}), options, listener);
  for (const EpochReport& report : epochs) {
    CHECK(report.effective_rank > 1);
    CHECK(report.effective_rank <= 8);
    CHECK(report.saturated >= 0);
    CHECK(report.saturated <= 1);
  }
  epochs.clear();
  options.encoder.output = EncoderOutput::sphere;
  train(test::training_data({}), options, listener);
  CHECK(epochs.back().saturated == -1);
  CHECK(epochs.back().effective_rank > 1);
}

TEST_CASE("what no training can come of is told by the options alone") {
  const auto error_of = [](const TrainOptions& options) -> std::string {
    try {
      check(options);
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "";
  };
  TrainOptions options = small();
  CHECK(error_of(options) == "");
  options.encoder.output = EncoderOutput::linear;
  CHECK(error_of(options).starts_with("E_EMBEDDING_RANGE: the lossless losses are defined on"));
  options.loss.kind = LossKind::triplet;
  options.loss.alpha = 100;
  CHECK(error_of(options) == "");
  options.encoder.output = EncoderOutput::sphere;
  CHECK(error_of(options).starts_with("E_MARGIN_UNREACHABLE: the alpha is 100"));
  options.loss.alpha = 3;
  CHECK(error_of(options) == "");
  options.pairs.same = {1};
  CHECK(error_of(options) == "the triplet loss needs labelled windows: a pair is no triplet");
  options.loss = {};
  options.encoder.output = EncoderOutput::sigmoid;
  options.loss.lossless.beta = 2;
  CHECK(error_of(options).starts_with("E_BETA_LT_N"));
}

TEST_CASE("a model whose embeddings are not finite ends with the reason") {
  TrainOptions options = small();
  options.encoder.output = EncoderOutput::linear;
  options.loss.kind = LossKind::contrastive;
  options.epochs = 1;
  options.least_epochs = 1;
  options.steps_per_epoch = 1;
  options.learning_rate = 1e30;
  std::string error;
  try {
    train(test::training_data({}), options, {});
  } catch (const std::runtime_error& e) {
    error = e.what();
  }
  CHECK(error.starts_with("the model became NaN or infinite: its embeddings of 'normal'"));
}

TEST_CASE("too few windows of a class are an error by name") {
  const auto error_of = [](const TrainingWindows& data) -> std::string {
    try {
      train(data, small(), {});
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "";
  };
  TrainingWindows data = test::training_data({});
  bool kept = false;
  for (int& label : data.labels) {
    if (label != 2) continue;
    if (kept) label = TrainingWindows::kUnused;
    kept = true;
  }
  CHECK(error_of(data).starts_with("E_CLASS_TOO_SMALL: 'flap' has 1 "));
  data = test::training_data({});
  for (int& label : data.labels)
    if (label == 0) label = TrainingWindows::kUnused;
  CHECK(error_of(data).starts_with("E_CLASS_TOO_SMALL: 'normal' has 0 "));
}

// The distances to normal of a model trained on normal alone, in its radii.
std::vector<double> distances_to_normal(const TrainResult& model, const TrainingWindows& data,
                                        bool faults) {
  Encoder::Scratch scratch;
  Matrix distances;
  std::vector<Match> matches;
  model.clusters.match(Matrix(model.encoder.embed(data.windows, scratch)), distances, matches);
  std::vector<double> result;
  for (std::size_t i = 0; i < data.size(); ++i)
    if (data.pure[i] != 0 && (data.labels[i] > 0) == faults) result.push_back(matches[i].distance);
  return result;
}

TEST_CASE("without any label, made-up faults teach an encoder that tells faults from normal") {
  for (const auto kind : {EncoderKind::dense, EncoderKind::universal}) {
    CAPTURE(name(kind));
    TrainingWindows data = test::training_data({});
    const TrainingWindows labelled = data;
    for (std::size_t i = 0; i < data.size(); ++i)
      if (data.labels[i] > 0) data.labels[i] = TrainingWindows::kUnused;
    data.class_names = {"normal"};
    TrainOptions options = small();
    if (kind == EncoderKind::universal) options.encoder = default_spec(kind, 4, 2);
    const TrainResult model = train(data, options, {});
    REQUIRE(model.clusters.clusters().size() == 1);
    CHECK(model.clusters.clusters()[0].score_count > 20);  // by windows that took no part
    CHECK(detect(distances_to_normal(model, labelled, true),
                 distances_to_normal(model, labelled, false))
              .auroc > 0.95);
  }
}

TEST_CASE("the listener hears every epoch of both runs, and can end training") {
  const TrainingWindows data = test::training_data({});
  TrainOptions options = small();
  options.epochs = 4;
  std::vector<std::pair<int, int>> heard;
  const TrainResult whole = train(data, options, [&](const EpochReport& r) {
    heard.emplace_back(r.run, r.epoch);
    CHECK(r.epochs == 4);
    CHECK((r.validation_f1 >= 0) == (r.run == 1));
    CHECK(r.loss > 0);
    return true;
  });
  REQUIRE(heard.size() == 4U + static_cast<std::size_t>(whole.best_epoch));
  CHECK(heard[0] == std::pair(1, 1));
  CHECK(heard[4] == std::pair(2, 1));

  heard.clear();
  const TrainResult stopped = train(data, options, [&](const EpochReport& r) {
    heard.emplace_back(r.run, r.epoch);
    return r.run == 1 && r.epoch < 2;
  });
  CHECK(std::count_if(heard.begin(), heard.end(), [](const auto& h) { return h.first == 1; }) == 2);
  CHECK(stopped.best_epoch <= 2);
  CHECK(heard.size() == 2U + static_cast<std::size_t>(stopped.best_epoch));
  CHECK(stopped.clusters.clusters().size() == 3);
}

TEST_CASE("a second run that is ended says how many epochs it had") {
  const TrainResult model =
      train(test::training_data({}), small(), [](const EpochReport& r) { return r.run == 1; });
  CHECK(model.best_epoch == 1);
}

TEST_CASE("epochs that no longer improve end the first run after `patience`") {
  TrainOptions options = small();
  options.epochs = 60;
  options.patience = 2;
  options.steps_per_epoch = 1;
  options.learning_rate = 0;  // nothing improves; an equal score within 0.02 moves the best along
  int last = 0;
  const TrainResult model = train(test::training_data({}), options, [&](const EpochReport& r) {
    if (r.run == 1) last = r.epoch;
    return true;
  });
  CHECK(last - model.best_epoch <= 3);
  CHECK(model.best_epoch <= 60);
}

TEST_CASE("without two incidents of a type training goes on, and says so") {
  test::TrainingShape shape;
  shape.elements = 1;
  shape.slots = 80;
  const TrainResult model = train(test::training_data(shape), small(), {});
  CHECK(std::any_of(model.warnings.begin(), model.warnings.end(),
                    [](const auto& w) { return w.starts_with("W_NO_VALIDATION"); }));
  CHECK(model.validation_f1 == -1);
  CHECK(model.best_epoch == 5);
}

TEST_CASE("so few windows that leaving an incident out leaves nothing: an error or a model") {
  test::TrainingShape shape;
  shape.elements = 1;
  shape.slots = 15;
  shape.every = 5;
  shape.incident = 3;
  shape.window = 12;
  TrainingWindows data = test::training_data(shape);  // 4 windows, each sharing slots with all
  data.labels = {1, 1, 0, 0};
  data.incidents = {1, 2, -1, -1};
  data.class_names = {"normal", "loss"};
  TrainOptions options = small();
  options.encoder.window = 12;
  try {
    const TrainResult model = train(data, options, {});
    CHECK(model.clusters.clusters().size() == 2);
  } catch (const std::invalid_argument& error) {
    CHECK(std::string(error.what()).starts_with("E_"));
  }
}

TEST_CASE("values that are not finite end training with the epoch and step") {
  TrainingWindows data = test::training_data({});
  data.windows.setConstant(std::numeric_limits<float>::quiet_NaN());
  CHECK_THROWS_AS(train(data, small(), {}), std::runtime_error);
}

}  // namespace trainer_test
}  // namespace faultprint::model
