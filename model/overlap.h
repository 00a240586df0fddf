// Whether a type being enrolled sits on one that is known.
#pragma once

#include <string>
#include <vector>

#include "model/enrolment.h"

namespace faultprint::model {

// Into `type`: the other fault whose windows the new ones (n x N) are most like, and how many are.
void find_overlap(const std::vector<Cluster>& clusters, const Matrix& embeddings,
                  EnrolledType& type);
// "W_SITS_ON_ANOTHER: ..." where it is half of them or more.
void warn_of_overlap(const EnrolledType& type, std::vector<std::string>& warnings);

}  // namespace faultprint::model
