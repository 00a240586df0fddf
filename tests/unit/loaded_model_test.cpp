#include "daemon/loaded_model.h"

#include <doctest/doctest.h>

#include "daemon/comparison.h"
#include "error_of.h"
#include "file_bytes.h"
#include "hand_made_model.h"

namespace faultprint::daemon {
namespace loaded_model_test {

// Its embeddings are `shift` away from those that the self-test keeps.
void save_model_off_by(float shift, const std::string& path) {
  auto loaded = test::hand_made_model();
  model::Model& model = loaded->model;
  model.references = {model::Matrix::Ones(2, 8), {0, 1}};
  model.reference_labels = {"normal", "loss"};
  model.self_test = model::make_self_test(model.encoder, model.references.windows);
  model.self_test->embeddings.array() += shift;
  attach(model, loaded->input, {}, 0, std::nullopt);
  model::save_model(model, path);
}

TEST_CASE("a model that fails its self-test is loaded by no command that judges with it") {
  const test::Folder folder;
  const std::string path = folder.file("m.safetensors");
  save_model_off_by(0.1F, path);
  const std::string why = test::error_of([&] { load_model(path, test::hand_made_config()); });
  CHECK(why.starts_with(path + ": self-test failed: on this processor"));
  CHECK(why.find("off by 1.0e-01, at most 1e-03") != std::string::npos);
  CHECK_THROWS_AS(load_model(path, test::hand_made_config()), SelfTestFailed);
  test::write_bytes(folder.file("v.csv"), "element,time,e0,e1\nx,1,0.5,0.5\n");
  const std::string vector = folder.file("v.csv") + ":1";
  CHECK(test::error_of([&] { compare_vectors(path, vector, vector, 0.5); }) == why);
}

TEST_CASE("a model that passes its self-test is loaded, and says by how much it is off") {
  const test::Folder folder;
  const std::string path = folder.file("m.safetensors");
  save_model_off_by(1e-4F, path);
  const ModelPointer loaded = load_model(path, test::hand_made_config());
  REQUIRE(loaded->self_test_deviation);
  CHECK(*loaded->self_test_deviation == doctest::Approx(1e-4).epsilon(0.01));
}

TEST_CASE("a prior of a label that the model has not is said, and no other") {
  config::AlarmConfig alarms = test::hand_made_config().group().alarms;
  const auto model = test::hand_made_model();
  alarms.priors = {{"normal", 0.9}, {"loss", 0.01}};
  CHECK(alarm_warnings(alarms, *model).empty());
  alarms.priors["los"] = 0.01;
  REQUIRE(alarm_warnings(alarms, *model).size() == 1);
  CHECK(alarm_warnings(alarms, *model)[0].starts_with(
      "W_PRIOR_UNUSED: alarms.priors: the model has no 'los'"));
}

std::string load_error(const std::string& model, const std::string& text) {
  return test::error_of([&] { load_model(model, config::parse(text, "c.yaml")); });
}

TEST_CASE("a model that does not fit the configuration is refused with the line of what differs") {
  const test::Folder folder;
  const std::string path = folder.file("m.safetensors");
  save_model_off_by(0, path);
  const std::string head = "stream:\n  period: 10s\n  window: ";
  const std::string baseline = "  baseline: {fast: 20, start: 4}\n";
  const std::string gauges = "  kpis: [{name: a, kind: gauge}, {name: b, kind: gauge}]\n";
  CHECK(load_error(path, head + "5\n" + baseline + gauges) ==
        "c.yaml:3: stream.window: the model was trained with 4, the configuration says 5");
  CHECK(load_error(path, head + "4\n" + gauges) ==  // a default, told where it would stand
        "c.yaml:1: stream.baseline.fast: the model was trained with 20, the configuration says "
        "120");
  // An input has numbers before tokens: the KPI is told by its place in the file.
  CHECK(load_error(path, head + "4\n" + baseline +
                             "  kpis:\n    - {name: a, kind: state}\n    - {name: b}\n") ==
        "c.yaml:7: stream.kpis[1].name: the model was trained with a, the configuration says b "
        "(same KPIs in another order)");
  CHECK(load_error(path, head + "4\n" + baseline + gauges + "alarms:\n  false_alarms_per_day: 2\n")
            .starts_with("c.yaml:7: alarms.false_alarms_per_day: the model keeps no false alarms"));
}

}  // namespace loaded_model_test
}  // namespace faultprint::daemon
