// What a window's KPIs do, without training: the shape of a window is, for each KPI that is a
// number, sign(m) sqrt |m| of its mean deviation m over some slots, so that one that moves much
// does not hide the others.
#pragma once

#include <span>
#include <vector>

#include "model/matrix.h"
#include "model/nearest_neighbour.h"

namespace faultprint::model {

// What lies in a window's row: `slots` x `columns`, of which the first `kpis` are numbers.
struct ShapeLayout {
  int columns = 0;
  int kpis = 0;
};

// Over the newest `slots` of the window, or all where there are fewer: `kpis` values.
void shape_of(std::span<const float> window, ShapeLayout layout, int slots, float* shape);

std::span<const float> row_of(const Matrix& windows, std::size_t i);

// At most `most` of them, evenly.
std::vector<std::size_t> thinned(const std::vector<std::size_t>& rows, std::size_t most);

// Columns for fp_nearest_distance, one shape each: dim x (count filled up with infinities).
Matrix shape_columns(int dim, std::size_t count);

}  // namespace faultprint::model
