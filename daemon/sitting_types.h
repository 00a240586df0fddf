// Whether a type that is being enrolled sits on one that the model knows.
#pragma once

#include <string>
#include <vector>

#include "daemon/loaded_model.h"
#include "model/enrolment.h"
#include "model/training_windows.h"

namespace faultprint::daemon {

// W_SITS_ON_ANOTHER, a line for each two types that will be taken for each other: where half of the
// evidence (windows of `data` that are no less than the type's `look_normal` normal to the eye) are
// another fault to the model as it was, or a twentieth of what it refers to for another fault, and
// calls so, is the enrolled type to the model as it will be. Types that are told by shape alone
// count like those that the encoder tells.
std::vector<std::string> sitting_warnings(const LoadedModel& was, const LoadedModel& will_be,
                                          const model::TrainingWindows& data,
                                          const std::vector<model::EnrolledType>& types);

}  // namespace faultprint::daemon
