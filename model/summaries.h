// Features of a window: its deviations, and beside them, per KPI, what a look at the curve tells.
#pragma once

#include "model/matrix.h"

namespace faultprint::model {

constexpr int kSummaries = 5;  // mean, standard deviation, least, most, last minus first

// Width of a feature vector of deviations.
int feature_count(int window, int kpis, bool summaries);

// windows: B x (T * columns), row-major, oldest slot first; the first `kpis` columns of a slot are
// deviations, what stands behind them has no summaries. features: as many columns as needed, at
// least B rows, sized by the caller; its first B rows become the window followed by the summaries
// of KPI 0, 1, ..., each in the order above.
void make_features(const MatrixView& windows, int window, int kpis, bool summaries,
                   Matrix& features);

}  // namespace faultprint::model
