// Elements dealt into folds, each to be judged by a model of the others.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "daemon/incident_rows.h"
#include "daemon/survey.h"

namespace faultprint::daemon {

using ElementNames = std::set<std::string, std::less<>>;

// At random, but in turn by how many incidents an element has, so that no fold gets all of them.
std::vector<ElementNames> deal_elements(const Survey& survey, const IncidentRows& incidents,
                                        std::size_t folds, std::uint64_t seed);

}  // namespace faultprint::daemon
