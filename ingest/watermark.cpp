#include "ingest/watermark.h"

#include <algorithm>

namespace faultprint::ingest {

void Watermark::reached(std::uint32_t element, std::int64_t time_us) {
  auto& leaders = state_.leaders;
  const auto end = leaders.begin() + state_.count;
  auto place = std::find_if(leaders.begin(), end,
                            [&](const Leader& leader) { return leader.element == element; });
  if (place == end) {
    if (state_.count < static_cast<int>(leaders.size())) {
      ++state_.count;
    } else if (leaders.back().time_us >= time_us) {
      return;
    } else {
      place = end - 1;
    }
  } else if (place->time_us >= time_us) {
    return;
  }
  *place = {element, time_us};
  for (; place != leaders.begin() && (place - 1)->time_us < place->time_us; --place)
    std::swap(*place, *(place - 1));
  // With fewer than three elements the last leader is the slowest of all.
  state_.time_us = std::max(state_.time_us, leaders[state_.count - 1].time_us);
}

void Watermark::forget(std::uint32_t element) {
  auto& leaders = state_.leaders;
  const auto end = leaders.begin() + state_.count;
  const auto kept = std::remove_if(leaders.begin(), end,
                                   [&](const Leader& leader) { return leader.element == element; });
  state_.count = static_cast<int>(kept - leaders.begin());
}

}  // namespace faultprint::ingest
