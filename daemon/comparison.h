// `faultprint compare` without its command line: how alike two windows, or two vectors, are.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/dataset.h"
#include "daemon/loaded_model.h"
#include "model/pair_calibration.h"

namespace faultprint::daemon {

// A KPI's mean deviation over the newest slots of either window.
struct KpiContrast {
  std::string name;
  double a = 0;
  double b = 0;
};

struct Comparison {
  std::string a;
  std::string b;
  double distance = 0;  // |a - b| of the embeddings
  double prior = 0.5;   // how probable "the same" was before looking
  // The model's; none where it has none, or no model was given.
  std::optional<model::PairCalibration> calibration;
  std::string why_none;           // where there is no calibration
  std::vector<KpiContrast> kpis;  // of windows: up to five, those that differ most first

  std::optional<double> probability() const;  // that they are the same fault
  std::optional<double> threshold() const;    // the distance below which they are
  std::string decision() const;               // "same", "different"; "none" without a threshold
};

// a, b: ELEMENT@TIME. std::runtime_error where the history has no such scored window.
Comparison compare_windows(const config::Config& config, const LoadedModel& model,
                           const std::vector<std::string>& history, const std::string& a,
                           const std::string& b, double prior, const Progress& progress);

// a, b: FILE:ROW. model: the file that made them, for its calibration; may be empty.
Comparison compare_vectors(const std::string& model, const std::string& a, const std::string& b,
                           double prior);

std::string to_text(const Comparison& comparison);
std::string to_json(const Comparison& comparison);

}  // namespace faultprint::daemon
