#include "daemon/input_choice.h"

#include <doctest/doctest.h>

#include "error_of.h"
#include "file_bytes.h"
#include "hand_made_model.h"
#include "wave_history.h"

namespace faultprint::daemon {
namespace input_choice_test {

constexpr const char* kIncidents =
    "element,start,end,fault_type\n*,10600,10720,loss\n*,11600,11720,loss\n*,12600,12720,loss\n";

class Choosing {
 public:
  explicit Choosing(const std::string& incidents = kIncidents) {
    test::write_bytes(folder_.file("h.csv"),
                      test::wave_csv(300, {"e1", "e2", "e3", "e4"}, [](const auto&, int slot) {
                        return std::pair{slot % 100 >= 60 && slot % 100 < 72 ? 20 : 0, 0};
                      }));
    test::write_bytes(folder_.file("i.csv"), incidents);
    request_.files = {{folder_.file("h.csv")}, {folder_.file("i.csv")}};
    request_.hidden = {8};
    request_.options.epochs = 3;
    request_.options.least_epochs = 2;
    request_.progress = [](double) {};
    request_.choose = {true, true};
    config_.group().stream.baseline.start = 20;
  }
  TrainRequest& request() { return request_; }
  Learned learned() { return learn(config_, request_, incidents()); }
  InputChoice choice() { return choose_input(config_, request_, incidents()); }

 private:
  ingest::Incidents incidents() const {
    return ingest::Incidents::read(request_.files.incidents, config_.group().stream.period);
  }
  test::Folder folder_;
  TrainRequest request_;
  config::Config config_ = test::hand_made_config();
};

TEST_CASE("each candidate is measured, one is chosen, and the model has it in its header") {
  Choosing choosing;
  const InputChoice choice = choosing.choice();
  REQUIRE(choice.candidates.size() >= 3);
  CHECK(choice.candidates[0].what == "as configured");
  CHECK(choice.candidates[1].what == "baseline.fast 10");  // of 20
  CHECK(choice.candidates[2].what == "baseline.fast 40");
  int chosen = 0;
  double best = 0;
  for (const InputCandidate& candidate : choice.candidates) {
    CHECK(candidate.validation_f1 >= 0);
    chosen += candidate.chosen ? 1 : 0;
    if (candidate.chosen) best = candidate.score;
  }
  CHECK(chosen == 1);
  for (const InputCandidate& candidate : choice.candidates) CHECK(candidate.score <= best + 0.02);
  const Learned learned = choosing.learned();
  CHECK(learned.model.input.chosen == config::ChosenInput{true, true});
  CHECK(learned.model.input.baseline == choice.input.baseline);
  CHECK(learned.model.model.metadata.at(kInputChoice) == choices_to_json(choice.candidates));
}

TEST_CASE("without --choose the configuration's input is trained with, and nothing is said of it") {
  Choosing choosing;
  choosing.request().choose = {};
  choosing.request().options.epochs = 1;
  const Learned learned = choosing.learned();
  CHECK(!learned.model.input.chosen.any());
  CHECK(learned.model.model.metadata.count(kInputChoice) == 0);
}

TEST_CASE("where nothing can be kept out there is nothing to choose by") {
  const std::string why = "--choose: nothing could be kept out to choose by: ";
  const std::string head = "element,start,end,fault_type\n";
  for (const std::string& rows : {std::string(), std::string("e1,10600,10720,loss\n")}) {
    Choosing choosing(head + rows);
    CHECK(test::error_of([&] { choosing.choice(); }).starts_with(why));
  }
}

TEST_CASE("a KPI that tells the faults stands out, another does not") {
  Dataset data;
  data.input = test::hand_made_model()->input;
  data.windows.class_names = {"normal", "loss"};
  const auto cells = static_cast<Eigen::Index>(data.input.columns()) * data.input.window;
  data.windows.windows = model::Matrix::Zero(40, cells);
  for (int i = 0; i < 40; ++i) {
    data.windows.labels.push_back(i % 2);
    for (Eigen::Index c = 0; c < cells; ++c)
      data.windows.windows(i, c) =
          c % 2 == 0 ? (i % 2 == 1 ? -5.0F : 1.0F) : static_cast<float>(i / 2 % 3);
  }
  const std::vector<double> auroc = standing_out(data);
  REQUIRE(auroc.size() == 2);
  CHECK(auroc[0] == doctest::Approx(1));
  CHECK(auroc[1] == doctest::Approx(0.5).epsilon(0.05));
}

TEST_CASE("the candidates are told with the one that was chosen") {
  CHECK(choices_text(choices_to_json({{"as configured", 0.5, 0.5, -1, false},
                                      {"baseline.fast 60", 0.625, 0.625, -1, true}})) ==
        "input       as configured: validation F1 0.5\n"
        "            baseline.fast 60: validation F1 0.625  <- chosen\n");
  CHECK(choices_text("7").empty());
}

}  // namespace input_choice_test
}  // namespace faultprint::daemon
