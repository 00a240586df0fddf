// What a usual day looks like for the elements of one partition (workers share nothing): for each
// KPI one shape, learned from all of them, that each element scales by an amplitude of its own.
//
//   usual(slot) = level + amplitude * shape(hour of the slot's middle)
//
// The shape lies on straight lines between knots, one for each hour of the day (UTC) and, `weekly`,
// one for each hour of the week, added to it. From each value, before its element's own update:
//
//   z = (x - usual) / sqrt v, clipped to +-3;  h = amplitude / sqrt v
//   shape of each knot += share * (h z / (1 + h^2)) / (visits + a prior)
//
// so that an element whose day stands out of its noise says more, one that has none says nothing,
// and none more than three deviations. A visit is an hour seen by all elements once; it counts
// half, as levels are unsettled in the first days, and after kMostVisits the oldest are forgotten.
// The prior keeps an hour of the week near that of the day until it has come a few times.
//
// Exact: what is seen is added up in whole numbers, in which no order shows, and taught between two
// slots of the stream (settle()). So within a slot all elements have the same shape, and neither
// the bounds of batches nor the elements' numbers change a bit of it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "config/input_spec.h"
#include "ingest/state_io.h"

namespace faultprint::ingest {

class DailyProfile {
 public:
  // The knots that a slot lies between, and its share of each.
  struct Place {
    std::array<std::uint16_t, 4> knots{};
    std::array<double, 4> shares{};
    std::size_t count = 0;
  };

  // Begins with what training measured.
  explicit DailyProfile(const config::InputSpec& spec);

  bool follows(std::size_t kpi) const { return follows_[kpi] != 0; }  // not a flag
  Place place(std::int64_t slot) const;
  double shape(std::size_t kpi, const Place& place) const {
    double sum = 0;
    for (std::size_t i = 0; i < place.count; ++i)
      sum += place.shares[i] * shape_[place.knots[i] * kpis_ + kpi];
    return sum;
  }

  // Will be seen there.
  void touch(const Place& place);
  // z: deviations that the value lies off, within +-3; h: the element's amplitude in deviations.
  void see(std::size_t kpi, const Place& place, double z, double h);
  // Teaches what was seen, before the first value of another slot. elements: of the partition.
  void settle(std::int64_t slot, std::size_t elements);

  // What training keeps of it.
  void give(std::size_t kpi, config::NetworkKpi& network) const;

  void write(StateWriter& out) const;
  void read(StateReader& in);  // StateError when it does not fit

 private:
  void teach(std::size_t knot, double per_visit);

  std::size_t kpis_;
  std::size_t knots_;
  std::int64_t period_us_;
  double slots_per_hour_;
  std::vector<std::uint8_t> follows_;
  // knots x KPIs
  std::vector<double> shape_;
  std::vector<double> visits_;
  std::vector<std::int64_t> seen_error_;  // not yet taught, times kUnit
  std::vector<std::int64_t> seen_weight_;
  std::vector<std::uint8_t> touched_;  // per knot
  std::vector<std::uint16_t> touched_list_;
  std::int64_t settled_slot_ = 0;
};

}  // namespace faultprint::ingest
