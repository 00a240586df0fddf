// Confidence intervals of counts, for where the bootstrap sees no spread: when all of ten incidents
// were named, every redraw of the ten says ten of ten.
#pragma once

#include "model/bootstrap.h"

namespace faultprint::model {

// The share behind `hits` of `tries` independent ones (Clopper and Pearson 1934). tries at least 1.
Interval exact_share(long hits, long tries, double level = 0.95);

// The expectation behind a count of independent events (Poisson; Garwood 1936).
Interval exact_expectation(long count, double level = 0.95);

}  // namespace faultprint::model
