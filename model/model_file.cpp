#include "model/model_file.h"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <nlohmann/json.hpp>

#include "model/origin_json.h"
#include "model/safetensors.h"
#include "model/tensor_io.h"

namespace faultprint::model {
namespace {

using Json = nlohmann::json;
constexpr const char* kFormat = "1";
constexpr const char* kOwn = "faultprint.";
constexpr const char* kBlob = "blob.";
constexpr const char* kFurther = "further_convolutions";

Json own_metadata(const Safetensors& file, const std::string& key) {
  const auto found = file.metadata.find(kOwn + key);
  if (found == file.metadata.end())
    throw std::invalid_argument("its header lacks " + std::string(kOwn) + key +
                                ": it was not written by faultprint");
  return Json::parse(found->second);
}

// 0 where there are none, as files had it before there were any.
Json token_json(const std::vector<TokenColumns>& tokens) {
  if (tokens.empty()) return 0;
  Json list = Json::array();
  for (const TokenColumns& kpi : tokens)
    list.push_back({{"length", kpi.length}, {"buckets", kpi.buckets}});
  return list;
}

std::vector<TokenColumns> tokens_of(const Json& json) {
  std::vector<TokenColumns> tokens;
  if (json == 0) return tokens;
  for (const Json& kpi : json)
    tokens.push_back({kpi.at("length").get<int>(), kpi.at("buckets").get<int>()});
  return tokens;
}

void put_encoder(const Encoder& encoder, Safetensors& file) {
  const EncoderSpec& spec = encoder.spec();
  Json header = {{"kind", name(spec.kind)},
                 {"window", spec.window},
                 {"kpis", spec.kpis},
                 {"hidden", spec.hidden},
                 {"embedding", spec.embedding},
                 {"summaries", spec.summaries},
                 {"channels", spec.channels},
                 {"units", spec.units},
                 {"tokens", token_json(spec.tokens)},
                 {"token_width", spec.token_width},
                 {"output", name(spec.output)}};
  // Where there are any, so that other files are what they were before there could be.
  if (spec.further_convolutions > 0) header[kFurther] = spec.further_convolutions;
  file.metadata["faultprint.encoder"] = header.dump();
  for (const NamedTensor& t : encoder.tensors())
    file.tensors["encoder." + t.name] =
        t.value.rows() == 1 ? tensor_of(t.value.data(), {t.value.cols()}) : tensor_of(t.value);
}

Encoder get_encoder(const Safetensors& file) {
  const Json header = own_metadata(file, "encoder");
  EncoderSpec spec;
  spec.kind = encoder_kind(header.at("kind").get<std::string>());
  spec.window = header.at("window").get<int>();
  spec.kpis = header.at("kpis").get<int>();
  spec.hidden = header.at("hidden").get<std::vector<int>>();
  spec.embedding = header.at("embedding").get<int>();
  spec.summaries = header.at("summaries").get<bool>();
  spec.channels = header.at("channels").get<int>();
  spec.further_convolutions = header.value(kFurther, 0);
  spec.units = header.at("units").get<int>();
  spec.tokens = tokens_of(header.at("tokens"));
  spec.token_width = header.at("token_width").get<int>();
  spec.output = encoder_output(header.at("output").get<std::string>());
  const std::string prefix = "encoder.";
  std::vector<NamedTensor> tensors;
  for (const auto& [name, t] : file.tensors) {
    if (name.rfind(prefix, 0) != 0) continue;
    NamedTensor named{name.substr(prefix.size()), {}};
    if (t.shape.size() == 1) {
      const std::vector<float> values = floats(file, name);
      named.value =
          Eigen::Map<const Matrix>(values.data(), 1, static_cast<Eigen::Index>(values.size()));
    } else {
      named.value = matrix(file, name);
    }
    tensors.push_back(std::move(named));
  }
  return {std::move(spec), tensors};
}

void put_clusters(const ReferenceClusters& clusters, Safetensors& file) {
  Json list = Json::array();
  for (std::size_t c = 0; c < clusters.clusters().size(); ++c) {
    const Cluster& cluster = clusters.clusters()[c];
    list.push_back({{"label", cluster.label},
                    {"radius", cluster.radius},
                    {"nearest", cluster.nearest},
                    {"limit", cluster.limit},
                    {"score_count", cluster.score_count},
                    {"windows", cluster.windows},
                    {"incidents", cluster.incidents}});
    put_origins(cluster, list.back());
    if (cluster.enrolled) list.back()["enrolled"] = true;
    const std::string name = "cluster." + std::to_string(c);
    file.tensors[name + ".prototypes"] = tensor_of(cluster.prototypes);
    file.tensors[name + ".scores"] =
        tensor_of(cluster.scores.data(), {static_cast<std::int64_t>(cluster.scores.size())});
  }
  file.metadata["faultprint.clusters"] = Json{{"alpha", clusters.alpha()}, {"list", list}}.dump();
}

ReferenceClusters get_clusters(const Safetensors& file, int dimension) {
  const Json header = own_metadata(file, "clusters");
  std::vector<Cluster> clusters;
  for (const Json& entry : header.at("list")) {
    const std::string name = "cluster." + std::to_string(clusters.size());
    Cluster cluster;
    cluster.label = entry.at("label").get<std::string>();
    cluster.radius = entry.at("radius").get<float>();
    cluster.nearest = entry.value("nearest", 1);  // as files before it was kept
    cluster.limit = entry.at("limit").get<float>();
    cluster.origins = get_origins(entry);
    cluster.score_count = entry.at("score_count").get<std::int64_t>();
    cluster.windows = entry.at("windows").get<std::int64_t>();
    cluster.incidents = entry.at("incidents").get<std::int64_t>();
    cluster.enrolled = entry.value("enrolled", false);  // files before it was kept do not tell
    cluster.prototypes = matrix(file, name + ".prototypes");
    cluster.scores = floats(file, name + ".scores");
    clusters.push_back(std::move(cluster));
  }
  if (clusters.empty()) throw std::invalid_argument("it has no reference cluster");
  return {std::move(clusters), header.at("alpha").get<double>(), dimension};
}

void put_references(const Model& model, Safetensors& file) {
  const auto& labels = model.references.labels;
  file.metadata["faultprint.reference_labels"] = Json(model.reference_labels).dump();
  file.tensors["references.windows"] = tensor_of(model.references.windows);
  file.tensors["references.labels"] = {
      "I32",
      {static_cast<std::int64_t>(labels.size())},
      std::string(reinterpret_cast<const char*>(labels.data()), labels.size() * sizeof(int))};
}

void get_references(const Safetensors& file, Model& model) {
  model.reference_labels = own_metadata(file, "reference_labels").get<std::vector<std::string>>();
  model.references.windows = matrix(file, "references.windows");
  const std::string name = "references.labels";
  const Tensor& t = tensor(file, name, "I32", 1);
  model.references.labels.resize(t.bytes.size() / sizeof(int));
  std::memcpy(model.references.labels.data(), t.bytes.data(), t.bytes.size());
  if (static_cast<Eigen::Index>(model.references.labels.size()) != model.references.windows.rows())
    throw std::invalid_argument("its reference windows and labels differ in number");
  if (model.references.labels.empty()) throw std::invalid_argument("it has no reference windows");
  for (const int label : model.references.labels)
    if (label < 0 || label >= static_cast<int>(model.reference_labels.size()))
      throw std::invalid_argument("a reference window has no label");
}

void put_pairs(const std::optional<PairCalibration>& pairs, Safetensors& file) {
  if (!pairs) return;
  file.metadata["faultprint.pair_calibration"] = Json{
      {"slope", pairs->slope},
      {"bias", pairs->bias},
      {"same_pairs", pairs->same},
      {"different_pairs", pairs->different},
      {"window_pairs", pairs->windows}}.dump();
}

// Older files have none.
std::optional<PairCalibration> get_pairs(const Safetensors& file) {
  const char* key = "pair_calibration";
  if (file.metadata.count(std::string(kOwn) + key) == 0) return std::nullopt;
  const Json header = own_metadata(file, key);
  PairCalibration pairs;
  pairs.slope = header.at("slope").get<double>();
  pairs.bias = header.at("bias").get<double>();
  pairs.same = header.at("same_pairs").get<std::int64_t>();
  pairs.different = header.at("different_pairs").get<std::int64_t>();
  pairs.windows = header.at("window_pairs").get<std::int64_t>();
  if (!std::isfinite(pairs.slope) || !std::isfinite(pairs.bias) || pairs.slope < 0 ||
      pairs.same < 1 || pairs.different < 1)
    throw std::invalid_argument("its pair calibration cannot be");
  return pairs;
}

constexpr const char* kShapeScores = "familiarity.scores";

void put_shapes(const std::optional<ShapeScores>& shapes, Safetensors& file) {
  if (!shapes) return;
  file.metadata["faultprint.familiarity"] =
      Json{{"count", shapes->count}, {"slots", Familiarity::kNewest}}.dump();
  file.tensors[kShapeScores] =
      tensor_of(shapes->kept.data(), {static_cast<std::int64_t>(shapes->kept.size())});
}

// Older files have none, or one whose scores were cut otherwise.
std::optional<ShapeScores> get_shapes(const Safetensors& file) {
  const char* key = "familiarity";
  if (file.metadata.count(std::string(kOwn) + key) == 0 ||
      file.tensors.count("familiarity.greatest") > 0)
    return std::nullopt;
  const Json header = own_metadata(file, key);
  if (header.at("slots").get<int>() != Familiarity::kNewest)
    throw std::invalid_argument("its familiarity is of other slots than this version's");
  return ShapeScores{floats(file, kShapeScores), header.at("count").get<std::int64_t>()};
}

void put_self_test(const std::optional<SelfTest>& test, Safetensors& file) {
  if (!test) return;
  file.tensors["self_test.windows"] = tensor_of(test->windows);
  file.tensors["self_test.embeddings"] = tensor_of(test->embeddings);
}

// Older files have none.
std::optional<SelfTest> get_self_test(const Safetensors& file) {
  if (file.tensors.count("self_test.windows") + file.tensors.count("self_test.embeddings") == 0)
    return std::nullopt;
  return SelfTest{matrix(file, "self_test.windows"), matrix(file, "self_test.embeddings")};
}

// FNV-1a, 64 bit: tells versions apart, proves nothing.
std::string fingerprint_of(const std::string& bytes) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
  return text;
}

Safetensors to_file(const Model& model) {
  Safetensors file;
  file.metadata = model.metadata;
  file.metadata["faultprint.format"] = kFormat;
  put_encoder(model.encoder, file);
  put_clusters(model.clusters, file);
  put_references(model, file);
  put_shapes(model.shapes, file);
  put_self_test(model.self_test, file);
  put_pairs(model.pairs, file);
  for (const auto& [name, bytes] : model.byte_blobs)
    file.tensors[kBlob + name] = {"U8", {static_cast<std::int64_t>(bytes.size())}, bytes};
  return file;
}

}  // namespace

