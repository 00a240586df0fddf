#include "model/lossless_triplet.h"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>

#include "model/loss.h"

namespace faultprint::model {
namespace lossless_triplet_test {

using doctest::Approx;
using Eigen::VectorXd;

VectorXd vector_of(const nlohmann::json& list) {
  const auto values = list.get<std::vector<double>>();
  return Eigen::Map<const VectorXd>(values.data(), static_cast<Eigen::Index>(values.size()));
}

// Relative to the expected value; a zero must be a zero but for rounding.
bool agrees(double value, double expected) {
  return std::abs(value - expected) <= 1e-9 * std::abs(expected) + 1e-16;
}

bool agrees(const VectorXd& value, const VectorXd& expected) {
  if (value.size() != expected.size()) return false;
  for (Eigen::Index i = 0; i < value.size(); ++i)
    if (!agrees(value(i), expected(i))) return false;
  return true;
}

TEST_CASE("loss, its parts and all gradients agree with the golden vectors") {
  std::ifstream in(FAULTPRINT_TEST_DATA "/golden/lossless_triplet.json");
  const auto vectors = nlohmann::json::parse(in);
  REQUIRE(vectors.size() == 13);
  for (const auto& v : vectors) {
    CAPTURE(v.at("name").get<std::string>());
    const LosslessOptions options{v.at("N"), v.at("beta"), v.at("eps")};
    const TripletLoss result =
        lossless_triplet(vector_of(v.at("a")), vector_of(v.at("p")), vector_of(v.at("n")), options);
    // Of loss and parts near 0 the last digits are those of log(1 + 1e-8): absolute there.
    CHECK(std::abs(result.loss - v.at("L_ln").get<double>()) <=
          1e-9 * std::max(1e-6, std::abs(v.at("L_ln").get<double>())));
    CHECK(std::abs(result.positive - v.at("L_pos").get<double>()) <=
          1e-9 * std::max(1e-6, std::abs(v.at("L_pos").get<double>())));
    CHECK(std::abs(result.negative - v.at("L_neg").get<double>()) <=
          1e-9 * std::max(1e-6, std::abs(v.at("L_neg").get<double>())));
    CHECK(agrees(result.anchor_gradient, vector_of(v.at("grad_a"))));
    CHECK(agrees(result.positive_gradient, vector_of(v.at("grad_p"))));
    CHECK(agrees(result.negative_gradient, vector_of(v.at("grad_n"))));
  }
}

Matrix random_embeddings(int rows, int n, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<float> uniform(0.02F, 0.98F);
  Matrix e(rows, n);
  for (Eigen::Index i = 0; i < e.size(); ++i) e.data()[i] = uniform(random);
  return e;
}

BatchLoss lossless_all_triplets(const Matrix& e, const std::vector<int>& labels,
                                const LosslessOptions& lossless) {
  LossOptions options;
  options.lossless = lossless;
  return Loss(options, static_cast<int>(e.cols())).over_labels(e, labels);
}

struct Mean {
  double loss = 0;
  Eigen::MatrixXd gradient;
};

// Every triplet, one by one; the mean over anchors of the mean over each one's.
Mean brute_force(const Matrix& e, const std::vector<int>& labels, const LosslessOptions& options) {
  Mean mean{0, Eigen::MatrixXd::Zero(e.rows(), e.cols())};
  const auto row = [&](Eigen::Index i) { return VectorXd(e.row(i).cast<double>().transpose()); };
  double anchors = 0;
  for (Eigen::Index a = 0; a < e.rows(); ++a) {
    Mean own{0, Eigen::MatrixXd::Zero(e.rows(), e.cols())};
    long triplets = 0;
    for (Eigen::Index p = 0; p < e.rows(); ++p)
      for (Eigen::Index n = 0; n < e.rows(); ++n) {
        if (a == p || labels[a] != labels[p] || labels[a] == labels[n]) continue;
        const TripletLoss t = lossless_triplet(row(a), row(p), row(n), options);
        own.loss += t.loss;
        own.gradient.row(a) += t.anchor_gradient.transpose();
        own.gradient.row(p) += t.positive_gradient.transpose();
        own.gradient.row(n) += t.negative_gradient.transpose();
        ++triplets;
      }
    if (triplets == 0) continue;
    anchors += 1;
    mean.loss += own.loss / static_cast<double>(triplets);
    mean.gradient += own.gradient / static_cast<double>(triplets);
  }
  mean.loss /= anchors;
  mean.gradient /= anchors;
  return mean;
}

TEST_CASE(
    "a batch's loss and gradient are the mean over its anchors of the mean over their triplets") {
  const std::vector<std::vector<int>> batches = {
      {0, 0, 0, 1, 1, 1, 2, 2, 2},        // balanced
      {0, 1, 0, 1, 2, 2, 0, 1, 2, 3, 3},  // in any order
      {0, 0, 0, 0, 0, 0, 1, 1, 2},        // unbalanced, one class without a pair
      {5, -3, 5},                         // a single pair
  };
  for (const LosslessOptions options :
       {LosslessOptions{}, LosslessOptions{0, 9, 1e-6}, LosslessOptions{0, 0, 1e-3},
        LosslessOptions{0, 0, 1e-6, 0.6}}) {
    for (const auto& labels : batches) {
      CAPTURE(labels.size());
      const Matrix e = random_embeddings(static_cast<int>(labels.size()), 7, labels.size());
      const BatchLoss batch = lossless_all_triplets(e, labels, options);
      const Mean mean = brute_force(e, labels, options);
      CHECK(batch.loss == Approx(mean.loss).epsilon(1e-12));
      const double size = mean.gradient.cwiseAbs().maxCoeff();
      CHECK((batch.gradient.cast<double>() - mean.gradient).cwiseAbs().maxCoeff() <= 1e-6 * size);
    }
  }
}

TEST_CASE("distances far below float's reach still count in a batch") {
  Matrix e = random_embeddings(4, 16, 9);
  e.row(2) = e.row(0);
  e(2, 0) += 1e-5F;  // a negative at |a - n|^2 = 1e-10
  e.row(1) = e.row(0);
  const std::vector<int> labels{0, 0, 1, 1};
  const LosslessOptions options{0, 0, 1e-8};
  CHECK(lossless_all_triplets(e, labels, options).loss ==
        Approx(brute_force(e, labels, options).loss).epsilon(1e-6));
}

TEST_CASE("mean distances of positive and negative pairs") {
  Matrix e(4, 1);
  e << 0.0F, 0.5F, 1.0F, 0.75F;
  const BatchLoss batch = lossless_all_triplets(e, std::vector<int>{0, 0, 1, 1}, {});
  CHECK(batch.mean_positive == Approx((0.25 + 0.0625) / 2));
  CHECK(batch.mean_negative == Approx((1 + 0.5625 + 0.25 + 0.0625) / 4));
}

TEST_CASE("gradients agree with finite differences of the loss") {
  constexpr double kStep = 1e-6;
  for (const LosslessOptions& options :
       {LosslessOptions{0, 0, 1e-8}, LosslessOptions{0, 6.5, 1e-8}, LosslessOptions{0, 0, 1e-8, 4},
        LosslessOptions{0, 0, 1e-8, 0, 0.1}, LosslessOptions{0, 6.5, 1e-8, 4, 0.1}}) {
    CAPTURE(options.reach);
    CAPTURE(options.slack);
    std::vector<VectorXd> points;
    const Matrix e = random_embeddings(3, 5, 21);
    for (int i = 0; i < 3; ++i) points.emplace_back(e.row(i).cast<double>().transpose());
    const TripletLoss at = lossless_triplet(points[0], points[1], points[2], options);
    const std::vector<VectorXd> gradients{at.anchor_gradient, at.positive_gradient,
                                          at.negative_gradient};
    for (std::size_t which = 0; which < 3; ++which)
      for (Eigen::Index i = 0; i < 5; ++i) {
        auto up = points;
        auto down = points;
        up[which](i) += kStep;
        down[which](i) -= kStep;
        const double slope = (lossless_triplet(up[0], up[1], up[2], options).loss -
                              lossless_triplet(down[0], down[1], down[2], options).loss) /
                             (2 * kStep);
        CHECK(gradients[which](i) == Approx(slope).epsilon(1e-6));
      }
  }
}

TEST_CASE(
    "within slack equal faults have no loss and no pull, and from there on it is continuous") {
  const LosslessOptions options{4, 4, 0, 0, 0.5};
  CHECK(lossless_term(Distance(0), true, options).value == 0);
  CHECK(lossless_term(Distance(0.49), true, options).value == 0);
  CHECK(lossless_term(Distance(0.49), true, options).slope == 0);
  CHECK(lossless_term(Distance(0.5), true, options).value == 0);
  CHECK(lossless_term(Distance(0.501), true, options).value == Approx(0.001 / 3.5).epsilon(1e-3));
  CHECK(lossless_term(Distance(2.25), true, options).value == Approx(std::log(2.0)));
  CHECK(lossless_term(Distance(2.25), true, options).slope == Approx(1 / 1.75));
  // Different ones are pushed as ever.
  CHECK(lossless_term(Distance(0.3), false, options).value == Approx(-std::log(0.3 / 4)));
}

TEST_CASE("slack must lie below beta") {
  CHECK_NOTHROW(with_dimension({4, 4, 1e-8, 0, 3.9}, 4));
  for (const double slack : {4.0, 5.0, -0.1, std::nan("")}) {
    CAPTURE(slack);
    CHECK_THROWS_AS(with_dimension({4, 4, 1e-8, 0, slack}, 4), std::invalid_argument);
  }
}

TEST_CASE("a batch without a triplet has no loss and no gradient") {
  const Matrix e = random_embeddings(4, 3, 2);
  for (const std::vector<int>& labels : {std::vector<int>{1, 1, 1, 1}, {0, 1, 2, 3}}) {
    const BatchLoss batch = lossless_all_triplets(e, labels, {});
    CHECK(batch.loss == 0);
    CHECK(batch.gradient.rows() == 4);
    CHECK(batch.gradient.cols() == 3);
    CHECK(batch.gradient.isZero(0));
  }
}

TEST_CASE("beta below N is refused by name, with both figures") {
  const Matrix e = random_embeddings(4, 8, 2);
  const std::vector<int> labels{0, 0, 1, 1};
  for (const double beta : {7.999, 1.0, -1.0, std::nan("")}) {
    CAPTURE(beta);
    CHECK_THROWS_AS(lossless_all_triplets(e, labels, {0, beta, 1e-6}), std::invalid_argument);
  }
  CHECK_NOTHROW(lossless_all_triplets(e, labels, {0, 8, 1e-6}));
  try {
    lossless_triplet(VectorXd::Zero(3), VectorXd::Zero(3), VectorXd::Zero(3), {3, 2.5, 1e-8});
    FAIL("accepted");
  } catch (const std::invalid_argument& error) {
    CHECK(std::string(error.what()).starts_with("E_BETA_LT_N: beta is 2.5"));
    CHECK(std::string(error.what()).find("N = 3") != std::string::npos);
  }
}

// One coordinate for each way of parting K classes into halves: the best that corners can do.
Matrix all_halves(int classes, int per_class) {
  std::vector<unsigned> parts;
  for (unsigned bits = 0; bits < 1U << classes; ++bits)
    if (std::popcount(bits) == classes / 2) parts.push_back(bits);
  Matrix e(classes * per_class, static_cast<Eigen::Index>(parts.size()));
  for (Eigen::Index i = 0; i < e.rows(); ++i)
    for (Eigen::Index j = 0; j < e.cols(); ++j)
      e(i, j) = static_cast<float>(parts[static_cast<std::size_t>(j)] >> (i / per_class) & 1U);
  return e;
}

TEST_CASE("the lower bound for K balanced classes is reached by corners, and never passed") {
  std::mt19937_64 random(4);
  std::normal_distribution<float> noise(0, 0.1F);
  for (int classes = 2; classes <= 8; ++classes) {
    CAPTURE(classes);
    const int half = classes / 2;
    const double bound = std::log(classes * (classes - 1) / 2.0 / (half * (classes - half)));
    std::vector<int> labels;
    for (int i = 0; i < 2 * classes; ++i) labels.push_back(i / 2);
    const Matrix corners = all_halves(classes, 2);
    CHECK(lossless_all_triplets(corners, labels, {}).loss == Approx(bound).epsilon(1e-5));
    for (int trial = 0; trial < 50; ++trial) {
      Matrix e = corners;
      for (Eigen::Index i = 0; i < e.size(); ++i)
        e.data()[i] = std::clamp(e.data()[i] + noise(random), 0.0F, 1.0F);
      CHECK(lossless_all_triplets(e, labels, {}).loss > bound - 5e-6);
      e = random_embeddings(2 * classes, 6, random());
      CHECK(lossless_all_triplets(e, labels, {}).loss > bound - 5e-6);
    }
  }
}

TEST_CASE("total collapse is stationary, at -ln eps") {
  const Matrix e = Matrix::Constant(6, 4, 0.3F);
  const std::vector<int> labels{0, 0, 1, 1, 2, 2};
  for (const double epsilon : {1e-6, 1e-4}) {
    const BatchLoss batch = lossless_all_triplets(e, labels, {0, 0, epsilon});
    CHECK(batch.loss == Approx(-std::log(epsilon)).epsilon(1e-4));
    CHECK(batch.gradient.cwiseAbs().maxCoeff() < 1e-6F);
  }
}

}  // namespace lossless_triplet_test
}  // namespace faultprint::model
