// States and texts the whole way, through the functions of the commands.
#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "daemon/evaluation_run.h"
#include "daemon/pairs.h"
#include "daemon/training.h"
#include "file_bytes.h"
#include "ingest/tokens.h"
#include "model/trainer.h"

namespace faultprint::daemon {
namespace categorical_test {

// Two ports and their supervisor; a load that knows nothing of faults. From time to time a port's
// state becomes DEGRADED for 20 slots and the load goes on as ever. Ports go down for a slot or two
// in normal life.
std::string history(int slots, std::uint64_t seed, std::string& incidents) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal(0, 1);
  std::string csv = "time,element,load,oper_state\n";
  incidents = "element,start,end,fault_type\n";
  for (const char* element : {"p1", "p2"}) {
    const int phase = element[1] == '1' ? 60 : 110;
    for (int slot = 0; slot < slots; ++slot) {
      const bool fault = slot >= 100 && slot % 100 >= phase % 100 && slot % 100 < phase % 100 + 20;
      const std::string state = fault ? "DEGRADED" : random() % 40 == 0 ? "TESTING" : "UP";
      const int time = 1000000 + slot * 10;
      csv += std::to_string(time) + "," + element + "," + std::to_string(50 + normal(random)) +
             "," + state + "\n";
      if (fault && slot % 100 == phase % 100)
        incidents += std::string(element) + "," + std::to_string(time) + "," +
                     std::to_string(time + 200) + ",degraded\n";
    }
  }
  return csv;
}

config::Config port_config() {
  return config::parse(
      "stream:\n"
      "  period: 10s\n"
      "  window: 6\n"
      "  kpis: [{name: oper_state, kind: state}, {name: load}]\n"
      "  baseline: {fast: 120, start: 20}\n"
      "alarms: {raise: 3/4, clear: 6}\n",
      "ports.yaml");
}

TEST_CASE("a fault that shows in a state code alone is learned and named, as long as it lasts") {
  const test::Folder folder;
  const auto write = [&](const std::string& name, int slots, std::uint64_t seed) {
    std::string incidents;
    test::write_bytes(folder.file(name + ".csv"), history(slots, seed, incidents));
    test::write_bytes(folder.file(name + "_incidents.csv"), incidents);
    return DataFiles{{folder.file(name + ".csv")}, {folder.file(name + "_incidents.csv")}};
  };
  const config::Config config = port_config();
  TrainRequest request;
  request.files = write("train", 800, 1);
  request.out = folder.file("model");
  request.hidden = {32};
  request.options.epochs = 4;
  train_model(config, request);
  const ModelPointer model = load_model(request.out, config);
  CHECK(model->calm_deviation == 2.0F);  // the fault is not calm, so nothing gives way
  const DataFiles later = write("later", 800, 2);
  const EvaluationResult result = evaluate_model(config, model, later, {});
  CHECK(result.model.incidents.incidents.size() == 14);
  CHECK(result.model.incidents.named == 14);
  CHECK(result.model.incidents.false_alarms.empty());
  CHECK(result.model.all.macro_f1 > 0.9);
  CHECK(result.warnings.empty());

  // A row that means nothing of the history is told, be it the only one.
  const std::string header = "element,start,end,fault_type\n";
  const std::string strange = folder.file("strange.csv");
  test::write_bytes(strange, header + "nowhere,1700000000,1700000100,degraded\n");
  DataFiles more = later;
  more.incidents.push_back(strange);
  const EvaluationResult again = evaluate_model(config, model, more, {});
  REQUIRE(again.warnings.size() == 1);
  CHECK(again.warnings[0].find(strange + ":2: no element of the data is \"nowhere\"") !=
        std::string::npos);
  CHECK(again.model.incidents.incidents.size() == 14);
  more.incidents = {strange};
  const EvaluationResult quiet = evaluate_model(config, model, more, {});
  REQUIRE(quiet.warnings.size() == 1);
  CHECK(quiet.warnings[0].starts_with("W_UNMATCHED: no incident fits the history: "));
  CHECK(quiet.model.incidents.incidents.empty());
  // All are normal now, and those called degraded weigh as a class of their own.
  const auto& classes = quiet.model.all.per_class;
  CHECK(classes[1].support == 0);
  CHECK(classes[1].predicted > 0);
  CHECK(quiet.model.all.macro_f1 == doctest::Approx(classes[0].f1 / 2));
  CHECK(quiet.baselines.at("1nn").all.macro_f1 < 0.6);

  const EvaluationResult none = evaluate_model(config, model, write("short", 5, 3), {});
  CHECK(none.model.all.windows == 0);
  REQUIRE(none.warnings.size() == 1);
  CHECK(none.warnings[0].starts_with("W_NOTHING_SCORED: "));
}

TEST_CASE("vectors from a file are where training starts, and where they are frozen it ends") {
  const test::Folder folder;
  std::string incidents;
  test::write_bytes(folder.file("h.csv"), history(300, 1, incidents));
  test::write_bytes(folder.file("i.csv"), incidents);
  test::write_bytes(folder.file("v.txt"), "UP 0.5 -2\nDEGRADED 3 4\n");
  TrainRequest request;
  request.files = {{folder.file("h.csv")}, {folder.file("i.csv")}};
  request.out = folder.file("model");
  request.hidden = {8};
  request.options.epochs = 1;
  request.token_vectors = folder.file("v.txt");
  for (const bool freeze : {true, false}) {
    request.freeze_tokens = freeze;
    train_model(port_config(), request);
    const ModelPointer model = load_model(request.out, port_config());
    CHECK(model->model.encoder.spec().token_width == 2);
    const auto tensors = model->model.encoder.tensors();
    REQUIRE(tensors[0].name == "0.vectors");
    const int up = ingest::token_of(model->input.kpis[1], "UP");
    CHECK((tensors[0].value(up, 0) == 0.5F && tensors[0].value(up, 1) == -2) == freeze);
    CHECK(tensors[0].value(up, 0) == doctest::Approx(0.5).epsilon(0.2));
  }
  request.token_width = 3;
  const std::string message =
      folder.file("v.txt") + ":1: the vectors have 2 numbers where 3 are wanted";
  CHECK_THROWS_WITH_AS(train_model(port_config(), request), message.c_str(), std::runtime_error);
}

// --- a character-level siamese network on names ---

std::string base_name(std::mt19937_64& random) {
  static const std::vector<std::string> kSyllables = {
      "bar", "ne",  "lo",  "kim", "ra",  "tos", "vel", "du", "mi",  "sha",
      "po",  "gre", "tan", "wi",  "zor", "fen", "ha",  "ly", "cas", "bru"};
  std::string name;
  for (int word = 0; word < 2; ++word) {
    if (word == 1) name += ' ';
    const int syllables = 2 + static_cast<int>(random() % 2);
    for (int i = 0; i < syllables; ++i) name += kSyllables[random() % kSyllables.size()];
  }
  return name;
}

// One or two slips of a typist: letters swapped, dropped or doubled.
std::string mistyped(std::string name, std::mt19937_64& random) {
  for (auto slips = 1 + random() % 2; slips > 0; --slips) {
    const std::size_t at = random() % (name.size() - 1);
    switch (random() % 3) {
      case 0:
        std::swap(name[at], name[at + 1]);
        break;
      case 1:
        name.erase(at, 1);
        break;
      default:
        name.insert(at, 1, name[at]);
    }
  }
  return name;
}

// Each name is the only record of an element of its own; pairs are named by element and time.
struct NamePairs {
  std::string history = "time,element,name\n";
  std::string pairs = "element_a,time_a,element_b,time_b,same\n";
  int names = 0;