void save_model(Model& model, const std::string& path) {
  const Safetensors file = to_file(model);
  model.fingerprint = fingerprint_of(to_bytes(file));
  write_safetensors(file, path);
}

Model load_model(const std::string& path) {
  const Safetensors file = read_safetensors(path);
  try {
    if (const auto format = file.metadata.find("faultprint.format");
        format != file.metadata.end() && format->second != kFormat)
      throw std::invalid_argument("it has format " + format->second + " and this version reads " +
                                  kFormat);
    Model model;
    model.encoder = get_encoder(file);
    model.clusters = get_clusters(file, model.encoder.spec().width());
    get_references(file, model);
    model.shapes = get_shapes(file);
    model.self_test = get_self_test(file);
    model.pairs = get_pairs(file);
    for (const auto& [key, value] : file.metadata)
      if (key.rfind(kOwn, 0) != 0) model.metadata[key] = value;
    for (const auto& [name, t] : file.tensors)
      if (name.rfind(kBlob, 0) == 0) model.byte_blobs[name.substr(5)] = t.bytes;
    model.fingerprint = fingerprint_of(to_bytes(file));
    return model;
  } catch (const Json::exception& e) {
    throw ModelError(path + ": not a usable model: " + plain(e.what()));
  } catch (const std::exception& e) {
    throw ModelError(path + ": not a usable model: " + e.what());
  }
}

}  // namespace faultprint::model
