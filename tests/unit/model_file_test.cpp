#include "model/model_file.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "encoder_spec.h"
#include "file_bytes.h"
#include "model/safetensors.h"

namespace faultprint::model {
namespace model_file_test {

using Json = nlohmann::json;

Matrix ramp(Eigen::Index rows, Eigen::Index cols, float from) {
  Matrix m(rows, cols);
  for (Eigen::Index i = 0; i < m.size(); ++i) m.data()[i] = from + 0.125F * static_cast<float>(i);
  return m;
}

Cluster cluster(const std::string& label, float from) {
  Cluster c;
  c.label = label;
  c.prototypes = ramp(3, 2, from);
  c.radius = 0.25F + from;
  c.scores = {0.1F, 0.5F, 2};
  c.score_count = 7;
  c.windows = 40;
  c.incidents = 4;
  c.enrolled = c.label != "normal";
  return c;
}

Model small_model() {
  EncoderSpec spec;
  spec.window = 3;
  spec.kpis = 2;
  spec.hidden = {4};
  spec.embedding = 2;
  spec.summaries = false;
  Model model;
  model.encoder = test::encoder_of(spec, {{ramp(6, 4, -1), Matrix::Constant(1, 4, 0.5F)},
                                          {ramp(4, 2, 0), Matrix::Constant(1, 2, -0.5F)}});
  model.clusters = ReferenceClusters({cluster("normal", 0), cluster("bgp \"clear\"", 1)}, 0.01, 2);
  model.references.windows = ramp(2, 6, 3);
  model.references.labels = {1, 0};
  model.reference_labels = {"normal", "x"};
  model.shapes = ShapeScores{{0.5F, 2, 3}, 8};
  model.self_test = make_self_test(model.encoder, model.references.windows);
  model.metadata = {{"input_spec", "{}"}, {"trained", "today"}};
  model.byte_blobs = {{"elements", std::string("\0\xff\x80z", 4)}, {"none", ""}};
  return model;
}

class Saved {
 public:
  Saved() {
    Model model = small_model();
    save_model(model, path());
    fingerprint = model.fingerprint;
  }
  std::string path() const { return folder_.file("m.safetensors"); }
  Safetensors file() const { return read_safetensors(path()); }
  std::string fingerprint;

  // Why a changed file is refused; "" when it is not.
  template <typename Change>
  std::string refusal(Change change) const {
    Safetensors changed = file();
    change(changed);
    const std::string other = folder_.file("changed");
    write_safetensors(changed, other);
    try {
      load_model(other);
    } catch (const ModelError& error) {
      CHECK(std::string(error.what()).starts_with(other + ": not a usable model: "));
      return error.what();
    }
    return "";
  }

