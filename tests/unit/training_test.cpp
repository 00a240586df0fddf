#include "daemon/training.h"

#include <doctest/doctest.h>

#include "daemon/model_card.h"
#include "error_of.h"
#include "file_bytes.h"
#include "hand_made_model.h"
#include "wave_history.h"

namespace faultprint::daemon {
namespace training_test {

TEST_CASE("the same history, options and seed give the same file, byte for byte") {
  const test::Folder folder;
  test::write_bytes(folder.file("h.csv"),
                    test::wave_csv(300, {"e1", "e2", "e3", "e4"}, [](const auto&, int slot) {
                      return std::pair{slot % 100 >= 60 && slot % 100 < 72 ? 20 : 0, 0};
                    }));
  test::write_bytes(folder.file("i.csv"),
                    "element,start,end,fault_type\n*,10600,10720,loss\n*,11600,11720,loss\n"
                    "*,12600,12720,loss\n");
  TrainRequest request;
  request.files = {{folder.file("h.csv")}, {folder.file("i.csv")}};
  request.hidden = {8};
  request.options.epochs = 2;
  request.progress = [](double) {};
  config::Config config = test::hand_made_config();
  config.group().stream.baseline.start = 20;
  const auto train = [&](const std::string& name, std::uint64_t seed) {
    request.out = folder.file(name);
    request.options.seed = seed;
    return train_model(config, request).fingerprint;
  };
  const std::string first = train("a", 1);
  CHECK(train("b", 1) == first);
  CHECK(test::read_bytes(folder.file("a")) == test::read_bytes(folder.file("b")));
  CHECK(train("c", 2) != first);
}

TEST_CASE("the encoder is universal where nothing has a label, unless another is asked for") {
  const test::Folder folder;
  test::write_bytes(folder.file("h.csv"),
                    test::wave_csv(300, {"e1", "e2", "e3", "e4"}, [](const auto&, int slot) {
                      return std::pair{slot % 100 >= 60 && slot % 100 < 72 ? 20 : 0, 0};
                    }));
  TrainRequest request;
  request.files = {{folder.file("h.csv")}, {}};
  request.hidden = {8};
  request.options.epochs = 1;
  request.options.steps_per_epoch = 4;
  request.progress = [](double) {};
  config::Config config = test::hand_made_config();
  config.group().stream.baseline.start = 20;
  const auto kind = [&](const std::vector<ingest::Incident>& rows) {
    return learn(config, request, ingest::Incidents(rows, config.group().stream.period))
        .model.model.encoder.spec()
        .kind;
  };
  std::vector<ingest::Incident> rows(1);
  rows[0] = {"*", 10600000000, 10720000000, "loss"};
  CHECK(kind({}) == model::EncoderKind::universal);
  CHECK(kind(rows) == model::EncoderKind::dense);
  request.encoder = "dense";
  CHECK(kind({}) == model::EncoderKind::dense);
  request.encoder = "universal";
  CHECK(kind(rows) == model::EncoderKind::universal);
}

TEST_CASE("options that cannot be are told before the history is read") {
  TrainRequest request;
  request.files = {{"/nowhere.csv"}, {}};
  request.options.loss.lossless.beta = 3;
  request.encoder = "dense";
  const auto error = [&] {
    return test::error_of([&] {
      learn(test::hand_made_config(), request,
            ingest::Incidents({}, test::hand_made_config().group().stream.period));
    });
  };
  CHECK(error().starts_with("E_BETA_LT_N: beta is 3"));
  request.options.loss.lossless.beta = 0;
  CHECK(error().find("/nowhere.csv") != std::string::npos);
}

TEST_CASE("the card of an older version says how long its training took, a new one does not") {
  CHECK(card_text(R"({"seed": 7, "seconds": 12.4})").find("seed 7, in 12") != std::string::npos);
  const std::string text = card_text(R"({"seed": 7})");
  CHECK(text.find("seed 7\n") != std::string::npos);
  CHECK(text.find(" in ") == std::string::npos);
}

}  // namespace training_test
}  // namespace faultprint::daemon
