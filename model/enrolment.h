// Adding fault types to a model, or evidence to those it has, without touching a weight.
//
// Never worse: a new cluster reaches as far as the other faults' do, unless it would then take
// windows that the model named right before. Its reach is cut until it takes almost none.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/cluster_builder.h"
#include "model/encoder.h"
#include "model/nearest_neighbour.h"
#include "model/training_windows.h"

namespace faultprint::model {

struct EnrolOptions {
  ClusterOptions clusters;
  // Windows as near to those in which nothing moves as this share of such windows are look normal:
  // no evidence.
  double calm_quantile = 0.95;
  double most_lost_f1 = 0.01;       // of the known types' macro-F1 on the model's references
  double most_lost_normal = 0.004;  // share of normal references that a new cluster may take
  std::uint64_t seed = 1;
};

struct EnrolledType {
  std::string label;
  bool added = false;  // a new type; else evidence for an old one
  int incidents = 0;
  int windows = 0;       // used
  int look_normal = 0;   // left out, since nothing seems to move in them
  double reach = 1;      // of the other faults' radius
  std::string overlaps;  // the fault whose windows the new ones are most like; empty: none
  double overlap = 0;    // share of the new windows that lie within its radius, nearer than 1
};

struct EnrolResult {
  ReferenceClusters clusters;
  std::vector<EnrolledType> types;
  double f1_before = 0;  // macro-F1 on the references of the types known before
  double f1_after = 0;
  std::vector<std::string> warnings;  // "W_...: what was seen and what to do"
};

// What the model's references say.
struct EnrolReferences {
  const LabelledWindows& windows;
  const std::vector<std::string>& labels;
  std::vector<std::uint8_t> calm;  // nothing moves: a verdict calls it normal without the encoder
};

// data: windows of the types to add (class 0 is normal: its windows become further prototypes of
// normal; there may be none). std::invalid_argument where a type has no window.
EnrolResult enrol(const Encoder& encoder, const ReferenceClusters& clusters,
                  const EnrolReferences& references, const TrainingWindows& data,
                  const EnrolOptions& options);

}  // namespace faultprint::model
