#include "ingest/watermark.h"

#include <algorithm>

namespace faultprint::ingest {

void Watermark::reached(std::uint32_t element, std::int64_t time_us) {
  auto& leaders = state_.leaders;
  const auto end = leaders.begin() + state_.count;
  auto place = std::find_if(leaders.begin(), end,
                            [&](const Leader& leader) { return leader.element == element; });
  bool one_more = false;
  if (place == end) {
    if (state_.count < static_cast<int>(leaders.size())) {
      ++state_.count;
      one_more = true;
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
  const std::int64_t reached_by_all = leaders[state_.count - 1].time_us;
  const bool first_ones = one_more && !state_.settled;
  state_.time_us = first_ones ? reached_by_all : std::max(state_.time_us, reached_by_all);
  state_.settled = state_.settled || state_.count == static_cast<int>(leaders.size());
}

void Watermark::forget(std::uint32_t element) {
  auto& leaders = state_.leaders;
  const auto end = leaders.begin() + state_.count;
  const auto kept = std::remove_if(leaders.begin(), end,
                                   [&](const Leader& leader) { return leader.element == element; });
  state_.settled = state_.settled || kept != end;
  state_.count = static_cast<int>(kept - leaders.begin());
}

}  // namespace faultprint::ingest
