// A model file together with what the other layers keep in it: the InputSpec and the elements'
// state at the end of training. Immutable once loaded, shared by pointer.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "config/config.h"
#include "daemon/operating_curve.h"
#include "ingest/window_store.h"
#include "model/model_file.h"
#include "model/resemblance.h"
#include "model/safetensors.h"

namespace faultprint::daemon {

constexpr const char* kOperatingCurve = "operating_curve";  // of the model's metadata

struct LoadedModel {
  model::Model model;
  config::InputSpec input;
  std::shared_ptr<const ingest::CarryOver> carry_over;
  model::Familiarity familiarity;  // knows nothing where the file has no shapes
  model::Resemblance resemblance;  // of types that the encoder saw too little of
  int normal = -1;                 // index of the cluster of normal
  float calm_deviation = 0;        // see activity() in daemon/verdict.h; 0: every window counts
  std::optional<OperatingCurve> curve;       // measured where training was asked for it
  std::optional<float> self_test_deviation;  // here; none: an older version made the file

  const std::string& label(int cluster) const {
    return model.clusters.clusters()[static_cast<std::size_t>(cluster)].label;
  }
};

using ModelPointer = std::shared_ptr<const LoadedModel>;

// The encoder's view of an input's states and texts.
std::vector<model::TokenColumns> token_columns(const config::InputSpec& input);

// Makes `familiarity` and `resemblance` of what the model file holds.
void recognise(LoadedModel& loaded);

// This processor embeds otherwise than the one that the model was trained on.
class SelfTestFailed : public model::ModelError {
 public:
  using ModelError::ModelError;
};

// How far this processor's embeddings are off those that the file keeps; none where it keeps none.
// SelfTestFailed where that is more than rounding. Takes as long as a few windows do.
std::optional<float> checked_self_test(const model::Model& model, const std::string& path);

// model::ModelError when the file is unusable, SelfTestFailed among them; config::ConfigError when
// the configuration differs from what it was trained with, naming the first difference.
ModelPointer load_model(const std::string& path, const config::Config& config);

// The configuration's rules, with what the model's curve chooses for its false_alarms_per_day.
// config::ConfigError where that needs a curve, or a raise, that the model has not.
AlarmRules alarm_rules(const config::AlarmConfig& alarms, const LoadedModel& model);

// What of these rules does not suit the model, "W_...: ..." each: see setting_warnings(), and
// priors of labels that it has not.
std::vector<std::string> alarm_warnings(const config::AlarmConfig& alarms,
                                        const LoadedModel& model);

// What alarms.priors makes of these clusters' distances: see model/priors.h.
std::vector<float> penalties_of(const config::AlarmConfig& alarms,
                                const model::ReferenceClusters& clusters);

// Puts InputSpec, carry-over and calm deviation into the model's metadata and blobs.
void attach(model::Model& model, const config::InputSpec& input, const ingest::CarryOver& kept,
            float calm_deviation, const std::optional<OperatingCurve>& curve);

}  // namespace faultprint::daemon
