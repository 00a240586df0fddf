#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "daemon/report/document.h"
#include "daemon/report/sections.h"
#include "daemon/training_history.h"
#include "error_of.h"
#include "file_bytes.h"
#include "hand_made_model.h"
#include "wave_history.h"

namespace faultprint::daemon::report {
namespace report_document_test {

constexpr const char* kIncidents =
    "element,start,end,fault_type\n"
    "e1,10400,10480,loss\n"
    "e2,10400,10480,loss\n"
    "e3,10400,10480,flap\n";

class Reported {
 public:
  explicit Reported(const std::string& incidents = kIncidents, const std::string& without = "")
      : model_(test::hand_made_model(without)) {
    test::write_bytes(folder_.file("h.csv"),
                      test::wave_csv(80, {"e1", "e2", "e3"}, test::two_faults));
    test::write_bytes(folder_.file("i.csv"), incidents);
  }
  LabelledHistory read(const HistoryLimits& limits = {}) const {
    return read_labelled(test::hand_made_config(), model_,
                         {{folder_.file("h.csv")}, {folder_.file("i.csv")}}, limits, {});
  }
  Json document() const {
    return model_document(read(), *model_, {test::hand_made_config().group().alarms, 0, {}});
  }
  const LoadedModel& model() const { return *model_; }
  LoadedModel& model() { return *model_; }

