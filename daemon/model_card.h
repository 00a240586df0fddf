// What a model file says of its own making: JSON text in its metadata, under "card".
#pragma once

#include <string>

#include "daemon/dataset.h"
#include "model/enrolment.h"
#include "model/model_file.h"
#include "model/trainer.h"

namespace faultprint::daemon {

constexpr const char* kCard = "card";

// The data's span, elements and incidents by type, every option that the training went by, its
// seed, the figures of the epoch that was kept, and the build that made it. No clock has a say: the
// same training gives the same bytes, and so the same fingerprint.
std::string model_card(const Dataset& data, const model::TrainOptions& options,
                       const model::TrainResult& result);

// What an enrolment has added to it.
void add_to_card(model::Model& model, const Dataset& data, const model::EnrolResult& result,
                 bool replace);

// The same as lines for people; older cards have fewer.
std::string card_text(const std::string& card);

}  // namespace faultprint::daemon
