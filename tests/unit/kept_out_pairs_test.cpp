#include "model/kept_out_pairs.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "encoder_spec.h"
#include "model/trainer.h"
#include "training_data.h"

namespace faultprint::model {
namespace kept_out_pairs_test {

using Rows = std::vector<std::size_t>;

Rows all_of(const TrainingWindows& data) {
  Rows rows;
  for (std::size_t i = 0; i < data.size(); ++i) rows.push_back(i);
  return rows;
}

// One value a window; normal, then two incidents of type 1 and one of type 2.
TrainingWindows few_windows() {
  TrainingWindows data;
  data.windows = Matrix(8, 1);
  data.windows << 0, 0, 10, 11, 12, 13, -5, -6;
  data.labels = {0, 0, 1, 1, 1, 1, 2, 2};
  data.pure = {1, 1, 1, 1, 1, 1, 1, 0};
  data.incidents = {-1, -1, 7, 7, 8, 8, 9, 9};
  data.elements = {0, 1, 0, 0, 1, 1, 0, 0};
  data.slots = {100, 100, 200, 201, 200, 201, 300, 301};
  data.class_names = {"normal", "loss", "flap"};
  return data;
}

Encoder plain_encoder() {
  EncoderSpec spec;
  spec.window = 1;
  spec.kpis = 1;
  spec.hidden = {};
  spec.embedding = 1;
  spec.summaries = false;
  return test::encoder_of(spec, {{Matrix::Constant(1, 1, 0.1F), Matrix::Zero(1, 1)}});
}

TEST_CASE("pairs go across incidents, never within one, nor from normal to normal") {
  const TrainingWindows data = few_windows();
  const auto pairs = pairs_across_incidents(plain_encoder(), data, all_of(data), 1);
  std::set<int> same;
  std::set<int> different;
  int equal = 0;
  for (const PairDistance& pair : pairs) {
    (pair.same ? same : different).insert(pair.group);
    equal += pair.same ? 1 : 0;
    CHECK(pair.distance > 0);  // no window with itself, no normal with normal
  }
  CHECK(equal == 4);  // two windows of incident 7 with two of 8
  CHECK(same.size() == 1);
  // Each of two stretches of normal with three incidents, and 9 with 7 and 8.
  CHECK(different.size() == 8);
  // The window of 9 that is not pure is not there: 2 x (2 + 2 + 1) with normal, 1 x 2 + 1 x 2.
  CHECK(pairs.size() == 4 + 10 + 4);
}

TEST_CASE("distances are the embeddings'") {
  TrainingPairs pairs;
  pairs.windows = Matrix(4, 1);
  pairs.windows << 0, 20, 3, 3;
  pairs.same = {0, 1};
  const auto distances = distances_of(plain_encoder(), pairs);
  REQUIRE(distances.size() == 2);
  CHECK(distances[0].distance == doctest::Approx(1 / (1 + std::exp(-2.0)) - 0.5));
  CHECK_FALSE(distances[0].same);
  CHECK(distances[1].distance == 0);
  CHECK(distances[1].same);
  CHECK(distances[0].group != distances[1].group);
}

// n pairs; windows are numbered, and `shared` of them stand in every second pair.
TrainingPairs numbered(int n, bool shared) {
  TrainingPairs pairs;
  pairs.windows = Matrix(2 * n, 1);
  for (int i = 0; i < n; ++i) {
    pairs.windows(2 * i, 0) = static_cast<float>(shared ? 1000 + i % 10 : 2 * i);
    pairs.windows(2 * i + 1, 0) = static_cast<float>(2 * i + 1);
    pairs.same.push_back(i % 3 == 0 ? 1 : 0);
  }
  return pairs;
}

TEST_CASE("labelled pairs are split so that no window stands on both sides") {
  for (const bool shared : {false, true}) {
    CAPTURE(shared);
    const TrainingPairs pairs = numbered(60, shared);
    const PairSplit split = split_pairs(pairs, 0.25, 1);
    REQUIRE_FALSE(split.kept_out.same.empty());
    CHECK(split.training.same.size() >= 20);
    CHECK(split.training.same.size() + split.kept_out.same.size() <= 60);
    std::set<float> kept(split.kept_out.windows.data(),
                         split.kept_out.windows.data() + split.kept_out.windows.size());
    for (Eigen::Index i = 0; i < split.training.windows.rows(); ++i)
      CHECK(kept.count(split.training.windows(i, 0)) == 0);
    for (const TrainingPairs* side : {&split.training, &split.kept_out}) {
      const auto equal = std::count(side->same.begin(), side->same.end(), 1);
      CHECK(equal > 0);
      CHECK(equal < static_cast<long>(side->same.size()));
    }
    CHECK(split_pairs(pairs, 0.25, 1).kept_out.windows == split.kept_out.windows);
  }
}

TEST_CASE("where every window stands in many pairs, some are kept out all the same") {
  TrainingPairs pairs;  // each of 13 incidents with each later one; the last two of another type
  std::vector<float> windows;
  for (int a = 0; a < 13; ++a)
    for (int b = a + 1; b < 13; ++b) {
      windows.insert(windows.end(), {static_cast<float>(a), static_cast<float>(b + 100)});
      pairs.same.push_back((a < 11) == (b < 11) ? 1 : 0);
    }
  pairs.windows = Eigen::Map<Matrix>(windows.data(), static_cast<Eigen::Index>(windows.size()), 1);
  for (const std::uint64_t seed : {1, 2, 3, 4, 5}) {
    const PairSplit split = split_pairs(pairs, 0.25, seed);
    CHECK(split.kept_out.same.size() >= 2);
    CHECK(3 * split.training.same.size() >= pairs.same.size());
  }
}

TEST_CASE("pairs that cannot be split all train") {
  TrainingPairs alike = numbered(10, false);
  alike.same.assign(10, 1);
  CHECK(split_pairs(alike, 0.25, 1).kept_out.same.empty());
  CHECK(split_pairs(alike, 0.25, 1).training.same.size() == 10);
  CHECK(split_pairs(numbered(2, false), 0.25, 1).kept_out.same.empty());
  CHECK(split_pairs({}, 0.25, 1).kept_out.same.empty());
}

TEST_CASE("rows that labelled pairs show are left out, with their incident and neighbours") {
  const TrainingWindows data = few_windows();
  CHECK(rows_without(data, all_of(data), Matrix(0, 1), 2) == all_of(data));
  Matrix shown(1, 1);
  shown << 12;  // incident 8, on element 1
  CHECK(rows_without(data, all_of(data), shown, 2) == Rows{0, 1, 2, 3, 6, 7});
  shown << 99;
  CHECK(rows_without(data, all_of(data), shown, 2) == all_of(data));
}

TrainOptions small() {
  TrainOptions options;
  options.encoder.window = 4;
  options.encoder.kpis = 2;
  options.encoder.hidden = {16};
  options.encoder.embedding = 8;
  options.epochs = 4;
  options.steps_per_epoch = 15;
  options.windows_per_batch = 48;
  options.learning_rate = 5e-3;
  return options;
}

TEST_CASE("training calibrates by the incidents it kept out") {
  test::TrainingShape shape;
  shape.slots = 1600;
  const TrainResult model = train(test::training_data(shape), small(), {});
  REQUIRE(model.pairs);
  CHECK(model.pairs->same >= 10);
  CHECK(model.pairs->different > model.pairs->same);
  CHECK(model.pairs->slope > 0);
  CHECK(model.pairs->probability(Distance(0)) > 0.8);
  CHECK(model.pairs->probability(Distance(2)) < 0.2);
}

bool warned(const TrainResult& model) {
  return std::any_of(model.warnings.begin(), model.warnings.end(),
                     [](const auto& w) { return w.starts_with("W_PAIR_CAL_TOO_FEW"); });
}

TEST_CASE("nothing kept out: no calibration, and a warning where there are labels") {
  test::TrainingShape shape;
  shape.elements = 1;
  shape.slots = 80;
  TrainingWindows data = test::training_data(shape);
  const TrainResult few = train(data, small(), {});
  CHECK_FALSE(few.pairs);
  CHECK(warned(few));
  for (std::size_t i = 0; i < data.size(); ++i)
    if (data.labels[i] > 0) data.labels[i] = TrainingWindows::kUnused;
  data.class_names = {"normal"};
  const TrainResult bare = train(data, small(), {});
  CHECK_FALSE(bare.pairs);
  CHECK_FALSE(warned(bare));
}

// Every other incident window with one of the next incident on its element.
TrainingPairs pairs_from(const TrainingWindows& data) {
  Rows faults;
  for (std::size_t i = 0; i < data.size(); i += 5)
    if (data.labels[i] > 0 && data.pure[i] != 0) faults.push_back(i);
  TrainingPairs pairs;
  Rows rows;
  for (std::size_t i = 0; i + 3 < faults.size(); i += 2)
    for (const std::size_t other : {i + 1, i + 3}) {
      rows.insert(rows.end(), {faults[i], faults[other]});
      pairs.same.push_back(data.labels[faults[i]] == data.labels[faults[other]] ? 1 : 0);
    }
  pairs.windows = take_rows(data.windows, rows);
  return pairs;
}

TEST_CASE("labelled pairs alone: some are kept out, in a run that changes nothing of the model") {
  test::TrainingShape shape;
  shape.slots = 1600;
  TrainingWindows data = test::training_data(shape);
  TrainOptions options = small();
  options.loss.kind = LossKind::contrastive;
  options.pairs = pairs_from(data);
  for (std::size_t i = 0; i < data.size(); ++i)
    if (data.labels[i] > 0) data.labels[i] = TrainingWindows::kUnused;
  data.class_names = {"normal"};
  int third = 0;
  const TrainResult model = train(data, options, [&](const EpochReport& r) {
    third += r.run == 3 ? 1 : 0;
    return true;
  });
  REQUIRE(model.pairs);
  CHECK(third == model.best_epoch);
  CHECK(3 * (model.pairs->same + model.pairs->different) <
        2 * static_cast<std::int64_t>(options.pairs.same.size()));
  CHECK(model.pairs->slope > 0);
  CHECK(model.pairs->probability(Distance(0)) > 0.6);
  // The third run ended at once.
  const TrainResult plain = train(data, options, [](const EpochReport& r) { return r.run < 3; });
  CHECK_FALSE(plain.pairs);
  CHECK(plain.encoder.tensors()[0].value == model.encoder.tensors()[0].value);
}

}  // namespace kept_out_pairs_test
}  // namespace faultprint::model
