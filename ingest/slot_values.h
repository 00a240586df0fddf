// What one slot says of each KPI: raw fields become gauges, rates, differences and ratios, each on
// its scale, NaN where missing. Pure functions of the fields and the element's own memory.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "config/input_spec.h"

namespace faultprint::ingest {

// The last reading of a counter.
struct CounterMemory {
  double value = 0;
  std::int64_t time_us = 0;
  bool known = false;
};

// What a KPI's last value was, for carrying a gauge over a gap.
struct GaugeMemory {
  float value = 0;
  std::uint16_t age = kNever;  // slots since it was reported

  static constexpr std::uint16_t kNever = 0xffff;
};

class SlotValues {
 public:
  explicit SlotValues(const config::InputSpec& spec);

  std::size_t columns() const { return plan_.size(); }
  std::size_t fields() const { return fields_; }  // values of a KpiSample
  std::size_t counters() const { return counters_; }
  std::size_t gauges() const { return gauges_; }

  // Whether a slot need not wait for more: all is there but what optional KPIs alone are made of.
  bool full(std::span<const double> fields) const;
  // Merges a further report into an open slot: deltas add, all others take the last.
  void merge(std::span<double> open, std::span<const double> report) const;

  // fields: as KpiSample::values; empty for a slot without any report. time_us: of the slot's last
  // report. values: one per column, NaN = missing; tokens pass as they are. carried[k]: 1 where a
  // gauge's older value stands in.
  void compute(std::span<const double> fields, std::int64_t time_us,
               std::span<CounterMemory> counters, std::span<GaugeMemory> gauges,
               std::span<double> values, std::span<std::uint8_t> carried) const;

 private:
  struct Plan {
    config::KpiKind kind;
    bool log;
    bool carries;  // a gauge, or what is carried like one
    double factor;
    bool cumulative;                // a ratio of counters
    std::vector<std::size_t> more;  // further fields that are added to the first
    std::size_t field;              // numerator for a ratio
    std::size_t denominator;        // ratio only
    double min_attempts;
    std::size_t memory;  // index into gauges; or into counters, where each field has one
  };
  void require(const config::InputSpec& spec);
  Plan plan_of(const config::KpiSpec& kpi, const std::vector<std::string>& names);
  double summed_rate(const Plan& plan, std::span<const double> fields, std::int64_t time_us,
                     std::span<CounterMemory> counters) const;
  double raw_value(const Plan& plan, std::span<const double> fields, std::int64_t time_us,
                   std::span<CounterMemory> counters) const;

  std::vector<Plan> plan_;
  std::vector<bool> adds_;             // per field: a delta's
  std::vector<std::size_t> required_;  // fields that a slot waits for; empty: all of them
  std::size_t fields_ = 0;
  std::size_t counters_ = 0;
  std::size_t gauges_ = 0;
  int max_gap_ = 0;
};

}  // namespace faultprint::ingest
