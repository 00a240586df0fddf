#include "model/enrolment.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "encoder_spec.h"

namespace faultprint::model {
namespace enrolment_test {

constexpr int kDimension = 6;
constexpr int kTypes = 6;  // normal, then a type for each of five ways

// An encoder that lets a window through: its embedding is the sigmoid of its six cells.
Encoder transparent() {
  return test::encoder_of(
      test::spec_of(1, kDimension, {}, kDimension),
      {{Matrix::Identity(kDimension, kDimension), Matrix::Zero(1, kDimension)}});
}

// Windows of a type: cell `type` is high (type 0 is normal: none is). `at` moves them towards
// another type's place.
Matrix windows_of(int type, int n, std::uint64_t seed, int towards = 0, float share = 0) {
  std::mt19937_64 random(seed);
  std::normal_distribution<float> noise(0, 0.25F);
  Matrix windows(n, kDimension);
  for (Eigen::Index i = 0; i < windows.size(); ++i) windows.data()[i] = noise(random);
  if (type > 0) windows.col(type).array() += 3 * (1 - share);
  if (towards > 0) windows.col(towards).array() += 3 * share;
  return windows;
}

const std::vector<std::string> kNames = {"normal", "a", "b", "c", "d", "e"};

struct Known {
  Encoder encoder = transparent();
  LabelledWindows references;
  std::vector<std::string> labels = kNames;
  ReferenceClusters clusters;

  // A model of normal and the types given.
  explicit Known(const std::vector<int>& types) {
    std::vector<Cluster> all;
    references.windows = Matrix(0, kDimension);
    for (const int type : types) {
      const Matrix windows = windows_of(type, type == 0 ? 400 : 40, 10 + type);
      references.windows.conservativeResize(references.windows.rows() + windows.rows(),
                                            Eigen::NoChange);
      references.windows.bottomRows(windows.rows()) = windows;
      references.labels.insert(references.labels.end(), windows.rows(), type);
      Encoder::Scratch scratch;
      LabelledEmbeddings data{kNames[type], encoder.embed(windows, scratch), {}};
      for (Eigen::Index i = 0; i < windows.rows(); ++i)
        data.groups.push_back(static_cast<int>(i) / 10);
      all.push_back(build_cluster(data, 12, {}, 1));
      all.back().radius = 0.2F;
      std::vector<float> scores = held_out_distances(data, 12, {}, 1);
      for (float& s : scores) s /= 0.2F;
      set_scores(all.back(), scores);
    }
    clusters = ReferenceClusters(all, 0.001, kDimension);
  }

