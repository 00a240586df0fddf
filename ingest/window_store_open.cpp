// Slots that are still open: what fills them in, and what a producer only repeats.
#include <algorithm>
#include <functional>
#include <string_view>

#include "ingest/window_store.h"

namespace faultprint::ingest {
namespace {

// Tells reports apart, and a producer's repeat from none: the record's bytes, and the place in it.
// 0: not known.
std::uint64_t origin_of(const KpiSample& sample) {
  if (sample.record.empty()) return 0;
  constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15;
  return (std::hash<std::string_view>{}(sample.record) + kOdd * sample.part) | 1U;
}

}  // namespace

// What a slot that is still open was filled in with, once more: deltas would be added twice.
bool WindowStore::is_repeat(Element& element, const KpiSample& sample, std::int64_t slot) {
  for (const OpenSlot& open : element.open())
    if (open.slot == slot)
      return std::find(open.origins.begin(), open.origins.end(), origin_of(sample)) !=
             open.origins.end();
  return false;
}

void WindowStore::fill_in(Element& element, const KpiSample& sample, std::int64_t slot) {
  auto& open = element.open();
  auto place = std::lower_bound(open.begin(), open.end(), slot,
                                [](const OpenSlot& o, std::int64_t s) { return o.slot < s; });
  if (place == open.end() || place->slot != slot) {
    place = open.insert(place, OpenSlot{slot, sample.time_us, sample.values});
  } else {
    layout_.values.merge(place->fields, sample.values);
    place->time_us = sample.time_us;
  }
  const std::uint64_t origin = origin_of(sample);
  if (origin != 0 && place->origins.size() < OpenSlot::kMostOrigins)
    place->origins.push_back(origin);
}

}  // namespace faultprint::ingest
