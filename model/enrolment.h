// Adding fault types to a model, or evidence to those it has, without touching a weight.
//
// Never worse: a new cluster reaches as far as the other faults' do, unless it would then take
// windows that the model named right before. Its reach is cut until it takes almost none. What a
// type has already keeps its reach: of further evidence, the part that would take such is left out.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/cluster_builder.h"
#include "model/encoder.h"
#include "model/reference_score.h"
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
  int windows = 0;      // used
  int look_normal = 0;  // left out, since nothing seems to move in them
  double reach = 1;     // of the other faults' radius; evidence for an old type leaves it alone
  double kept = 1;      // share of its prototypes that take next to nothing from what was known
};

struct EnrolResult {
  ReferenceClusters clusters;
  std::vector<EnrolledType> types;
  double f1_before = 0;  // macro-F1 on the references of the types known before
  double f1_after = 0;
  int freed = 0;                      // references that were normal, and are of these incidents
  std::vector<std::string> warnings;  // "W_...: what was seen and what to do"
};

// data: windows of the types to add (class 0 is normal: its windows become further prototypes of
// normal; there may be none). std::invalid_argument where a type has no window.
EnrolResult enrol(const Encoder& encoder, const ReferenceClusters& clusters,
                  const EnrolReferences& references, const TrainingWindows& data,
                  const EnrolOptions& options);

}  // namespace faultprint::model
