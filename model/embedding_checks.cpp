#include "model/embedding_checks.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "model/symmetric_eigen.h"

namespace faultprint::model {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr Eigen::Index kMostRows = 2000;

std::string with(const char* format, double a, double b = 0) {
  char text[400];
  std::snprintf(text, sizeof text, format, a, b);
  return text;
}

struct Means {
  MatrixXd centres;  // classes x N
  VectorXd counts;
  VectorXd spreads;  // mean squared distance to the own centre
};

Means class_means(const MatrixView& embeddings, std::span<const int> labels, int classes) {
  Means m{MatrixXd::Zero(classes, embeddings.cols()), VectorXd::Zero(classes),
          VectorXd::Zero(classes)};
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] < 0) continue;
    m.centres.row(labels[i]) += embeddings.row(static_cast<Eigen::Index>(i)).cast<double>();
    m.counts(labels[i]) += 1;
  }
  for (Eigen::Index c = 0; c < classes; ++c) m.centres.row(c) /= std::max(1.0, m.counts(c));
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] < 0) continue;
    m.spreads(labels[i]) +=
        (embeddings.row(static_cast<Eigen::Index>(i)).cast<double>() - m.centres.row(labels[i]))
            .squaredNorm();
  }
  for (Eigen::Index c = 0; c < classes; ++c) m.spreads(c) /= std::max(1.0, m.counts(c));
  return m;
}

double effective_rank(const MatrixXd& centred) {
  const VectorXd values = symmetric_eigen(centred.transpose() * centred).values.cwiseMax(0);
  const double total = values.sum();
  if (total <= 0) return 0;
  double entropy = 0;
  for (const double value : values)
    if (value > 0) entropy -= value / total * std::log(value / total);
  return std::exp(entropy);
}

}  // namespace

EmbeddingHealth measure_health(const MatrixView& embeddings, std::span<const int> labels,
                               EncoderOutput output) {
  EmbeddingHealth health;
  const Eigen::Index step = std::max<Eigen::Index>(1, embeddings.rows() / kMostRows);
  std::vector<int> classes;
  const Eigen::Index n = (embeddings.rows() + step - 1) / step;
  MatrixXd e(n, embeddings.cols());
  for (Eigen::Index i = 0; i < n; ++i) {
    e.row(i) = embeddings.row(i * step).cast<double>();
    classes.push_back(labels[static_cast<std::size_t>(i * step)]);
  }
  double positives = 0;
  double negatives = 0;
  for (Eigen::Index i = 0; i < n; ++i)
    for (Eigen::Index j = i + 1; j < n; ++j) {
      const double d = (e.row(i) - e.row(j)).squaredNorm();
      const bool same =
          classes[static_cast<std::size_t>(i)] == classes[static_cast<std::size_t>(j)];
      (same ? health.mean_positive : health.mean_negative) += d;
      (same ? positives : negatives) += 1;
    }
  health.mean_positive /= std::max(1.0, positives);
  health.mean_negative /= std::max(1.0, negatives);
  const MatrixXd centred = e.rowwise() - e.colwise().mean();
  health.effective_rank = effective_rank(centred);
  constexpr double kSame = 1e-4;
  health.dead =
      static_cast<int>(((centred.array().square().colwise().mean()).sqrt() < kSame).count());
  if (output == EncoderOutput::sigmoid)
    health.saturated = static_cast<double>((e.array() < 0.02 || e.array() > 0.98).count()) /
                       static_cast<double>(e.size());
  return health;
}

std::vector<std::string> check_health(const EmbeddingHealth& h, int width) {
  std::vector<std::string> warnings;
  constexpr double kTiny = 1e-3;
  if (h.mean_negative < kTiny)
    warnings.push_back(
        with("W_COLLAPSE: different labels lie %.2g apart on average (squared): every window has "
             "nearly the same embedding. Lower the learning rate, keep normalised logits on, or "
             "train on more incidents",
             h.mean_negative));
  else if (h.mean_positive > 0.9 * h.mean_negative)
    warnings.push_back(
        with("W_COLLAPSE: windows of one label lie %.3g apart (squared) and windows of two %.3g: "
             "the labels are not told apart. Do the incidents' times fit the data?",
             h.mean_positive, h.mean_negative));
  else if (h.effective_rank < 1.5 && width > 1)
    warnings.push_back(
        with("W_COLLAPSE: the embeddings lie on one line (effective rank %.2f of %.0f): a new "
             "fault has no place of its own. Turn the curriculum on, or train on more fault types",
             h.effective_rank, width));
  if (h.saturated > 0.3)
    warnings.push_back(
        with("W_SATURATED: %.0f %% of the outputs lie outside [.02, .98]: classes sit on corners "
             "and faults never seen fall onto known ones. Keep normalised logits on",
             100 * h.saturated));
  if (h.dead > 0)
    warnings.push_back(
        with("W_DEAD_UNITS: %.0f of %.0f outputs are the same for every window: lower the "
             "learning rate, or make the embedding smaller",
             h.dead, width));
  return warnings;
}