 private:
  test::Folder folder_;
};

TEST_CASE("a model that was saved is loaded as it was") {
  const Saved saved;
  const Model model = small_model();
  const Model loaded = load_model(saved.path());
  CHECK(loaded.encoder.spec() == model.encoder.spec());
  const auto tensors = model.encoder.tensors();
  REQUIRE(tensors.size() == 4);
  for (std::size_t i = 0; i < 4; ++i) CHECK(loaded.encoder.tensors()[i].value == tensors[i].value);
  CHECK(loaded.clusters.alpha() == 0.01);
  REQUIRE(loaded.clusters.clusters().size() == 2);
  for (std::size_t i = 0; i < 2; ++i) {
    const Cluster& seen = loaded.clusters.clusters()[i];
    const Cluster& kept = model.clusters.clusters()[i];
    CHECK(seen.label == kept.label);
    CHECK(seen.prototypes == kept.prototypes);
    CHECK(seen.radius == kept.radius);
    CHECK(seen.scores == kept.scores);
    CHECK(seen.score_count == 7);
    CHECK(seen.windows == 40);
    CHECK(seen.incidents == 4);
    CHECK(seen.enrolled == (seen.label != "normal"));
  }
  CHECK(loaded.references.windows == model.references.windows);
  CHECK(loaded.references.labels == model.references.labels);
  CHECK(loaded.reference_labels == model.reference_labels);
  CHECK(loaded.metadata == model.metadata);
  CHECK(loaded.byte_blobs == model.byte_blobs);
  CHECK(loaded.fingerprint == saved.fingerprint);
  CHECK(loaded.fingerprint.size() == 16);
}

// A model one of whose clusters knows where its prototypes come from, but for one.
Model model_with_origins() {
  Model model = small_model();
  auto clusters = model.clusters.clusters();
  clusters[1].origins = {{"leaf \"1\"", 5}, {}, {"leaf \"1\"", 5}};
  model.clusters = ReferenceClusters(clusters, 0.01, 2);
  return model;
}

TEST_CASE("where prototypes come from is kept, each incident once") {
  const test::Folder folder;
  Model model = model_with_origins();
  save_model(model, folder.file("m"));
  const Model loaded = load_model(folder.file("m"));
  CHECK(loaded.clusters.clusters()[0].origins.empty());
  CHECK(loaded.clusters.clusters()[1].origins == model.clusters.clusters()[1].origins);
  CHECK(loaded.fingerprint == model.fingerprint);
  const Json list =
      Json::parse(read_safetensors(folder.file("m")).metadata.at("faultprint.clusters"))["list"];
  CHECK(list[1]["origins"].size() == 1);
  CHECK(list[1]["origin_of"] == Json{0, -1, 0});
}

TEST_CASE("a file from before origins were kept has none, and stays as it is") {
  const Saved saved;
  CHECK(saved.file().metadata.at("faultprint.clusters").find("origin") == std::string::npos);
  const Model loaded = load_model(saved.path());
  for (const Cluster& cluster : loaded.clusters.clusters()) CHECK(cluster.origins.empty());
}

TEST_CASE("origins that cannot be are refused") {
  const test::Folder folder;
  Model model = model_with_origins();
  save_model(model, folder.file("m"));
  for (const Json& of : {Json{0, 1, 0}, Json{0, -2, 0}, Json{0, 0}, Json{"x", 0, 0}, Json()}) {
    CAPTURE(of.dump());
    Safetensors file = read_safetensors(folder.file("m"));
    Json clusters = Json::parse(file.metadata["faultprint.clusters"]);
    clusters["list"][1]["origin_of"] = of;
    file.metadata["faultprint.clusters"] = clusters.dump();
    write_safetensors(file, folder.file("changed"));
    CHECK_THROWS_AS(load_model(folder.file("changed")), ModelError);
  }
}

TEST_CASE("an encoder of tokens is loaded as it was") {
  Model model = small_model();
  EncoderSpec spec = default_spec(EncoderKind::dense, 3, 2);
  spec.tokens = {{1, 30}, {4, 20}};
  spec.token_width = 3;
  spec.embedding = 2;
  Random random(1);
  model.encoder = Encoder(spec, make_layers(spec, {0, 0}, random));
  const test::Folder folder;
  save_model(model, folder.file("m"));
  const Model loaded = load_model(folder.file("m"));
  CHECK(loaded.encoder.spec() == spec);
  CHECK(loaded.fingerprint == model.fingerprint);
  for (std::size_t i = 0; i < model.encoder.tensors().size(); ++i)
    CHECK(loaded.encoder.tensors()[i].value == model.encoder.tensors()[i].value);
}

TEST_CASE("further convolutions are loaded as they were, and named only where there are any") {
  const auto saved = [](int window, const std::string& path) {
    Model model = small_model();
    EncoderSpec spec = default_spec(EncoderKind::conv, window, 2);
    spec.channels = 8;
    spec.embedding = 2;
    Random random(1);
    model.encoder = Encoder(spec, make_layers(spec, {0, 0}, random));
    model.references.windows = ramp(2, 2 * window, 0);
    model.self_test = make_self_test(model.encoder, model.references.windows);
    save_model(model, path);
    return model;
  };
  const test::Folder folder;
  const std::string path = folder.file("m");
  const Model model = saved(120, path);
  const Model loaded = load_model(path);
  CHECK(loaded.encoder.spec().further_convolutions == 2);
  CHECK(loaded.encoder.spec() == model.encoder.spec());
  CHECK(loaded.fingerprint == model.fingerprint);
  CHECK(self_test_deviation(loaded.encoder, *loaded.self_test) == 0);
  // Another number of layers than there are tensors of.
  for (const char* number : {"0", "1", "3", "16", "-1", "2000000000", "2.5", "null", "\"2\""}) {
    CAPTURE(number);
    Safetensors file = read_safetensors(path);
    std::string& header = file.metadata.at("faultprint.encoder");
    const std::string key = "\"further_convolutions\":";
    const std::size_t at = header.find(key + "2");
    REQUIRE(at != std::string::npos);
    header.replace(at + key.size(), 1, number);
    write_safetensors(file, folder.file("changed"));
    if (number != std::string("2.5"))  // JSON's numbers are cut to whole ones
      CHECK_THROWS_AS(load_model(folder.file("changed")), ModelError);
  }
  saved(12, path);
  CHECK(read_safetensors(path).metadata.at("faultprint.encoder").find("further") ==
        std::string::npos);
}

TEST_CASE("a file from before shapes were kept is loaded without") {
  const Saved saved;
  Safetensors file = saved.file();
  file.tensors.erase("familiarity.scores");
  file.metadata.erase("faultprint.familiarity");
  const test::Folder folder;
  write_safetensors(file, folder.file("old"));
  CHECK_FALSE(load_model(folder.file("old")).shapes);
  const Model loaded = load_model(saved.path());
  REQUIRE(loaded.shapes);
  CHECK(loaded.shapes->kept == std::vector<float>{0.5F, 2, 3});
  CHECK(loaded.shapes->count == 8);
}

TEST_CASE("a file from before there were self-tests is loaded without") {
  const Saved saved;
  Safetensors file = saved.file();
  file.tensors.erase("self_test.windows");
  file.tensors.erase("self_test.embeddings");
  const test::Folder folder;
  write_safetensors(file, folder.file("old"));
  CHECK_FALSE(load_model(folder.file("old")).self_test);
  const Model loaded = load_model(saved.path());
  REQUIRE(loaded.self_test);
  CHECK(loaded.self_test->windows == small_model().references.windows);
  CHECK(self_test_deviation(loaded.encoder, *loaded.self_test) == 0);
}

TEST_CASE("a file of numbers alone says of tokens what it said before there were any") {
  const Saved saved;
  CHECK(saved.file().metadata.at("faultprint.encoder").find("\"tokens\":0") != std::string::npos);
}

TEST_CASE("saving what was loaded gives the same bytes") {
  const Saved saved;
  Model loaded = load_model(saved.path());
  const test::Folder folder;
  save_model(loaded, folder.file("again"));
  CHECK(test::read_bytes(folder.file("again")) == test::read_bytes(saved.path()));
}

TEST_CASE("the fingerprint changes with a weight, a prototype, a score and the metadata") {
  const test::Folder folder;
  std::set<std::string> seen;
  const auto fingerprint = [&](auto&& change) {
    Model model = small_model();
    change(model);
    save_model(model, folder.file("m"));
    CHECK(load_model(folder.file("m")).fingerprint == model.fingerprint);
    return model.fingerprint;
  };
  seen.insert(fingerprint([](Model&) {}));
  CHECK(seen.count(fingerprint([](Model&) {})) == 1);
  seen.insert(fingerprint([](Model& m) {
    auto tensors = m.encoder.tensors();
    float& weight = tensors[2].value(3, 1);
    weight = std::nextafter(weight, 9.0F);
    m.encoder = Encoder(m.encoder.spec(), tensors);
  }));
  const auto with_cluster = [](Model& m, auto&& change) {
    auto clusters = m.clusters.clusters();
    change(clusters[1]);
    m.clusters = ReferenceClusters(clusters, 0.01, 2);
  };
  seen.insert(fingerprint(
      [&](Model& m) { with_cluster(m, [](Cluster& c) { c.prototypes(0, 0) += 0.5F; }); }));
  seen.insert(fingerprint([&](Model& m) { with_cluster(m, [](Cluster& c) { c.scores[2] = 3; }); }));
  seen.insert(fingerprint([](Model& m) { m.metadata["trained"] = "later"; }));
  seen.insert(fingerprint([](Model& m) { m.byte_blobs["elements"][0] = 'x'; }));
  CHECK(seen.size() == 6);
}

TEST_CASE("a model file cut at any length is refused") {
  const Saved saved;
  const std::string bytes = test::read_bytes(saved.path());
  const test::Folder folder;
  for (std::size_t length = 0; length < bytes.size(); length += length < 16 ? 1 : 13) {
    test::write_bytes(folder.file("cut"), bytes.substr(0, length));
    REQUIRE_THROWS_AS(load_model(folder.file("cut")), ModelError);
  }
}

TEST_CASE("a file without any one of its tensors or of its own metadata is refused") {
  const Saved saved;
  for (const auto& [name, tensor] : saved.file().tensors) {
    if (name.starts_with("blob.")) continue;
    const std::string& missing = name;
    CAPTURE(name);
    CHECK(saved.refusal([&](Safetensors& f) { f.tensors.erase(missing); }).find(name) !=
          std::string::npos);
  }
  for (const char* key : {"encoder", "clusters", "reference_labels"})
    CHECK_FALSE(
        saved.refusal([&](Safetensors& f) { f.metadata.erase("faultprint." + std::string(key)); })
            .empty());
  CHECK_FALSE(saved.refusal([](Safetensors& f) { f.metadata["faultprint.format"] = "2"; }).empty());
}

TEST_CASE("tensors of another type or rank are refused") {
  const Saved saved;
  for (const auto& [name, tensor] : saved.file().tensors) {
    if (name.starts_with("blob.")) continue;
    const std::string& which = name;
    CAPTURE(name);
    CHECK_FALSE(saved
                    .refusal([&](Safetensors& f) {
                      f.tensors[which].dtype = tensor.dtype == "F32" ? "U32" : "F32";
                    })
                    .empty());
    CHECK_FALSE(
        saved.refusal([&](Safetensors& f) { f.tensors[which].shape.push_back(1); }).empty());
  }
}

TEST_CASE("NaN and infinity are refused wherever they stand") {
  const Saved saved;
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    for (const auto& [name, tensor] : saved.file().tensors) {
      if (tensor.dtype != "F32") continue;
      const std::string& which = name;
      CAPTURE(name);
      CHECK_FALSE(saved
                      .refusal([&](Safetensors& f) {
                        std::memcpy(f.tensors[which].bytes.data(), &bad, sizeof bad);
                      })
                      .empty());
    }
  }
}

TEST_CASE("what does not fit together is refused") {
  const Saved saved;
  const auto with = [&](const std::string& key, auto&& change) {
    return saved.refusal([&](Safetensors& f) {
      Json json = Json::parse(f.metadata.at("faultprint." + key));
      change(json);
      f.metadata["faultprint." + key] = json.dump();
    });
  };
  CHECK(with("encoder", [](Json&) {}).empty());
  CHECK_FALSE(with("encoder", [](Json& j) { j["kind"] = "conv"; }).empty());
  CHECK_FALSE(with("encoder", [](Json& j) { j["window"] = 4; }).empty());
  CHECK_FALSE(with("encoder", [](Json& j) {
                j["window"] = -3;
                j["kpis"] = -2;
              }).empty());
  CHECK_FALSE(with("encoder", [](Json& j) { j["window"] = 1 << 30; }).empty());
  CHECK_FALSE(with("encoder", [](Json& j) { j["hidden"] = {5}; }).empty());
  CHECK_FALSE(with("encoder", [](Json& j) { j["hidden"] = Json::array(); }).empty());
  CHECK_FALSE(with("encoder", [](Json& j) { j["summaries"] = true; }).empty());
  CHECK_FALSE(with("encoder", [](Json& j) { j["embedding"] = 3; }).empty());
  CHECK_FALSE(with("encoder", [](Json& j) { j = Json::array(); }).empty());
  CHECK_FALSE(with("clusters", [](Json& j) { j["list"] = Json::array(); }).empty());
  CHECK_FALSE(with("clusters", [](Json& j) { j["list"][1]["label"] = "normal"; }).empty());
  CHECK_FALSE(with("clusters", [](Json& j) { j["list"][0]["radius"] = 0; }).empty());
  CHECK_FALSE(with("clusters", [](Json& j) { j["list"][0]["radius"] = nullptr; }).empty());
  CHECK_FALSE(with("clusters", [](Json& j) { j["list"][0]["score_count"] = 2; }).empty());
  CHECK_FALSE(with("clusters", [](Json& j) { j["alpha"] = 1; }).empty());
  CHECK_FALSE(with("reference_labels", [](Json& j) { j = {"normal"}; }).empty());
  CHECK_FALSE(saved
                  .refusal([](Safetensors& f) {
                    f.tensors["references.labels"] = {"I32", {1}, std::string(4, '\0')};
                  })
                  .empty());
  CHECK_FALSE(saved
                  .refusal([](Safetensors& f) {
                    f.tensors["references.labels"].bytes.assign(8, '\xff');  // -1
                  })
                  .empty());
}

TEST_CASE(
    "the calibration of pairs is kept, a model without one loads, one that cannot be does not") {
  const test::Folder folder;
  Model model = small_model();
  save_model(model, folder.file("without"));
  CHECK_FALSE(load_model(folder.file("without")).pairs);
  model.pairs = PairCalibration{2.5, 0.1, 3, 40, 500};
  save_model(model, folder.file("with"));
  const auto pairs = load_model(folder.file("with")).pairs;
  REQUIRE(pairs);
  CHECK(pairs->slope == 2.5);
  CHECK(pairs->bias == 0.1);
  CHECK(pairs->same == 3);
  CHECK(pairs->different == 40);
  CHECK(pairs->windows == 500);
  for (const char* wrong : {"{}", "[",
                            R"({"slope":-1,"bias":0,"same_pairs":1,"different_pairs":1,)"
                            R"("window_pairs":2})"}) {
    Safetensors file = read_safetensors(folder.file("with"));
    file.metadata["faultprint.pair_calibration"] = wrong;
    write_safetensors(file, folder.file("wrong"));
    CHECK_THROWS_AS(load_model(folder.file("wrong")), ModelError);
  }
}

TEST_CASE("a safetensors file of somebody else is refused with a hint") {
  const test::Folder folder;
  Safetensors other;
  other.tensors["weight"] = {"F32", {1}, "1234"};
  write_safetensors(other, folder.file("other"));
  try {
    load_model(folder.file("other"));
    FAIL("accepted");
  } catch (const ModelError& error) {
    CHECK(std::string(error.what()).find("not written by faultprint") != std::string::npos);
  }
}

}  // namespace model_file_test
}  // namespace faultprint::model
