// Features of a window: its deviations, and beside them, per KPI, what a look at the curve tells.
#pragma once

#include "model/matrix.h"

namespace faultprint::model {

constexpr int kSummaries = 5;  // mean, standard deviation, least, most, last minus first

// Width of a feature vector.
int feature_count(int window, int kpis, bool summaries);

// windows: B x (T*F), row-major, oldest slot first. features: at least B x feature_count, sized by
// the caller; its first B rows become the window followed by the summaries of KPI 0, 1, ..., each
// in the order above.
void make_features(const MatrixView& windows, int window, int kpis, bool summaries,
                   Matrix& features);

}  // namespace faultprint::model
