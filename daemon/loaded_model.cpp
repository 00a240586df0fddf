#include "daemon/loaded_model.h"

#include <algorithm>
#include <cstdio>

#include "config/key_lines.h"
#include "daemon/references.h"
#include "ingest/incidents.h"
#include "ingest/state_io.h"
#include "model/kernels/kernels.h"
#include "model/priors.h"

namespace faultprint::daemon {
namespace {

constexpr const char* kInput = "input_spec";
constexpr const char* kElementsKey = "elements";
constexpr const char* kCalm = "calm_deviation";

std::string pack_elements(const ingest::CarryOver& kept) {
  ingest::StateWriter out;
  out.put(static_cast<std::uint32_t>(kept.size()));
  const std::map<std::string_view, std::string_view> ordered(kept.begin(), kept.end());
  for (const auto& [name, bytes] : ordered) {
    out.put(name);
    out.put(bytes);
  }
  return out.take();
}

// Reads each element once, so that a damaged one is told at loading.
std::shared_ptr<const ingest::CarryOver> unpack_elements(const std::string& bytes,
                                                         const config::InputSpec& input) {
  auto kept = std::make_shared<ingest::CarryOver>();
  const ingest::ElementLayout layout(input);
  ingest::StateReader in(bytes);
  for (auto left = in.get<std::uint32_t>(); left > 0; --left) {
    std::string name(in.get_text());
    std::string state(in.get_text());
    ingest::StateReader element(state);
    if (ingest::Element::read(layout, element)->name() != name)
      throw ingest::StateError("it keeps an element under another name");
    kept->emplace(std::move(name), std::move(state));
  }
  return kept;
}

void check_shape(const LoadedModel& loaded) {
  const auto& spec = loaded.model.encoder.spec();
  if (spec.window != loaded.input.window || spec.kpis != static_cast<int>(loaded.input.numbers()) ||
      spec.tokens != token_columns(loaded.input) ||
      loaded.input.network.size() != loaded.input.numbers())
    throw std::invalid_argument("its encoder and its input have different shapes");
  if (loaded.model.references.windows.cols() != spec.cells())
    throw std::invalid_argument("its reference windows have another shape");
  if (loaded.normal < 0) throw std::invalid_argument("it has no reference cluster 'normal'");
}

// A difference numbers the KPIs as the input has them, numbers before tokens; the file may not.
std::string as_in_file(std::string difference, const config::Config& config) {
  const std::string list = "stream.kpis[";
  if (!difference.starts_with(list)) return difference;
  const auto of_input = static_cast<std::size_t>(std::stoul(difference.substr(list.size())));
  const std::string name = config.input_spec().kpis[of_input].name;
  const auto& kpis = config.group().stream.kpis;
  const auto at = std::find_if(kpis.begin(), kpis.end(),
                               [&](const config::KpiSpec& kpi) { return kpi.name == name; });
  return list + std::to_string(at - kpis.begin()) + difference.substr(difference.find(']'));
}

}  // namespace

std::vector<model::TokenColumns> token_columns(const config::InputSpec& input) {
  std::vector<model::TokenColumns> columns;
  for (const config::KpiSpec& kpi : input.token_kpis())
    columns.push_back({kpi.length, kpi.buckets});
  return columns;
}

void recognise(LoadedModel& loaded) {
  loaded.familiarity =
      familiarity_of(loaded.model.references, loaded.model.shapes, loaded.model.clusters.alpha(),
                     loaded.input, loaded.calm_deviation);
  loaded.resemblance = resemblance_of(loaded.model.references, loaded.model.reference_labels,
                                      loaded.model.clusters, loaded.input, loaded.calm_deviation);
}

std::optional<float> checked_self_test(const model::Model& model, const std::string& path) {
  if (!model.self_test) return std::nullopt;
  const float deviation = model::self_test_deviation(model.encoder, *model.self_test);
  if (deviation <= model::kSelfTestTolerance) return deviation;
  char off[64];
  std::snprintf(off, sizeof off, "off by %.1e, at most %.0e", static_cast<double>(deviation),
                static_cast<double>(model::kSelfTestTolerance));
  throw SelfTestFailed(path + ": self-test failed: on this processor (kernels " + fp_isa() +
                       ") the model does not give the embeddings that it was trained with (" + off +
                       "): the file or the kernels are damaged");
}

ModelPointer load_model(const std::string& path, const config::Config& config) {
  auto loaded = std::make_shared<LoadedModel>();
  loaded->model = model::load_model(path);
  try {
    const auto input = loaded->model.metadata.find(kInput);
    if (input == loaded->model.metadata.end())
      throw std::invalid_argument("its header lacks " + std::string(kInput));
    loaded->input = config::input_spec_from_json(input->second);
    loaded->normal = loaded->model.clusters.index(ingest::kNormal);
    check_shape(*loaded);
    const auto elements = loaded->model.byte_blobs.find(kElementsKey);
    if (elements != loaded->model.byte_blobs.end())
      loaded->carry_over = unpack_elements(elements->second, loaded->input);
    if (const auto calm = loaded->model.metadata.find(kCalm); calm != loaded->model.metadata.end())
      loaded->calm_deviation = std::stof(calm->second);
    if (const auto curve = loaded->model.metadata.find(kOperatingCurve);
        curve != loaded->model.metadata.end())
      loaded->curve = operating_curve_from_json(curve->second);
    recognise(*loaded);
    loaded->model.byte_blobs.clear();  // unpacked now
  } catch (const std::exception& e) {
    throw model::ModelError(path + ": not a usable model: " + e.what());
  }
  loaded->self_test_deviation = checked_self_test(loaded->model, path);
  const std::string different = config::difference(config.input_spec(), loaded->input);
  if (!different.empty()) throw config::error_at(config, as_in_file(different, config));
  try {
    alarm_rules(config.group().alarms, *loaded);
  } catch (const config::ConfigError& e) {
    throw config::error_at(config, e.what());
  }
  return loaded;
}

std::vector<float> penalties_of(const config::AlarmConfig& alarms,
                                const model::ReferenceClusters& clusters) {
  std::vector<std::string> labels;
  for (const model::Cluster& cluster : clusters.clusters()) labels.push_back(cluster.label);
  return model::prior_penalties(labels, alarms.priors);
}

AlarmRules alarm_rules(const config::AlarmConfig& alarms, const LoadedModel& model) {
  AlarmRules rules{alarms, 0, penalties_of(alarms, model.model.clusters)};
  if (alarms.false_alarms_per_day <= 0) return rules;
  if (!model.curve)
    throw config::ConfigError(
        "alarms.false_alarms_per_day: the model keeps no false alarms to choose by: train it with "
        "this configuration");
  const auto point = choose(*model.curve, alarms);
  if (!point)
    throw config::ConfigError(
        "alarms.raise: the model's false alarms were measured under other "
        "ones: train it with this configuration, or leave raise out");
  rules.alarms.raise_count = point->raise_count;
  rules.alarms.raise_of = point->raise_of;
  rules.margin = point->margin;
  return rules;
}

std::vector<std::string> alarm_warnings(const config::AlarmConfig& alarms,
                                        const LoadedModel& model) {
  std::vector<std::string> warnings = setting_warnings(model.curve, alarms);
  for (const auto& [label, prior] : alarms.priors)
    if (model.model.clusters.index(label) < 0)
      warnings.push_back("W_PRIOR_UNUSED: alarms.priors: the model has no '" + label +
                         "' (yet): it counts for nothing");
  return warnings;
}

void attach(model::Model& model, const config::InputSpec& input, const ingest::CarryOver& kept,
            float calm_deviation, const std::optional<OperatingCurve>& curve) {
  model.metadata[kInput] = config::to_json(input);
  model.metadata[kCalm] = std::to_string(calm_deviation);
  if (curve) model.metadata[kOperatingCurve] = to_json(*curve);
  model.byte_blobs[kElementsKey] = pack_elements(kept);
}

}  // namespace faultprint::daemon
