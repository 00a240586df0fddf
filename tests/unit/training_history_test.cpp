#include "daemon/training_history.h"

#include <doctest/doctest.h>

#include "error_of.h"

namespace faultprint::daemon {
namespace training_history_test {

TEST_CASE("a training's epochs come back from the model's metadata as they were") {
  model::EpochReport first;
  first.epoch = 1;
  first.loss = 1.25;
  first.mean_positive = 0.5;
  first.mean_negative = 2;
  first.active = 0.75;
  first.validation_f1 = 0.5;
  first.effective_rank = 3.5;
  first.saturated = 0.25;
  first.made_up_auroc = 0.75;
  model::EpochReport second = first;
  second.run = 2;
  second.validation_f1 = -1;
  model::Model model;
  model.metadata[kTrainingHistory] = history_to_json({first, second});
  const auto epochs = training_history(model);
  REQUIRE(epochs.size() == 2);
  CHECK(epochs[0].loss == 1.25);
  CHECK(epochs[0].mean_positive == 0.5);
  CHECK(epochs[0].mean_negative == 2);
  CHECK(epochs[0].active == 0.75);
  CHECK(epochs[0].validation_f1 == 0.5);
  CHECK(epochs[0].novel_auroc == -1);
  CHECK(epochs[0].effective_rank == 3.5);
  CHECK(epochs[0].saturated == 0.25);
  CHECK(epochs[0].made_up_auroc == 0.75);
  CHECK(epochs[0].made_up_named == -1);
  CHECK(epochs[1].run == 2);
  CHECK(epochs[1].validation_f1 == -1);
}

TEST_CASE("epochs of an older model lack what was not measured then") {
  model::Model model;
  model.metadata[kTrainingHistory] =
      R"([{"run":1,"epoch":1,"loss":1,"d_p":1,"d_n":2,"active":1,"validation_f1":null,"novel_auroc":0.5}])";
  const auto epochs = training_history(model);
  REQUIRE(epochs.size() == 1);
  CHECK(epochs[0].novel_auroc == 0.5);
  CHECK(epochs[0].effective_rank == -1);
}

TEST_CASE("an older model has no epochs, and what is no list of them is an error") {
  model::Model model;
  CHECK(training_history(model).empty());
  for (const char* text : {"{", "[1]", "[{\"run\": 1}]", "7"}) {
    model.metadata[kTrainingHistory] = text;
    CHECK(test::error_of([&] {
            training_history(model);
          }).starts_with("the model's training_history cannot be read: "));
  }
}

}  // namespace training_history_test
}  // namespace faultprint::daemon
