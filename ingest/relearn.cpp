#include "ingest/relearn.h"

#include <algorithm>

#include "ingest/incidents.h"

namespace faultprint::ingest {

Relearn::Relearn(std::vector<Row> rows, config::Microseconds period)
    : period_us_(period.count()), rows_(std::move(rows)) {
  std::stable_sort(rows_.begin(), rows_.end(),
                   [](const Row& a, const Row& b) { return a.time_us < b.time_us; });
}

std::int64_t Relearn::slot_of(const Row& row) const { return row.time_us / period_us_; }

const Relearn::Row* Relearn::at(std::string_view element, std::int64_t slot) const {
  auto row = std::lower_bound(rows_.begin(), rows_.end(), slot,
                              [&](const Row& r, std::int64_t s) { return slot_of(r) < s; });
  for (; row != rows_.end() && slot_of(*row) == slot; ++row)
    if (element_matches(row->element, element)) return &*row;
  return nullptr;
}

}  // namespace faultprint::ingest
