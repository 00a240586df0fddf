// The model as a file: encoder, reference clusters, what `evaluate` compares with, and opaque
// metadata (the KPIs and InputSpec, provenance) and bytes (elements' state at the end of training)
// that other layers keep in it. Structure in the metadata is JSON text.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "model/encoder.h"
#include "model/familiarity.h"
#include "model/nearest_neighbour.h"
#include "model/pair_calibration.h"
#include "model/reference_clusters.h"
#include "model/self_test.h"

namespace faultprint::model {

struct Model {
  Encoder encoder;
  ReferenceClusters clusters;
  LabelledWindows references;  // windows that the 1-nearest-neighbour baseline compares with;
                               // labels index reference_labels
  std::vector<std::string> reference_labels;
  std::optional<ShapeScores> shapes;     // none in older files, or where training could tell none
  std::optional<SelfTest> self_test;     // none in older files
  std::optional<PairCalibration> pairs;  // none in older files, or where training had none
  std::map<std::string, std::string> metadata;    // as given; "faultprint.*" are this layer's own
  std::map<std::string, std::string> byte_blobs;  // by name
  std::string fingerprint;  // 16 hex digits of the tensors and metadata; set by load and save
};

// ModelError "<file>: what is wrong".
Model load_model(const std::string& path);
void save_model(Model& model, const std::string& path);

}  // namespace faultprint::model
