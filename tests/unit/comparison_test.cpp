#include "daemon/comparison.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "error_of.h"
#include "hand_made_model.h"
#include "wave_history.h"

namespace faultprint::daemon {
namespace comparison_test {

using doctest::Approx;
using test::error_of;
using Json = nlohmann::json;

const char* const kTime = "@1970-01-01T02:54:10Z";

class Windows {
 public:
  Windows() {
    test::write_bytes(folder_.file("h.csv"),
                      test::wave_csv(80, {"e1", "e2", "e3"}, test::two_faults));
    model->model.pairs = model::PairCalibration{10, 3, 12, 34, 56};
  }
  Comparison compare(const std::string& a, const std::string& b, double prior = 0.5) const {
    return compare_windows(test::hand_made_config(), *model, {folder_.file("h.csv")}, a + kTime,
                           b + kTime, prior, {});
  }
  std::shared_ptr<LoadedModel> model = test::hand_made_model();

 private:
  test::Folder folder_;
};

TEST_CASE("windows of one fault are the same, of two different, by the calibrated threshold") {
  const Windows windows;
  const Comparison same = windows.compare("e1", "e2");
  CHECK(same.distance == 0);
  CHECK(same.decision() == "same");
  CHECK(*same.threshold() == Approx(0.3));
  CHECK(*same.probability() == Approx(1 / (1 + std::exp(-3))));
  const Comparison other = windows.compare("e1", "e3");
  CHECK(other.distance > 0.5);
  CHECK(other.decision() == "different");
  CHECK(*other.probability() < 0.1);
  REQUIRE(other.kpis.size() == 2);
  for (const KpiContrast& kpi : other.kpis)
    CHECK((kpi.name == "a") == (kpi.a > kpi.b));  // a is high in the first, b in the second
}

TEST_CASE("KPIs come with those that differ most first") {
  const Windows windows;
  const Comparison c = windows.compare("e1", "e3");
  CHECK(std::abs(c.kpis[0].a - c.kpis[0].b) >= std::abs(c.kpis[1].a - c.kpis[1].b));
}

TEST_CASE("the prior moves probability and threshold together") {
  const Windows windows;
  const Comparison rare = windows.compare("e1", "e2", 0.01);
  CHECK(*rare.threshold() < 0);
  CHECK(rare.decision() == "different");
  CHECK(*rare.probability() < 0.5);
  CHECK(to_text(rare).find("no likeness is enough") != std::string::npos);
}

TEST_CASE("without a calibration it says so, and decides nothing") {
  Windows windows;
  windows.model->model.pairs.reset();
  const Comparison c = windows.compare("e1", "e3");
  CHECK(c.distance > 0.5);
  CHECK_FALSE(c.probability());
  CHECK(c.decision() == "none");
  CHECK(to_text(c).find("no calibrated one exists: the model holds no") != std::string::npos);
  const Json json = Json::parse(to_json(c));
  CHECK(json["probability_same"].is_null());
  CHECK(json["decision"].is_null());
  CHECK(json["threshold"].is_null());
  CHECK(json["calibration"].is_null());
  CHECK(json["no_calibration"].get<std::string>().starts_with("the model holds no"));
  windows.model->model.pairs = model::PairCalibration{0, 0, 1, 1, 2};
  const Comparison flat = windows.compare("e1", "e3");
  CHECK(*flat.probability() == Approx(0.5));
  CHECK(flat.decision() == "none");
}

TEST_CASE("text and JSON say what was compared and what it rests on") {
  const Windows windows;
  const Comparison c = windows.compare("e1", "e3");
  const std::string text = to_text(c);
  for (const char* words : {"e1@", "e3@", "rests on 12 equal and 34 different pairs",
                            "decision     different: the same below a distance of 0.3"})
    CHECK(text.find(words) != std::string::npos);
  const Json json = Json::parse(to_json(c));
  CHECK(json["a"] == std::string("e1") + kTime);
  CHECK(json["decision"] == "different");
  CHECK(json["threshold"] == 0.3);
  CHECK(json["calibration"]["same_pairs"] == 12);
  CHECK(json["kpis"].size() == 2);
}

TEST_CASE("a window that is not there is an error by name") {
  const Windows windows;
  CHECK(error_of([&] { windows.compare("e1", "e9"); }) ==
        "the history has no scored window of 'e9' at 1970-01-01T02:54:10Z");
}

TEST_CASE("rows of vectors are compared as windows are, with the model that made them") {
  const test::Folder folder;
  test::write_bytes(folder.file("v.csv"), "element,time,e0,e1\nx,t,0,0\ny,t,0.3,0.4\n");
  test::write_bytes(folder.file("w.csv"), "element,time,e0\nx,t,0\n");
  const std::string first = folder.file("v.csv:1");
  const std::string second = folder.file("v.csv:2");
  const Comparison bare = compare_vectors("", first, second, 0.5);
  CHECK(bare.distance == Approx(0.5));
  CHECK(bare.decision() == "none");
  CHECK(to_text(bare).find("no model is given") != std::string::npos);
  model::Model model = test::hand_made_model()->model;
  model.pairs = model::PairCalibration{10, 3, 12, 34, 56};
  model.references.windows = model::Matrix::Zero(1, 8);
  model.references.labels = {0};
  model.reference_labels = {"normal"};
  model::save_model(model, folder.file("m"));
  const Comparison c = compare_vectors(folder.file("m"), first, second, 0.5);
  CHECK(c.decision() == "different");
  CHECK(*c.threshold() == Approx(0.3));
  CHECK(c.kpis.empty());
  CHECK(compare_vectors(folder.file("m"), first, first, 0.5).decision() == "same");
  CHECK(error_of([&] {
          compare_vectors("", first, folder.file("w.csv:1"), 0.5);
        }).ends_with("are they of one model?"));
  CHECK(error_of([&] {
          compare_vectors(folder.file("m"), folder.file("w.csv:1"), folder.file("w.csv:1"), 0.5);
        }).ends_with("another model made it"));
}

}  // namespace comparison_test
}  // namespace faultprint::daemon
