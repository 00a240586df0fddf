// What changes the labels of a model file and nothing else in it.
#pragma once

#include <string>

#include "model/model_file.h"

namespace faultprint::daemon {

// Saves the model, atomically, and keeps what `out` names, if anything, beside it. Returns where
// that went; empty: there was nothing.
std::string save_keeping(model::Model& model, const std::string& out);

struct LabelChange {
  std::string kept;    // where an old file of that name went; "": there was none
  std::string before;  // the model's fingerprints
  std::string after;
};

// A model without a fault type, or with another name for it, written to `out`. std::runtime_error
// where the type is not in it, or the name is taken.
LabelChange forget_type(const std::string& model, const std::string& type, const std::string& out);
LabelChange rename_type(const std::string& model, const std::string& from, const std::string& to,
                        const std::string& out);

}  // namespace faultprint::daemon