std::vector<std::string> check_merged(const MatrixView& embeddings, std::span<const int> labels,
                                      const std::vector<std::string>& class_names) {
  std::vector<std::string> warnings;
  const Means m = class_means(embeddings, labels, static_cast<int>(class_names.size()));
  for (Eigen::Index a = 0; a < m.centres.rows(); ++a)
    for (Eigen::Index b = a + 1; b < m.centres.rows(); ++b) {
      if (m.counts(a) < 2 || m.counts(b) < 2) continue;
      const double apart = (m.centres.row(a) - m.centres.row(b)).norm();
      const double spread = std::sqrt((m.spreads(a) + m.spreads(b)) / 2);
      if (apart >= spread / 4) continue;
      warnings.push_back("W_CLASSES_MERGED: '" + class_names[static_cast<std::size_t>(a)] +
                         "' and '" + class_names[static_cast<std::size_t>(b)] + "' " +
                         with("have means %.2g apart where their own windows lie %.2g from theirs: "
                              "they will be taken for each other. Are they two names of one fault, "
                              "or is the loss the linear one?",
                              apart, spread));
    }
  return warnings;
}

std::vector<std::string> check_confused(std::span<const int> truth, std::span<const int> predicted,
                                        const std::vector<std::string>& class_names,
                                        const std::vector<std::string>& told) {
  constexpr int kFewest = 10;  // windows
  constexpr int kShare = 3;    // one in so many
  std::vector<std::string> warnings;
  const auto classes = static_cast<int>(class_names.size());
  for (int a = 1; a < classes; ++a)
    for (int b = a + 1; b < classes; ++b) {
      int called = 0;
      int wrong = 0;
      for (std::size_t i = 0; i < truth.size(); ++i) {
        const bool of_them = truth[i] == a || truth[i] == b;
        if (!of_them || (predicted[i] != a && predicted[i] != b)) continue;
        ++called;
        wrong += predicted[i] != truth[i] ? 1 : 0;
      }
      const std::string pair = "W_CLASSES_MERGED: '" + class_names[static_cast<std::size_t>(a)] +
                               "' and '" + class_names[static_cast<std::size_t>(b)] + "' ";
      const bool again = std::any_of(
          told.begin(), told.end(), [&](const auto& warning) { return warning.starts_with(pair); });
      if (again || called < kFewest || kShare * wrong < called) continue;
      warnings.push_back(pair +
                         with("are taken for each other: %.0f of %.0f windows of their incidents "
                              "that were kept out of training are called the wrong one of the two. "
                              "Are they two names of one fault?",
                              wrong, called));
    }
  return warnings;
}

std::vector<std::string> check_loss(const Loss& loss, double last_loss, double active) {
  std::vector<std::string> warnings;
  const double collapse = loss.collapse_value();
  // -ln eps is far above chance: within a tenth of it nothing was learned.
  if (collapse > 0 && std::abs(last_loss - collapse) < 0.01 * collapse)
    warnings.push_back(
        with("W_COLLAPSE: the loss stands at %.3g, its value where all embeddings are one point: "
             "nothing was learned. Lower the learning rate",
             last_loss));
  const bool rests = loss.options().lossless.rest > 0;
  if ((loss.options().kind == LossKind::triplet || rests) && active == 0)
    warnings.push_back(
        "W_NO_ACTIVE_TRIPLETS: no hinge was open in the last epoch, so nothing is learned any "
        "more. That is not yet success: clusters may still be loose. Raise alpha, mine harder "
        "triplets, or use the lossless loss, which goes on tightening");
  return warnings;
}

}  // namespace faultprint::model
