#include "model/loss.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "model/kernels/training_kernels.h"
#include "model/pair_weights.h"

namespace faultprint::model {
namespace {

using Eigen::MatrixXd;

constexpr double kLeastChance = 1e-7;  // in logarithms of cross-entropies

MeasureKind measure_of(LossKind kind) {
  switch (kind) {
    case LossKind::lossless_ln:
    case LossKind::lossless_linear:
    case LossKind::triplet:
      return MeasureKind::squared;
    case LossKind::contrastive:
      return MeasureKind::euclidean;
    case LossKind::bce_l1:
    case LossKind::contrastive_l1:
      return MeasureKind::weighted_l1;
    case LossKind::exp_manhattan:
      return MeasureKind::manhattan;
    case LossKind::exp_cosine:
      return MeasureKind::cosine;
  }
  return MeasureKind::squared;
}

// What the loss asks for can be: distances end where the encoder's output does.
void check_reachable(const LossOptions& options, int dimension) {
  const double widest = options.widest > 0 ? options.widest : dimension;
  const auto check = [](const char* what, double wanted, double reach, const char* measured) {
    if (wanted > reach)
      throw std::invalid_argument("E_MARGIN_UNREACHABLE: the " + std::string(what) + " is " +
                                  std::to_string(wanted) + " but two embeddings lie at most " +
                                  std::to_string(reach) + " apart" + measured +
                                  ": different faults would be pushed for ever");
  };
  if (options.kind == LossKind::contrastive) check("margin", options.margin, std::sqrt(widest), "");
  // A weighted mean of differences in each value: of at most 1 each in [0,1].
  if (options.kind == LossKind::contrastive_l1)
    check("margin", options.margin, options.widest > 0 ? std::sqrt(widest) : 1, "");
  if (options.kind == LossKind::triplet) check("alpha", options.alpha, widest, " (squared)");
}

bool is_lossless(LossKind kind) {
  return kind == LossKind::lossless_ln || kind == LossKind::lossless_linear;
}

}  // namespace

PairTerm lossless_term(Distance d, bool same, const LosslessOptions& o) {
  if (same) {
    if (d.value < o.slack) return {0, 0};
    const double room = o.beta - o.slack;
    return {-o.pull * std::log(1 - (d.value - o.slack) / room + o.epsilon),
            o.pull / (o.beta - d.value + room * o.epsilon)};
  }
  const double most = o.reach > 0 ? o.beta - o.n + o.reach : o.beta;
  const double v = o.beta - o.n + d.value;
  if (o.reach > 0 && v >= most) return {0, 0};
  return {-std::log(v / most + o.epsilon), -1 / (v + most * o.epsilon)};
}

PairTerm contrastive_term(Distance d, bool same, double margin) {
  if (same) return {d.value * d.value / 2, d.value};
  const double open = std::max(0.0, margin - d.value);
  return {open * open / 2, -open};
}

PairTerm cross_entropy_term(Similarity s, bool same) {
  if (same) return {-std::log(s.value + kLeastChance), -1 / (s.value + kLeastChance)};
  return {-std::log(1 - s.value + kLeastChance), 1 / (1 - s.value + kLeastChance)};
}

Loss::Loss(const LossOptions& options, int dimension)
    : options_(options), dimension_(dimension), measure_(measure_of(options.kind), dimension) {
  if (is_lossless(options.kind)) options_.lossless = with_dimension(options.lossless, dimension);
  if (!(options.alpha > 0))
    throw std::invalid_argument("alpha of the triplet loss must be above 0");
  if (!(options.margin > 0)) throw std::invalid_argument("the margin must be above 0");
  if (options.kind == LossKind::bce_l1) {
    head_ = Matrix(1, 2);
    head_ << std::log(8.0F), 2.0F;
    head_gradient_ = Matrix::Zero(1, 2);
  }
  check_reachable(options, dimension);
}

void Loss::check_width(const MatrixView& embeddings) const {
  if (embeddings.cols() != dimension_)
    throw std::invalid_argument("the loss was made for embeddings of another width");
}

void Loss::check_range(float least, float greatest) const {
  // On the unit sphere squared distances reach 4, as N says; elsewhere values lie in [0,1].
  const bool bounded = is_lossless(options_.kind) && options_.lossless.n >= dimension_;
  constexpr float kSlack = 1e-5F;
  if (bounded && (least < -kSlack || greatest > 1 + kSlack))
    throw std::invalid_argument(
        "E_EMBEDDING_RANGE: the lossless losses are defined on embeddings in [0,1] and these reach "
        "from " +
        std::to_string(least) + " to " + std::to_string(greatest) + ": use the sigmoid output");
}

void Loss::measure(const MatrixView& embeddings) {
  check_width(embeddings);
  if (embeddings.size() > 0) check_range(embeddings.minCoeff(), embeddings.maxCoeff());
  embeddings_ = embeddings.cast<double>();
  distances_ = measure_.distances(embeddings_);
}

PairTerm Loss::term(double distance, bool same) {
  switch (options_.kind) {
    case LossKind::lossless_ln:
      return lossless_term(Distance(distance), same, options_.lossless);
    case LossKind::lossless_linear:
      return same ? PairTerm{distance, 1} : PairTerm{options_.lossless.n - distance, -1};
    case LossKind::contrastive:
    case LossKind::contrastive_l1:
      return contrastive_term(Distance(distance), same, options_.margin);
    case LossKind::bce_l1: {
      const double scale = std::exp(static_cast<double>(head_(0, 0)));
      const double logit = static_cast<double>(head_(0, 1)) - scale * distance;
      const double z = same ? logit : -logit;
      // -ln sigmoid(z), without overflow
      const double value = std::log1p(std::exp(-std::abs(z))) + std::max(0.0, -z);
      const double by_logit = (same ? -1.0 : 1.0) / (1 + std::exp(z));
      return {value, -scale * by_logit};
    }
    case LossKind::exp_manhattan:
    case LossKind::exp_cosine: {
      const Similarity s = exponential_similarity(Distance(distance));
      PairTerm t = cross_entropy_term(s, same);
      t.slope *= -s.value;  // ds/dd
      return t;
    }
    case LossKind::triplet:
      break;
  }
  return {};
}

BatchLoss Loss::of_pairs(const MatrixXd& same, const MatrixXd& different) {
  BatchLoss result;
  result.mean_positive = mean_over(same, distances_);
  result.mean_negative = mean_over(different, distances_);
  MatrixXd slopes = MatrixXd::Zero(distances_.rows(), distances_.cols());
  double by_scale = 0;
  double by_bias = 0;
  const double scale = head_.size() > 0 ? std::exp(static_cast<double>(head_(0, 0))) : 1;
  for (Eigen::Index j = 0; j < slopes.cols(); ++j)
    for (Eigen::Index i = 0; i < slopes.rows(); ++i)
      for (const bool equal : {true, false}) {
        const double weight = equal ? same(i, j) : different(i, j);
        if (weight == 0) continue;
        const PairTerm t = term(distances_(i, j), equal);
        result.loss += weight * t.value;
        slopes(i, j) += weight * t.slope;
        by_scale += weight * t.slope * distances_(i, j);  // d/d ln scale
        by_bias -= weight * t.slope / scale;
      }
  if (head_.size() > 0) head_gradient_ << static_cast<float>(by_scale), static_cast<float>(by_bias);
  finish(slopes, result);
  return result;
}

void Loss::finish(const MatrixXd& slopes, BatchLoss& result) {
  result.gradient = measure_.backward(slopes).cast<float>();
}

// of_pairs() for the loss that is learned with unless told otherwise, in one pass by a kernel: the
// pairs' logarithms took a third of a training step.
BatchLoss Loss::lossless_ln_of_labels(const MatrixView& embeddings, std::span<const int> labels) {
  check_width(embeddings);
  const auto b = static_cast<int>(embeddings.rows());
  BatchLoss result;
  result.gradient.resize(b, dimension_);
  if (b == 0) return result;
  check_range(embeddings.minCoeff(), embeddings.maxCoeff());
  std::vector<double> equal_weights;
  std::vector<double> other_weights;
  weigh_anchors(labels, equal_weights, other_weights);
  const LosslessOptions& o = options_.lossless;
  for (double& weight : equal_weights) weight *= o.pull;
  const double most = o.reach > 0 ? o.beta - o.n + o.reach : o.beta;
  constexpr double kNever = std::numeric_limits<double>::infinity();
  const double room = o.beta - o.slack;
  const fp_pair_term equal{1 + o.slack / room + o.epsilon, -1 / room, o.slack, kNever,
                           equal_weights.data()};
  const fp_pair_term other{(o.beta - o.n) / most + o.epsilon, 1 / most, 0,
                           o.reach > 0 ? o.reach : kNever, other_weights.data()};
  scratch_.resize(static_cast<std::size_t>(fp_pair_scratch(b, dimension_)));
  const fp_pair_loss loss = fp_log_pairs(b, dimension_, embeddings.data(), labels.data(), &equal,
                                         &other, scratch_.data(), result.gradient.data());
  result.loss = loss.loss;
  result.mean_positive = loss.equal_sum / std::max(1.0, loss.equal_count);
  result.mean_negative = loss.other_sum / std::max(1.0, loss.other_count);
  return result;
}

BatchLoss Loss::over_labels(const MatrixView& embeddings, std::span<const int> labels) {
  const bool rests = is_lossless(options_.kind) && options_.lossless.rest > 0;
  if (options_.kind == LossKind::lossless_ln && !rests)
    return lossless_ln_of_labels(embeddings, labels);
  measure(embeddings);
  if (options_.kind == LossKind::triplet) return of_triplets(labels);
  if (rests) return of_open_triplets(labels);
  const auto b = static_cast<Eigen::Index>(labels.size());
  MatrixXd same = MatrixXd::Zero(b, b);
  MatrixXd different = MatrixXd::Zero(b, b);
  weigh_by_anchor(labels, same, different);
  return of_pairs(same, different);
}

void Loss::check_takes_pairs() const {
  if (options_.kind == LossKind::triplet)
    throw std::invalid_argument("the triplet loss needs labelled windows: a pair is no triplet");
}

BatchLoss Loss::over_pairs(const MatrixView& embeddings, std::span<const Pair> pairs) {
  check_takes_pairs();
  measure(embeddings);
  MatrixXd same = MatrixXd::Zero(embeddings.rows(), embeddings.rows());
  MatrixXd different = same;
  for (const Pair& pair : pairs) (pair.same ? same : different)(pair.first, pair.second) += 1;
  make_means(same, different);
  return of_pairs(same, different);
}

std::vector<Parameter> Loss::parameters() {
  std::vector<Parameter> all = measure_.parameters();
  if (head_.size() > 0) all.push_back({"head", &head_, &head_gradient_, false});
  return all;
}

double Loss::collapse_value() const {
  switch (options_.kind) {
    case LossKind::lossless_ln:
      return lossless_term(Distance(0), true, options_.lossless).value +
             lossless_term(Distance(0), false, options_.lossless).value;
    case LossKind::lossless_linear:
      return options_.lossless.n;
    case LossKind::triplet:
      return options_.alpha;
    case LossKind::contrastive:
    case LossKind::contrastive_l1:
      return options_.margin * options_.margin / 2;
    case LossKind::exp_manhattan:
    case LossKind::exp_cosine:
      return -std::log(kLeastChance);
    case LossKind::bce_l1:
      break;  // learned bias: 2 ln 2 at its best
  }
  return -1;
}

void check_distances(const MatrixXd& distances) {
  constexpr double kSlack = 1e-6;
  if (distances.size() > 0 && distances.diagonal().cwiseAbs().maxCoeff() > kSlack)
    throw std::invalid_argument(
        "E_SIMILARITY_AS_DISTANCE: a thing lies " +
        std::to_string(distances.diagonal().maxCoeff()) +
        " from itself: these are similarities, and as distances they would push equals apart");
}

const std::vector<std::string>& loss_names() {
  static const std::vector<std::string> names = {
      "lossless-ln", "lossless-linear", "triplet",       "contrastive",
      "bce-l1",      "contrastive-l1",  "exp-manhattan", "exp-cosine"};
  return names;
}

// In the order of Mining.
const std::vector<std::string>& mining_names() {
  static const std::vector<std::string> names = {"all", "batch-hard", "semi-hard"};
  return names;
}

const char* name(LossKind kind) { return loss_names()[static_cast<std::size_t>(kind)].c_str(); }

LossKind loss_kind(const std::string& text) {
  const auto& names = loss_names();
  const auto found = std::find(names.begin(), names.end(), text);
  if (found == names.end()) throw std::invalid_argument("'" + text + "' is no loss");
  return static_cast<LossKind>(found - names.begin());
}

}  // namespace faultprint::model
