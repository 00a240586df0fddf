// How often each label is expected, where it decides between them.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace faultprint::model {

// For each label what its squared calibrated distances grow by: ln(greatest prior / its own) over
// the 1.92 that a squared distance of 1 is worth. For a normal variable of which 5 % lie beyond 1
// (what a radius is) that is its log-likelihood, so that the least grown distance is the most
// probable label. Labels that are not listed share evenly what the others leave, and at least a
// millionth each. Empty where none is listed: then distances decide alone.
std::vector<float> prior_penalties(const std::vector<std::string>& labels,
                                   const std::map<std::string, double>& priors);

}  // namespace faultprint::model