  EnrolReferences given(bool calm = false) const {
    std::vector<std::uint8_t> which;
    for (const int label : references.labels) which.push_back(calm && label == 0 ? 1 : 0);
    return {references, labels, which};
  }
};

TrainingWindows evidence(const Matrix& windows, const std::string& name, int per_incident = 10) {
  TrainingWindows data;
  data.windows = windows;
  data.class_names = {"normal", name};
  for (Eigen::Index i = 0; i < windows.rows(); ++i) {
    data.labels.push_back(1);
    data.pure.push_back(1);
    data.incidents.push_back(static_cast<int>(i) / per_incident);
    data.elements.push_back(0);
    data.slots.push_back(i);
  }
  return data;
}

double share_named(const EnrolResult& result, const Encoder& encoder, const Matrix& windows,
                   const std::string& name) {
  Encoder::Scratch scratch;
  Matrix distances;
  std::vector<Match> matches;
  result.clusters.match(Matrix(encoder.embed(windows, scratch)), distances, matches);
  return static_cast<double>(std::count_if(
             matches.begin(), matches.end(),
             [&](const Match& m) {
               return result.clusters.clusters()[static_cast<std::size_t>(m.nearest)].label ==
                          name &&
                      !m.unknown && !m.beyond;
             })) /
         static_cast<double>(matches.size());
}

bool told(const EnrolResult& result, const std::string& name) {
  return std::any_of(result.warnings.begin(), result.warnings.end(),
                     [&](const std::string& w) { return w.starts_with(name + ":"); });
}

TEST_CASE("one incident of a new type is enough to name the next, and nothing else changes") {
  const Known known({0, 1, 2});
  const EnrolResult result =
      enrol(known.encoder, known.clusters, known.given(), evidence(windows_of(4, 10, 1), "d"), {});
  REQUIRE(result.types.size() == 1);
  CHECK(result.types[0].added);
  CHECK(result.types[0].incidents == 1);
  CHECK(result.clusters.clusters().back().enrolled);
  CHECK_FALSE(result.clusters.clusters().front().enrolled);
  CHECK(result.types[0].reach == doctest::Approx(1));
  CHECK(share_named(result, known.encoder, windows_of(4, 200, 2), "d") > 0.95);
  CHECK(share_named(result, known.encoder, windows_of(1, 200, 3), "a") > 0.95);
  CHECK(share_named(result, known.encoder, windows_of(0, 500, 4), "normal") == 1);
  CHECK(result.f1_after == doctest::Approx(result.f1_before));
  for (std::size_t c = 0; c < 3; ++c) {
    CHECK(result.clusters.clusters()[c].prototypes == known.clusters.clusters()[c].prototypes);
    CHECK(result.clusters.clusters()[c].radius == known.clusters.clusters()[c].radius);
  }
}

TEST_CASE("prototypes know the incidents that they were enrolled from") {
  const Known known({0, 1, 2});
  TrainingWindows data = evidence(windows_of(4, 20, 1), "d");
  data.element_names = {"leaf7"};
  data.incident_starts_us = {500, 900};
  const EnrolResult added = enrol(known.encoder, known.clusters, known.given(), data, {});
  const Cluster& d = added.clusters.clusters().back();
  REQUIRE(d.origins.size() == static_cast<std::size_t>(d.prototypes.rows()));
  for (const Origin& origin : d.origins) {
    CHECK(origin.element == "leaf7");
    CHECK((origin.time_us == 500 || origin.time_us == 900));
  }
  // More evidence for a type whose own is not known.
  data.class_names = {"normal", "a"};
  data.windows = windows_of(1, 20, 2);
  const EnrolResult more = enrol(known.encoder, known.clusters, known.given(), data, {});
  const Cluster& a = more.clusters.clusters()[1];
  REQUIRE(a.origins.size() == static_cast<std::size_t>(a.prototypes.rows()));
  CHECK(a.origins.front().element.empty());
  CHECK(a.origins.back().element == "leaf7");
}

// Sloppy evidence: a third of it lies half-way to a known type, a third looks normal.
Matrix sloppy(int type, int towards, std::uint64_t seed) {
  Matrix windows(30, kDimension);
  windows << windows_of(type, 10, seed), windows_of(type, 10, seed + 1, towards, 0.6F),
      windows_of(0, 10, seed + 2);
  return windows;
}

TEST_CASE("never worse: whatever is enrolled, in any order, costs the known types at most .01") {
  std::mt19937_64 random(8);
  for (int trial = 0; trial < 12; ++trial) {
    Known known({0, 1, 2});
    std::vector<int> order{1, 2, 3, 4, 5, 1, 3};  // new types, and more of what there is by then
    std::shuffle(order.begin(), order.end(), random);
    double first = -1;
    double last = -1;
    for (const int type : order) {
      const int other = type == 1 ? 2 : type == 2 ? 1 : 1 + trial % 2;
      const bool looks_normal = random() % 4 == 0;
      const Matrix windows =
          looks_normal ? windows_of(0, 20, random()) : sloppy(type, other, random());
      const EnrolResult result = enrol(known.encoder, known.clusters, known.given(true),
                                       evidence(windows, kNames[type]), {});
      if (first < 0) first = result.f1_before;
      last = result.f1_after;
      CHECK(result.f1_before - last <= 0.01);
      known.clusters = result.clusters;
    }
    CHECK(first - last <= 0.01);
    CHECK(known.clusters.clusters().size() == 6);
    CHECK(known.clusters.clusters()[1].radius == 0.2F);
    CHECK(known.clusters.clusters()[2].radius == 0.2F);
  }
}

TEST_CASE("windows in which nothing seems to move are no evidence") {
  const Known known({0, 1});
  Matrix windows(20, kDimension);
  windows << windows_of(3, 8, 1), windows_of(0, 12, 2);
  const EnrolResult result =
      enrol(known.encoder, known.clusters, known.given(true), evidence(windows, "c", 20), {});
  CHECK(result.types[0].look_normal >= 10);
  CHECK(result.types[0].windows <= 10);
  CHECK(result.types[0].windows >= 8);
  CHECK(share_named(result, known.encoder, windows_of(3, 200, 9), "c") > 0.9);
}

TEST_CASE("an incident that looks normal altogether is enrolled with a warning") {
  const Known known({0, 1});
  const EnrolResult result = enrol(known.encoder, known.clusters, known.given(true),
                                   evidence(windows_of(0, 10, 2), "c"), {});
  CHECK(told(result, "W_LOOKS_NORMAL"));
}

TEST_CASE("a new type that sits on a known one leaves it what was named right") {
  const Known known({0, 1, 2});
  const EnrolResult result = enrol(known.encoder, known.clusters, known.given(),
                                   evidence(windows_of(2, 20, 77), "copy"), {});
  CHECK(share_named(result, known.encoder, windows_of(2, 200, 5), "b") > 0.5);
  CHECK(result.f1_before - result.f1_after <= 0.01);
}

TEST_CASE("further incidents that look normal change nothing of the type they are said to be") {
  const Known known({0, 1, 2});
  const EnrolResult result = enrol(known.encoder, known.clusters, known.given(true),
                                   evidence(windows_of(0, 20, 2), "b"), {});
  CHECK(told(result, "W_LOOKS_NORMAL"));
  CHECK(result.types[0].windows == 0);
  CHECK(result.types[0].look_normal == 20);
  CHECK(result.types[0].incidents == 2);
  CHECK(result.clusters.clusters()[2].prototypes == known.clusters.clusters()[2].prototypes);
  CHECK(result.clusters.clusters()[2].radius == known.clusters.clusters()[2].radius);
  CHECK(result.clusters.clusters()[2].incidents == known.clusters.clusters()[2].incidents);
  CHECK(result.f1_after == result.f1_before);
}

TEST_CASE("of further incidents, what lies on another type is left out") {
  const Known known({0, 1, 2});
  Matrix windows(20, kDimension);
  windows << windows_of(2, 10, 3, 5, 0.8F), windows_of(1, 10, 4);  // half of them is an `a`
  const EnrolResult result =
      enrol(known.encoder, known.clusters, known.given(), evidence(windows, "b"), {});
  CHECK(result.types[0].reach == 1);
  CHECK(result.types[0].kept < 1);
  CHECK(result.types[0].kept >= 0.5);
  CHECK(result.f1_before - result.f1_after <= 0.01);
  CHECK(share_named(result, known.encoder, windows_of(1, 200, 5), "a") > 0.85);
  CHECK(share_named(result, known.encoder, windows_of(2, 200, 6), "b") > 0.95);
  CHECK(share_named(result, known.encoder, windows_of(2, 100, 6, 5, 0.8F), "b") > 0.9);
  const EnrolResult all =
      enrol(known.encoder, known.clusters, known.given(), evidence(windows_of(1, 40, 11), "b"),
            {});  // those of `a` themselves
  CHECK(told(all, "W_CUT_BACK"));
  CHECK(all.f1_before - all.f1_after <= 0.01);
}

TEST_CASE("further incidents of a known type add to it") {
  const Known known({0, 1, 2});
  // The known type takes another shape on other elements.
  const Matrix other = windows_of(2, 20, 3, 5, 0.8F);
  const EnrolResult before =
      enrol(known.encoder, known.clusters, known.given(), evidence(windows_of(2, 10, 5), "b"), {});
  CHECK_FALSE(before.types[0].added);
  CHECK(before.clusters.clusters().size() == 3);
  const EnrolResult result =
      enrol(known.encoder, known.clusters, known.given(), evidence(other, "b"), {});
  CHECK(share_named(result, known.encoder, windows_of(2, 100, 6, 5, 0.8F), "b") >
        share_named(before, known.encoder, windows_of(2, 100, 6, 5, 0.8F), "b") + 0.2);
  CHECK(result.clusters.clusters()[2].incidents == known.clusters.clusters()[2].incidents + 2);
}

TEST_CASE("windows of normal widen what is normal") {
  const Known known({0, 1});
  TrainingWindows data = evidence(windows_of(3, 10, 1), "c");
  const Matrix odd = windows_of(5, 10, 4);  // normal on this network
  data.windows.conservativeResize(20, Eigen::NoChange);
  data.windows.bottomRows(10) = odd;
  for (int i = 0; i < 10; ++i) {
    data.labels.push_back(0);
    data.pure.push_back(1);
    data.incidents.push_back(-1);
    data.elements.push_back(1);
    data.slots.push_back(i);
  }
  const EnrolResult result = enrol(known.encoder, known.clusters, known.given(), data, {});
  CHECK(share_named(result, known.encoder, windows_of(5, 100, 8), "normal") > 0.9);
}

TEST_CASE("a type without a window is an error by name") {
  const Known known({0, 1});
  TrainingWindows data = evidence(windows_of(3, 4, 1), "c");
  for (int& label : data.labels) label = TrainingWindows::kUnused;
  CHECK_THROWS_WITH_AS(enrol(known.encoder, known.clusters, known.given(), data, {}),
                       doctest::Contains("'c' has no usable window"), std::invalid_argument);
}

}  // namespace enrolment_test
}  // namespace faultprint::model
