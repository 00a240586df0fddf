// What training measures a network by: values alone, and what the daily profile made of them.
#include <algorithm>
#include <cmath>

#include "ingest/window_store.h"

namespace faultprint::ingest {

void WindowStore::complete_for_values(std::uint32_t id, std::span<const double> fields,
                                      std::int64_t time_us) {
  Element& element = *elements_[id];
  const std::int64_t slot = element.next_slot();
  if (options_.mode == Mode::values) {
    element.complete_values_only(layout_, fields, time_us, values_, carried_);
  } else {
    element.complete(layout_, fields, time_us, values_, carried_);
    const DailyProfile::Place place = layout_.profile->place(slot);
    for (std::size_t k = 0; k < layout_.numbers; ++k)
      values_[k] -= element.swing_at(layout_, k, place);
  }
  for (std::size_t k = 0; k < values_.size(); ++k)
    batch_.values.push_back(carried_[k] ? std::nan("") : values_[k]);
  batch_.slots.push_back({id, slot, -1, NotScored::none, false, false});
}

void WindowStore::give_profile(std::vector<config::NetworkKpi>& network) const {
  for (std::size_t k = 0; k < layout_.numbers; ++k) {
    std::vector<double> amplitudes;
    for (const auto& element : elements_)
      if (element && element->baseline(k).started())
        amplitudes.push_back(element->swing(layout_, k).amplitude);
    layout_.profile->give(k, network[k]);
    if (amplitudes.empty()) continue;
    const auto middle = amplitudes.begin() + static_cast<std::ptrdiff_t>(amplitudes.size() / 2);
    std::nth_element(amplitudes.begin(), middle, amplitudes.end());
    network[k].amplitude = *middle;
  }
}

}  // namespace faultprint::ingest
