#include "model/embedding_checks.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

namespace faultprint::model {
namespace embedding_checks_test {

// Three labels around corners of the cube, with noise.
struct Cloud {
  Matrix embeddings;
  std::vector<int> labels;
};

Cloud cloud(int n, int width, float noise, std::uint64_t seed = 1) {
  std::mt19937_64 random(seed);
  std::normal_distribution<float> normal(0, noise);
  Cloud c{Matrix(n, width), {}};
  for (int i = 0; i < n; ++i) {
    c.labels.push_back(i % 3);
    for (int j = 0; j < width; ++j)
      c.embeddings(i, j) =
          std::clamp((j % 3 == i % 3 ? 0.8F : 0.2F) + normal(random), 0.03F, 0.97F);
  }
  return c;
}

std::string all_of(const std::vector<std::string>& warnings) {
  std::string text;
  for (const auto& warning : warnings) text += warning.substr(0, warning.find(':')) + " ";
  return text;
}

std::string checked(const Cloud& c) {
  return all_of(check_health(measure_health(c.embeddings, c.labels, EncoderOutput::sigmoid),
                             static_cast<int>(c.embeddings.cols())));
}

TEST_CASE("healthy embeddings are not warned of") {
  const Cloud c = cloud(600, 6, 0.05F);
  CHECK(checked(c) == "");
  CHECK(check_merged(c.embeddings, c.labels, {"normal", "a", "b"}).empty());
}

TEST_CASE("one point for all: W_COLLAPSE and W_DEAD_UNITS") {
  Cloud c = cloud(300, 4, 0.05F);
  c.embeddings.setConstant(0.4F);
  CHECK(checked(c) == "W_COLLAPSE W_DEAD_UNITS ");
}

TEST_CASE("labels that are mixed: W_COLLAPSE") {
  Cloud c = cloud(600, 6, 0.05F);
  std::mt19937_64 random(2);
  std::shuffle(c.labels.begin(), c.labels.end(), random);
  CHECK(checked(c) == "W_COLLAPSE ");
}

TEST_CASE("embeddings on one line: W_COLLAPSE, with the rank") {
  Cloud c = cloud(600, 4, 0.01F);
  for (int i = 0; i < 600; ++i)
    c.embeddings.row(i).setConstant(0.2F + 0.3F * static_cast<float>(c.labels[i]) +
                                    0.0005F * static_cast<float>(i % 7));
  const auto health = measure_health(c.embeddings, c.labels, EncoderOutput::sigmoid);
  CHECK(health.effective_rank == doctest::Approx(1).epsilon(0.01));
  CHECK(checked(c) == "W_COLLAPSE ");
}

TEST_CASE("effective rank counts even directions") {
  std::mt19937_64 random(3);
  std::normal_distribution<float> normal(0.5F, 0.1F);
  Cloud c = cloud(900, 5, 0.05F);
  for (Eigen::Index i = 0; i < c.embeddings.size(); ++i) c.embeddings.data()[i] = normal(random);
  CHECK(measure_health(c.embeddings, c.labels, EncoderOutput::sigmoid).effective_rank ==
        doctest::Approx(5).epsilon(0.02));
}

TEST_CASE("outputs in corners: W_SATURATED, for sigmoid outputs alone") {
  Cloud c = cloud(600, 6, 0.05F);
  for (Eigen::Index i = 0; i < c.embeddings.size(); i += 2)
    c.embeddings.data()[i] = c.embeddings.data()[i] > 0.5F ? 0.999F : 0.001F;
  CHECK(checked(c) == "W_SATURATED ");
  CHECK(measure_health(c.embeddings, c.labels, EncoderOutput::linear).saturated == 0);
}

TEST_CASE("an output that never changes: W_DEAD_UNITS, counted") {
  Cloud c = cloud(600, 6, 0.05F);
  c.embeddings.col(4).setConstant(0.5F);
  const auto health = measure_health(c.embeddings, c.labels, EncoderOutput::sigmoid);
  CHECK(health.dead == 1);
  CHECK(checked(c) == "W_DEAD_UNITS ");
}

TEST_CASE("two names for one thing: W_CLASSES_MERGED names the pair") {
  Cloud c = cloud(600, 6, 0.05F);
  for (int i = 0; i < 600; i += 2)
    if (c.labels[i] == 2) c.labels[i] = 1;  // half of 2's windows are called 1 ...
  CHECK(check_merged(c.embeddings, c.labels, {"normal", "a", "b"}).empty());
  for (int i = 0; i < 600; ++i)
    if (c.labels[i] > 0) c.labels[i] = 1 + i / 3 % 2;
  const auto warnings = check_merged(c.embeddings, c.labels, {"normal", "a", "b"});
  REQUIRE(warnings.size() == 1);
  CHECK(warnings[0].starts_with("W_CLASSES_MERGED: 'a' and 'b' have means "));
}

TEST_CASE("two types that kept-out incidents are taken for each other: W_CLASSES_MERGED, once") {
  const std::vector<std::string> names{"normal", "a", "b", "c"};
  std::vector<int> truth;
  std::vector<int> predicted;
  const auto add = [&](int is, int called, int times) {
    truth.insert(truth.end(), static_cast<std::size_t>(times), is);
    predicted.insert(predicted.end(), static_cast<std::size_t>(times), called);
  };
  add(1, 1, 14);
  add(2, 1, 6);
  add(3, 3, 20);
  add(3, 0, 40);  // missed, and no pair
  CHECK(check_confused(truth, predicted, names, {}).empty());
  add(1, 2, 1);
  const auto warnings = check_confused(truth, predicted, names, {});
  REQUIRE(warnings.size() == 1);
  CHECK(
      warnings[0] ==
      "W_CLASSES_MERGED: 'a' and 'b' are taken for each other: 7 of 21 windows of their incidents "
      "that were kept out of training are called the wrong one of the two. Are they two names of "
      "one fault?");
  CHECK(check_confused(truth, predicted, names, warnings).empty());
}

TEST_CASE("a loss at its value of collapse: W_COLLAPSE, a closed hinge: W_NO_ACTIVE_TRIPLETS") {
  for (const auto kind : {LossKind::lossless_ln, LossKind::triplet, LossKind::contrastive}) {
    LossOptions options;
    options.kind = kind;
    const Loss loss(options, 16);
    CAPTURE(name(kind));
    CHECK(all_of(check_loss(loss, loss.collapse_value(), 1)) == "W_COLLAPSE ");
    CHECK(check_loss(loss, loss.collapse_value() / 3, 1).empty());
  }
  LossOptions hinge;
  hinge.kind = LossKind::triplet;
  CHECK(all_of(check_loss(Loss(hinge, 16), 0, 0)) == "W_NO_ACTIVE_TRIPLETS ");
}

}  // namespace embedding_checks_test
}  // namespace faultprint::model
