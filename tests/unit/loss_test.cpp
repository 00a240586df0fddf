#include "model/loss.h"

#include <doctest/doctest.h>

#include <cmath>
#include <type_traits>

#include "golden.h"
#include "model/embedding_checks.h"

namespace faultprint::model {
namespace loss_test {

using doctest::Approx;
using test::difference;
using test::matrix_of;

LossOptions of(const std::string& name) {
  LossOptions options;
  options.kind = loss_kind(name);
  if (name == "contrastive-l1") options.margin = 0.7;
  return options;
}

Matrix random_embeddings(int rows, int n, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<float> uniform(0.05F, 0.95F);
  Matrix e(rows, n);
  for (Eigen::Index i = 0; i < e.size(); ++i) e.data()[i] = uniform(random);
  return e;
}

// By finite differences: by the embeddings, and by what is learned along.
void check_gradients(Loss& loss, Matrix& e, std::span<const int> labels) {
  const BatchLoss at = loss.over_labels(e, labels);
  std::vector<std::pair<Matrix*, Matrix>> all{{&e, at.gradient}};
  for (const Parameter& p : loss.parameters()) all.emplace_back(p.value, *p.gradient);
  for (auto& [values, gradient] : all)
    for (Eigen::Index i = 0; i < values->size(); ++i) {
      float& value = values->data()[i];
      const float kept = value;
      value = kept + 1e-3F;
      const auto high = static_cast<double>(value);
      const double up = loss.over_labels(e, labels).loss;
      value = kept - 1e-3F;
      const auto low = static_cast<double>(value);
      const double down = loss.over_labels(e, labels).loss;
      value = kept;
      CHECK(static_cast<double>(gradient.data()[i]) ==
            Approx((up - down) / (high - low)).epsilon(0.01).scale(0.02));
    }
}

TEST_CASE("every loss and its gradient agree with a reference framework's") {
  for (const auto& c : test::golden("losses")) {
    const std::string name = c.at("name");
    CAPTURE(name);
    LossOptions options = of(name);
    const auto& given = c.at("options");
    if (given.contains("margin")) options.margin = given.at("margin");
    if (given.contains("mining"))
      options.mining = static_cast<Mining>(given.at("mining").get<int>());
    const Matrix e = matrix_of(c.at("embeddings"));
    const auto labels = c.at("labels").get<std::vector<int>>();
    Loss loss(options, static_cast<int>(e.cols()));
    const BatchLoss batch = loss.over_labels(e, labels);
    CHECK(batch.loss == Approx(c.at("loss").get<double>()).epsilon(1e-6));
    CHECK(difference(batch.gradient, matrix_of(c.at("gradient"))) < 2e-5);
  }
}

TEST_CASE("gradients of all losses agree with finite differences, what is learned included") {
  const std::vector<int> labels{0, 1, 0, 2, 1, 2, 0, 1};
  for (const std::string& name : loss_names()) {
    CAPTURE(name);
    Matrix e = random_embeddings(8, 6, 3);
    Loss loss(of(name), 6);
    for (Parameter& p : loss.parameters())  // away from their symmetric start
      for (Eigen::Index i = 0; i < p.value->size(); ++i)
        p.value->data()[i] += 0.1F * static_cast<float>(i + 1);
    check_gradients(loss, e, labels);
  }
}

TEST_CASE("a loss knows no order: of rows, of labels' numbers, of a pair's sides") {
  const std::vector<int> labels{0, 1, 0, 2, 1, 2};
  const std::vector<int> turned{9, 7, 9, 3, 7, 3};  // the same, renamed, rows backwards
  const Matrix e = random_embeddings(6, 4, 5);
  const Matrix backwards = e.colwise().reverse();
  for (const std::string& name : loss_names()) {
    CAPTURE(name);
    Loss loss(of(name), 4);
    const BatchLoss one = loss.over_labels(e, labels);
    const BatchLoss other = loss.over_labels(backwards, turned);
    CHECK(one.loss == Approx(other.loss).epsilon(1e-9));
    CHECK(one.gradient.isApprox(other.gradient.colwise().reverse(), 1e-5F));
    if (name == "triplet") continue;
    const std::vector<Pair> pairs{{0, 1, false}, {0, 2, true}, {4, 1, true}};
    const std::vector<Pair> sides{{1, 0, false}, {2, 0, true}, {1, 4, true}};
    CHECK(loss.over_pairs(e, pairs).loss == Approx(loss.over_pairs(e, sides).loss).epsilon(1e-12));
  }
}

TEST_CASE("pairs of all windows teach what balanced labels teach") {
  const std::vector<int> labels{0, 0, 1, 1, 2, 2};
  std::vector<Pair> pairs;
  for (int i = 0; i < 6; ++i)
    for (int j = 0; j < i; ++j) pairs.push_back({i, j, labels[i] == labels[j]});
  const Matrix e = random_embeddings(6, 4, 6);
  for (const std::string& name : loss_names()) {
    if (name == "triplet") continue;
    CAPTURE(name);
    Loss loss(of(name), 4);
    const BatchLoss by_label = loss.over_labels(e, labels);
    const BatchLoss by_pair = loss.over_pairs(e, pairs);
    CHECK(by_pair.loss == Approx(by_label.loss).epsilon(1e-9));
    CHECK(by_pair.gradient.isApprox(by_label.gradient, 1e-5F));
  }
  Loss triplet(of("triplet"), 4);
  CHECK_THROWS_AS(triplet.over_pairs(e, pairs), std::invalid_argument);
}

TEST_CASE("where all embeddings are one point each loss has the value it says") {
  const Matrix e = Matrix::Constant(6, 4, 0.3F);
  const std::vector<int> labels{0, 0, 1, 1, 2, 2};
  for (const std::string& name : loss_names()) {
    CAPTURE(name);
    Loss loss(of(name), 4);
    if (loss.collapse_value() < 0) continue;
    CHECK(loss.over_labels(e, labels).loss == Approx(loss.collapse_value()).epsilon(1e-6));
  }
}

TEST_CASE("what is right has no loss: equal embeddings of equals, the others far apart") {
  Matrix e(4, 9);
  e.topRows(2).setZero();
  e.bottomRows(2).setOnes();
  e.col(0).setOnes();  // cosine of a zero vector is nothing
  const std::vector<int> labels{0, 0, 1, 1};
  for (const char* name : {"triplet", "contrastive", "contrastive-l1"}) {
    CAPTURE(name);
    CHECK(Loss(of(name), 9).over_labels(e, labels).loss == Approx(0).scale(1e-6));
  }
  CHECK(Loss(of("exp-manhattan"), 9).over_labels(e, labels).loss < 1e-3);
  CHECK(Loss(of("bce-l1"), 9).over_labels(e, labels).loss < 0.2);
}

TEST_CASE("a hinge that is nowhere open says so") {
  Matrix e(4, 4);
  e.topRows(2).setZero();
  e.bottomRows(2).setOnes();
  const std::vector<int> labels{0, 0, 1, 1};
  for (const auto mining : {Mining::all, Mining::batch_hard, Mining::semi_hard}) {
    LossOptions options = of("triplet");
    options.mining = mining;
    const BatchLoss batch = Loss(options, 4).over_labels(e, labels);
    CHECK(batch.active == 0);
    CHECK(batch.gradient.isZero(0));
    options.alpha = 5;
    options.widest = 9;
    CHECK(Loss(options, 4).over_labels(e, labels).active == 1);
  }
}

TEST_CASE("where no triplet is right enough to rest the loss is the published one") {
  const std::vector<int> labels{0, 1, 0, 2, 1, 2, 0, 1};
  for (const char* name : {"lossless-ln", "lossless-linear"}) {
    CAPTURE(name);
    const Matrix e = random_embeddings(8, 6, 3);
    LossOptions options = of(name);
    const BatchLoss published = Loss(options, 6).over_labels(e, labels);
    options.lossless.rest = 6;  // no two lie so far apart
    const BatchLoss all = Loss(options, 6).over_labels(e, labels);
    CHECK(all.loss == Approx(published.loss).epsilon(1e-6));
    CHECK(difference(all.gradient, published.gradient) < 2e-6);
    CHECK(all.mean_positive == Approx(published.mean_positive));
    CHECK(all.mean_negative == Approx(published.mean_negative));
    CHECK(all.active == Approx(1));
  }
}

TEST_CASE("a triplet that is right by `rest` neither pulls nor pushes, and the others do") {
  LossOptions options = of("lossless-ln");
  options.lossless.rest = 0.5;
  Matrix e(5, 2);
  e << 0.1F, 0.1F, 0.2F, 0.1F, 0.9F, 0.9F, 0.9F, 0.8F, 0.15F, 0.3F;
  // Labels 0 and 1 lie far apart, so that all their triplets rest.
  const BatchLoss at_rest =
      Loss(options, 2).over_labels(e.topRows(4), std::vector<int>{0, 0, 1, 1});
  CHECK(at_rest.loss == 0);
  CHECK(at_rest.gradient.norm() == 0);
  CHECK(at_rest.active == 0);
  CHECK(at_rest.mean_negative > 1);  // of those at rest, too
  CHECK_FALSE(check_loss(Loss(options, 2), at_rest.loss, at_rest.active).empty());
  // A window of label 1 among those of 0 moves them, and hardly one of its own far away.
  const BatchLoss open = Loss(options, 2).over_labels(e, std::vector<int>{0, 0, 1, 1, 1});
  CHECK(open.loss > 0);
  for (const int row : {0, 1, 4}) CHECK(open.gradient.row(row).norm() > 0.1);
  CHECK(open.active < 0.6);
}

TEST_CASE("gradients with rest and pull agree with finite differences") {
  const std::vector<int> labels{0, 1, 0, 2, 1, 2, 0, 1};
  for (const double rest : {0.0, 0.4}) {
    CAPTURE(rest);
    Matrix e = random_embeddings(8, 6, 3);
    LossOptions options = of("lossless-ln");
    options.lossless.rest = rest;  // random points are hardly right: most take part
    options.lossless.pull = 4;
    Loss loss(options, 6);
    const double active = loss.over_labels(e, labels).active;
    CHECK((rest > 0 ? active < 1 : active == 1));
    check_gradients(loss, e, labels);
  }
}

TEST_CASE("pull weighs what equal faults say, and that alone") {
  const std::vector<int> labels{0, 1, 0, 1};
  const Matrix e = random_embeddings(4, 6, 5);
  const auto with = [&](double pull) {
    LossOptions options = of("lossless-ln");
    options.lossless.pull = pull;
    return Loss(options, 6).over_labels(e, labels).loss;
  };
  const double equal = with(2) - with(1);
  CHECK(with(4) - with(2) == Approx(2 * equal));
  Loss published(of("lossless-ln"), 6);
  const std::vector<Pair> pairs{{0, 2, true}, {1, 3, true}};
  CHECK(published.over_pairs(e, pairs).loss == Approx(equal));
}

TEST_CASE("options that cannot be are refused by name") {
  const auto error_of = [](const LossOptions& options, int dimension) -> std::string {
    try {
      Loss(options, dimension);
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "";
  };
  LossOptions options = of("lossless-ln");
  options.lossless.beta = 3;
  CHECK(error_of(options, 4).starts_with("E_BETA_LT_N"));
  CHECK(error_of(options, 3) == "");
  options = of("contrastive");
  options.margin = 2.5;
  CHECK(error_of(options, 4).starts_with("E_MARGIN_UNREACHABLE: the margin is 2.5"));
  CHECK(error_of(options, 9) == "");
  options.kind = LossKind::contrastive_l1;
  CHECK(error_of(options, 9).starts_with("E_MARGIN_UNREACHABLE"));
  options.widest = std::numeric_limits<double>::infinity();
  CHECK(error_of(options, 9) == "");
  options = of("triplet");
  options.alpha = 4;
  CHECK(error_of(options, 4) == "");
  options.alpha = 4.5;
  CHECK(error_of(options, 4)
            .starts_with("E_MARGIN_UNREACHABLE: the alpha is 4.500000 but two embeddings lie at "
                         "most 4.000000 apart "
                         "(squared)"));
  options.widest = 5;
  CHECK(error_of(options, 4) == "");
  options.alpha = 0;
  CHECK(error_of(options, 4) != "");
  CHECK_THROWS_AS(loss_kind("quadruplet"), std::invalid_argument);
}

TEST_CASE("embeddings outside [0,1] are refused by the lossless losses, by name") {
  Matrix e = random_embeddings(4, 4, 1);
  e(2, 1) = 1.5F;
  const std::vector<int> labels{0, 0, 1, 1};
  for (const char* name : {"lossless-ln", "lossless-linear"})
    CHECK_THROWS_WITH_AS(Loss(of(name), 4).over_labels(e, labels),
                         doctest::Contains("E_EMBEDDING_RANGE"), std::invalid_argument);
  CHECK_NOTHROW(Loss(of("triplet"), 4).over_labels(e, labels));
}

TEST_CASE("similarities handed in as distances are refused by name") {
  Eigen::MatrixXd cosine = Eigen::MatrixXd::Identity(3, 3);
  CHECK_THROWS_WITH_AS(check_distances(cosine), doctest::Contains("E_SIMILARITY_AS_DISTANCE"),
                       std::invalid_argument);
  CHECK_NOTHROW(check_distances((1 - cosine.array()).matrix()));
}

// The compiler refuses a similarity where a distance is wanted, and the other way round.
static_assert(std::is_invocable_v<decltype(contrastive_term), Distance, bool, double>);
static_assert(!std::is_invocable_v<decltype(contrastive_term), Similarity, bool, double>);
static_assert(!std::is_invocable_v<decltype(contrastive_term), double, bool, double>);
static_assert(!std::is_invocable_v<decltype(lossless_term), Similarity, bool, LosslessOptions>);
static_assert(!std::is_invocable_v<decltype(cross_entropy_term), Distance, bool>);
static_assert(!std::is_convertible_v<Similarity, Distance>);
static_assert(!std::is_convertible_v<Distance, Similarity>);

}  // namespace loss_test
}  // namespace faultprint::model