  std::string add(const std::string& name) {
    const std::string element = "n" + std::to_string(names++);
    history += "1005," + element + ",\"" + name + "\"\n";
    return element + ",1005";
  }
};

// Half of the pairs are one name twice, half two names; every base name is made anew.
NamePairs made_up_pairs(int count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  NamePairs made;
  for (int i = 0; i < count; ++i) {
    const std::string name = base_name(random);
    const std::string other = i % 2 == 0 ? name : base_name(random);
    const std::string a = made.add(mistyped(name, random));
    made.pairs += a + "," + made.add(mistyped(other, random)) + (i % 2 == 0 ? ",1\n" : ",0\n");
  }
  return made;
}

const char* const kNameConfig =
    "stream:\n"
    "  period: 10s\n"
    "  window: 2\n"
    "  kpis: [{name: name, kind: text, tokens: characters, length: 18}]\n"
    "  baseline: none\n";

struct Names {
  Dataset data;
  model::TrainingPairs pairs;
};

Names read_names(const NamePairs& made) {
  const test::Folder folder;
  test::write_bytes(folder.file("h.csv"), made.history);
  test::write_bytes(folder.file("p.csv"), made.pairs);
  const config::Config config = config::parse(kNameConfig, "names.yaml");
  Names names;
  names.data =
      read_dataset(config, {{folder.file("h.csv")}, {}}, ingest::Incidents(), DatasetOptions{}, {});
  names.pairs = read_pairs(config, names.data.input, {folder.file("h.csv")}, folder.file("p.csv"));
  return names;
}

std::vector<float> distances_of(const model::Encoder& encoder, const model::TrainingPairs& pairs) {
  model::Encoder::Scratch scratch;
  const model::Matrix embeddings = encoder.embed(pairs.windows, scratch);
  std::vector<float> distances;
  for (Eigen::Index i = 0; i < embeddings.rows(); i += 2)
    distances.push_back((embeddings.row(i) - embeddings.row(i + 1)).norm());
  return distances;
}

double share_right(const std::vector<float>& distances, const std::vector<std::uint8_t>& same,
                   float threshold) {
  int right = 0;
  for (std::size_t i = 0; i < same.size(); ++i)
    right += (distances[i] <= threshold) == (same[i] != 0) ? 1 : 0;
  return right / static_cast<double>(same.size());
}

TEST_CASE("a character-level siamese network tells mistyped names it never saw") {
  const Names training = read_names(made_up_pairs(1500, 1));
  model::TrainOptions options;
  options.encoder = model::default_spec(model::EncoderKind::bilstm, training.data.input.window, 0);
  options.encoder.tokens = token_columns(training.data.input);
  options.encoder.units = 24;
  options.pairs = training.pairs;
  options.validation_share = 0;
  options.windows_per_batch = 64;
  options.epochs = 8;
  const model::TrainResult result = model::train(training.data.windows, options, {});

  // The threshold comes from pairs that took no part in training.
  const Names calibration = read_names(made_up_pairs(200, 2));
  const auto known = distances_of(result.encoder, calibration.pairs);
  float threshold = 0;
  for (const float candidate : known)
    if (share_right(known, calibration.pairs.same, candidate) >
        share_right(known, calibration.pairs.same, threshold))
      threshold = candidate;
  const Names unseen = read_names(made_up_pairs(400, 3));
  const double right =
      share_right(distances_of(result.encoder, unseen.pairs), unseen.pairs.same, threshold);
  CHECK(right >= 0.9);
}

TEST_CASE("without a number, a label or a pair there is nothing to learn from") {
  const Names names = read_names(made_up_pairs(10, 1));
  model::TrainOptions options;
  options.encoder = model::default_spec(model::EncoderKind::bilstm, 2, 0);
  options.encoder.tokens = token_columns(names.data.input);
  CHECK_THROWS_WITH_AS(model::train(names.data.windows, options, {}),
                       "E_NO_NUMBERS: made-up faults move KPIs that are numbers, and there are "
                       "states and texts alone: learn from labelled incidents or pairs, without "
                       "signatures",
                       std::invalid_argument);
}

}  // namespace categorical_test
}  // namespace faultprint::daemon