 private:
  test::Folder folder_;
  std::shared_ptr<LoadedModel> model_;
};

TEST_CASE("a labelled history has every scored window, what it was, and its incidents' slots") {
  const LabelledHistory history = Reported().read();
  CHECK(history.classes == std::vector<std::string>{"normal", "loss", "flap"});
  CHECK(history.windows.size() == 3 * 76);
  CHECK(history.embeddings.rows() == 3 * 76);
  CHECK(history.all.windows == 3 * 76);
  CHECK(history.all.per_class[1].support == 16);
  CHECK(history.all.per_class[2].support == 8);
  CHECK(history.not_scored == 3 * 4);
  REQUIRE(history.episodes.size() == 3);
  const Episode& loss = history.episodes[0];
  CHECK(loss.element == "e1");
  CHECK(loss.slots.size() == 4 + 8 + 4);  // a window before and after
  CHECK_FALSE(loss.slots[3].inside);
  CHECK(loss.slots[4].inside);
  CHECK(loss.slots[4].deviations.size() == 2);
  REQUIRE(loss.delay_s);
  CHECK(*loss.delay_s > 0);
  CHECK(*loss.delay_s <= 60);
  CHECK(history.episodes[2].alarms[0].fault_type == "flap");
}

TEST_CASE("normal beyond the limit is sampled, and confusion still counts every window") {
  HistoryLimits limits;
  limits.normal = 50;
  const LabelledHistory history = Reported().read(limits);
  CHECK(history.normal_seen == 3 * 76 - 24);
  CHECK(history.windows.size() == 50 + 24);
  CHECK(history.embeddings.rows() == 50 + 24);
  CHECK(history.all.windows == 3 * 76);
}

TEST_CASE("more episodes or slots than the limits are left out") {
  HistoryLimits limits;
  limits.episodes = {2, 5};
  const LabelledHistory history = Reported().read(limits);
  CHECK(history.episodes.size() == 2);
  CHECK(history.episodes[0].slots.size() == 5);
}

TEST_CASE("a document's embedding has its points, the model's radii and their references") {
  const Json json = Reported().document()["embedding"];
  CHECK(json["points"].size() == 3 * 76);
  CHECK(json["shown"] == 3 * 76);
  CHECK(json["points"][0].size() == 8);
  CHECK(json["clusters"].size() == 3);
  CHECK(json["clusters"][1]["radius"] == 0.25);
  CHECK(json["clusters"][1]["references"].size() == 1);
  double explained = 0;
  for (const Json& share : json["explained"]) explained += share.get<double>();
  CHECK(explained == doctest::Approx(1).epsilon(0.001));  // two values, two components
  CHECK(json["spread"]["separation"].get<double>() > 0.2);
}

TEST_CASE("the incident told step by step is one named, and its alarm is among the steps") {
  const Json incidents = Reported().document()["incidents"];
  REQUIRE(incidents["list"].size() == 3);
  CHECK(incidents["seen"] == 3);
  CHECK(incidents["raise"] == Json::array({2, 3}));
  const Json& json = incidents["list"][incidents["typical"].get<std::size_t>()];
  CHECK(json["kpis"].size() == 2);
  const double delay = json["delay_s"].get<double>();
  bool raised = false;
  for (const Json& step : json["steps"]) {
    CHECK(step["distances"].size() == 3);
    CHECK(step["deviations"].size() == 2);
    raised = raised || step["after_s"].get<double>() == delay;
  }
  CHECK(raised);
}

TEST_CASE("the pair that is easiest to confuse is of two types, with the KPIs of both") {
  const Json pairs = Reported().document()["pairs"];
  REQUIRE(pairs["list"].size() == 2);
  CHECK(pairs["list"][0]["kind"] == "alike");
  CHECK(pairs["list"][0]["a"]["fault_type"] != pairs["list"][0]["b"]["fault_type"]);
  CHECK(pairs["list"][1]["kind"] == "unlike");
  CHECK(pairs["list"][1]["a"]["fault_type"] == "loss");
  CHECK(pairs["list"][1]["b"]["fault_type"] == "loss");
  CHECK(pairs["typical_same"].get<double>() < pairs["typical_different"].get<double>());
  CHECK(pairs["list"][0]["a"]["curves"][0].size() == 3);
}

TEST_CASE("equal windows lie nearer than different ones, by the histograms as by the draws") {
  const Json json = Reported().document()["distances"];
  CHECK(json["nearer"].get<double>() > 0.6);
  for (const char* side : {"same", "different"}) {
    double sum = 0;
    for (const Json& share : json[side]) sum += share.get<double>();
    CHECK(sum == doctest::Approx(1).epsilon(0.01));
  }
  CHECK(json["same_quantiles"]["median"] < json["different_quantiles"]["median"]);
}

TEST_CASE("calibration says which share of a label's windows lies at or below each rate") {
  const Json json = Reported().document()["calibration"];
  CHECK(json["chosen"] == 0.02);
  CHECK(json["labels"].size() == 3);
  CHECK(json["labels"][0]["windows"] == 3 * 76 - 24);
  CHECK(json["strange_windows"] == 0);
  CHECK(json["strange_shares"].is_null());
  for (const Json& label : json["labels"]) {
    CHECK(label["shares"].back() == 1);
    for (std::size_t i = 1; i < label["shares"].size(); ++i)
      CHECK(label["shares"][i - 1] <= label["shares"][i]);
  }
}

SeenWindow seen(int truth, float p_own, float p_value, Outcome outcome) {
  SeenWindow window;
  window.truth = truth;
  window.p_own = p_own;
  window.p_value = p_value;
  window.outcome = outcome;
  return window;
}

TEST_CASE("calibration has the shares of p-values, and counts verdicts of unknown") {
  LabelledHistory history;
  history.windows = {
      seen(0, 0.0001F, 0.0001F, Outcome::normal),  // strange, and calm: normal all the same
      seen(0, 0.005F, 0.005F, Outcome::unknown),
      seen(0, 0.02F, 0.5F, Outcome::fault),    // strange for normal alone
      seen(0, 0.9F, 0.01F, Outcome::unknown),  // unknown for its shape
      seen(1, 0.05F, 0.05F, Outcome::fault),
      seen(1, 0.015F, 0.015F, Outcome::unknown),
      seen(3, -1, 0.001F, Outcome::unknown),  // of a type that the model does not know
      seen(3, -1, 0.3F, Outcome::fault),
  };
  history.windows.push_back(seen(1, 0.0001F, 0.0001F, Outcome::normal));
  history.windows.back().calm = true;  // of an incident in which nothing moves: no part of it
  const Json json = calibration_section(history, *test::hand_made_model());
  const auto at = [&](const char* rate) {  // 10 ** (-4 + i / 4)
    for (std::size_t i = 0; i < json["rates"].size(); ++i)
      if (json["rates"][i].dump() == rate) return i;
    FAIL(rate);
    return std::size_t{0};
  };
  CHECK(json["chosen"] == 0.02);
  CHECK(json["known_windows"] == 6);
  CHECK(json["known_called_unknown"] == 3);
  CHECK(json["labels"][0]["windows"] == 4);
  CHECK(json["labels"][0]["calibrated_on"] == 200);
  CHECK(json["labels"][0]["at_chosen"] == 0.75);
  CHECK(json["labels"][0]["shares"][at("0.001")] == 0.25);
  CHECK(json["labels"][0]["shares"][at("0.01")] == 0.5);
  CHECK(json["labels"][0]["shares"][at("0.1")] == 0.75);
  CHECK(json["labels"][0]["shares"][at("1.0")] == 1);
  CHECK(json["labels"][1]["windows"] == 2);
  CHECK(json["labels"][1]["at_chosen"] == 0.5);
  CHECK(json["labels"][1]["shares"][at("0.01")] == 0);
  CHECK(json["labels"][1]["shares"][at("0.1")] == 1);
  CHECK(json["labels"][2]["windows"] == 0);
  CHECK(json["labels"][2]["shares"].is_null());
  CHECK(json["strange_windows"] == 2);
  CHECK(json["strange_shares"][at("0.001")] == 0.5);
  CHECK(json["strange_shares"][at("1.0")] == 1);
}

TEST_CASE("windows of a type that the model does not know are told apart in every part") {
  const Json json = Reported(kIncidents, "flap").document();
  CHECK(json["known"] == 2);
  CHECK(json["classes"] == Json::array({"normal", "loss", "flap"}));
  CHECK(json["calibration"]["strange_windows"] == 8);
  CHECK(json["calibration"]["strange_shares"].size() == json["calibration"]["rates"].size());
  CHECK(json["confusion"]["counts"][2][0].get<long>() +
            json["confusion"]["counts"][2][1].get<long>() ==
        8);
  CHECK(json["summary"]["named"] == 2);
}

TEST_CASE("saturation counts outputs outside .02 to .98") {
  const Reported reported;
  LabelledHistory history = reported.read();
  history.embeddings.setConstant(0.5F);
  history.embeddings.col(1).setConstant(0.99F);
  const Json json = saturation_section(history, reported.model());
  CHECK(json["share"] == 0.5);
  CHECK(json["units"] == Json::array({0.0, 1.0}));
  CHECK(json["bins"][10] == 0.5);
  CHECK(json["bins"][19] == 0.5);
}

TEST_CASE("training's epochs are shown by run, and an older model has none") {
  Reported reported;
  CHECK(reported.document()["training"].is_null());
  model::EpochReport epoch;
  epoch.epoch = 1;
  epoch.loss = -0.5;
  epoch.validation_f1 = 0.75;
  model::EpochReport second = epoch;
  second.run = 2;
  second.validation_f1 = -1;
  reported.model().model.metadata[kTrainingHistory] = history_to_json({epoch, second});
  const Json runs = reported.document()["training"]["runs"];
  REQUIRE(runs.size() == 2);
  CHECK(runs[0]["loss"] == Json::array({-0.5}));
  CHECK(runs[0]["validation_f1"] == Json::array({0.75}));
  CHECK(runs[0]["novel_auroc"].is_null());
  CHECK(runs[1]["validation_f1"].is_null());
}

TEST_CASE("incidents before and after the history are neither kept nor counted") {
  const std::string others =
      "e1,1000,1080,loss\ne1,2000,2080,flap\n*,90000,90080,loss\n*,80000,80080,flap\n";
  const LabelledHistory history = Reported(kIncidents + others).read({20000, {3, 1500}});
  CHECK(history.episodes.size() == 3);
  CHECK(history.episodes_seen == 3);
}

TEST_CASE("a history without one incident still has its document") {
  const Json json = Reported("element,start,end,fault_type\n").document();
  CHECK(json["incidents"].is_null());
  CHECK(json["distances"].is_null());
  CHECK(json["pairs"]["list"].empty());
  CHECK(json["embedding"]["spread"].is_null());
}

TEST_CASE("a history too short to score is an error that says so") {
  test::Folder folder;
  test::write_bytes(folder.file("h.csv"), test::wave_csv(3, {"e1"}, test::two_faults));
  test::write_bytes(folder.file("i.csv"), kIncidents);
  CHECK(test::error_of([&] {
          read_labelled(test::hand_made_config(), test::hand_made_model(),
                        {{folder.file("h.csv")}, {folder.file("i.csv")}}, {}, {});
        }).starts_with("no labelled window of the history could be scored"));
}

}  // namespace report_document_test
}  // namespace faultprint::daemon::report
