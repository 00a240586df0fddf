// What the store keeps of one element: its open slots, its baselines, and its ring of deviations
// (and of tokens, which have no baseline: the ring holds their numbers).
// Two blocks of memory: the object with its baselines and last values behind it, and its ring. Both
// are sized by an ElementLayout and come from its pools.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <vector>

#include "config/input_spec.h"
#include "ingest/baseline.h"
#include "ingest/block_pool.h"
#include "ingest/daily_profile.h"
#include "ingest/kpi_swing.h"
#include "ingest/slot_values.h"
#include "ingest/state_io.h"

namespace faultprint::ingest {

// One slot that may still be filled in.
struct OpenSlot {
  std::int64_t slot = 0;
  std::int64_t time_us = 0;  // of its last report
  std::vector<double> fields;
  // Of what filled it in, each report's own (origin_of): a second one of the same adds nothing.
  static constexpr std::size_t kMostOrigins = 1024;  // further ones are not told from repeats
  std::vector<std::uint64_t> origins = {};
};

// Where elements live; outlives them.
struct ElementMemory {
  explicit ElementMemory(const config::InputSpec& spec);

  BlockPool objects;  // with baselines and last values
  BlockPool starts;   // values of the first slots
  BlockPool rings;    // with masks
};

struct ElementLayout {
  config::InputSpec spec;
  SlotValues values;
  std::size_t kpis;
  std::size_t numbers;     // KPIs that are numbers, and the first columns of a slot
  std::size_t columns;     // of a slot; a text has several
  std::size_t window;      // slots
  std::size_t mask_bytes;  // per slot, a bit for each KPI
  std::size_t required;    // KPIs that are not optional
  std::vector<std::uint8_t> required_mask;  // their bits
  std::shared_ptr<ElementMemory> memory;
  std::unique_ptr<DailyProfile> profile;  // null: none

  // Elements live in `memory`, or in pools of this layout's own. One thread at a time may use a
  // memory.
  explicit ElementLayout(const config::InputSpec& input,
                         std::shared_ptr<ElementMemory> memory = nullptr);
  std::size_t cells() const { return columns * window; }
  // Those of a slot's masked KPIs that an element should have.
  std::uint32_t missing(std::span<const std::uint8_t> mask) const;
};

class Element {
 public:
  // With `layout`, which every call is given, for life.
  static std::unique_ptr<Element> make(const ElementLayout& layout, std::string name,
                                       std::int64_t first_slot);
  static void operator delete(Element* element, std::destroying_delete_t);
  ~Element() = default;  // for that one alone; clang asks for it where an Element is deleted
  Element(const Element&) = delete;
  Element& operator=(const Element&) = delete;

  const std::string& name() const { return name_; }
  std::int64_t next_slot() const { return next_slot_; }  // the oldest not complete
  std::int64_t newest_time_us() const { return newest_time_us_; }
  void reached(std::int64_t time_us) { newest_time_us_ = std::max(newest_time_us_, time_us); }
  // Moves an element that has no open slots to a later slot, skipping those between.
  void skip_to(std::int64_t slot) { next_slot_ = slot; }

  std::vector<OpenSlot>& open() { return open_; }  // oldest first

  // Learns its level and scale anew, from next_slot() on, and forgets its window. Not where nothing
  // is learned (`baseline: none`).
  void start_anew(const ElementLayout& layout);

  // Asks for the ring's memory, which the next completed slot will need.
  void prefetch(const ElementLayout& layout) const;

  // Completes next_slot() from its fields (empty: nothing was reported): turns them into values,
  // learns, and moves the ring on. `values`: scratch and output, one per column.
  void complete(const ElementLayout& layout, std::span<const double> fields, std::int64_t time_us,
                std::span<double> values, std::span<std::uint8_t> carried);
  // The same without baseline and ring: only the values are wanted.
  void complete_values_only(const ElementLayout& layout, std::span<const double> fields,
                            std::int64_t time_us, std::span<double> values,
                            std::span<std::uint8_t> carried);

  bool learning() const { return !started_; }                 // has not had its first `start` slots
  std::size_t filled() const { return filled_; }              // slots in the ring
  std::size_t masked_cells() const { return masked_cells_; }  // required KPIs missing in those
  // Appends the window, oldest slot first: T x F row-major; slots before the first are zero.
  void append_window(const ElementLayout& layout, std::vector<float>& out) const;
  // mask_bytes of the newest slot: bit k % 8 of byte k / 8 is set where KPI k is missing. Not while
  // learning.
  std::span<const std::uint8_t> newest_mask(const ElementLayout& layout) const;
  const KpiBaseline& baseline(std::size_t kpi) const { return baselines()[kpi]; }
  // With a daily profile: how much of it the KPI has, and what that is in a slot (0: not started).
  const KpiSwing& swing(const ElementLayout& layout, std::size_t kpi) const {
    return swings(layout)[kpi];
  }
  double swing_at(const ElementLayout& layout, std::size_t kpi,
                  const DailyProfile::Place& place) const;

  void write(const ElementLayout& layout, StateWriter& out) const;
  static std::unique_ptr<Element> read(const ElementLayout& layout, StateReader& in);

 private:
  Element(const ElementLayout& layout, std::string name, std::int64_t first_slot);

  // What stands behind the object.
  KpiBaseline* baselines() const {
    return reinterpret_cast<KpiBaseline*>(const_cast<Element*>(this) + 1);
  }
  std::span<CounterMemory> counters(const ElementLayout& layout) const;
  std::span<GaugeMemory> gauges(const ElementLayout& layout) const;
  std::span<KpiSwing> swings(const ElementLayout& layout) const;  // none without a profile
  std::uint8_t* masks(const ElementLayout& layout) const;  // T x mask_bytes, bit set = masked
  void allocate_ring(const ElementLayout& layout);
  void start_ring(const ElementLayout& layout);  // in the place of the start's values
  void finish_start(const ElementLayout& layout);
  void start_kpi(const ElementLayout& layout, std::size_t kpi, std::span<double> values,
                 std::int64_t first_slot);
  void push(const ElementLayout& layout, std::span<const double> values,
            std::span<const std::uint8_t> carried, std::int64_t slot);
  template <typename NextDeviation>
  void push_numbers(std::span<const double> values, std::size_t numbers, float* row,
                    std::span<std::uint8_t> mask, NextDeviation next);
  void push_profiled(const ElementLayout& layout, std::span<const double> values,
                     std::span<const std::uint8_t> carried, std::int64_t slot, float* row,
                     std::span<std::uint8_t> mask);
  void push_tokens(const ElementLayout& layout, std::span<const double> values,
                   std::span<std::uint8_t> mask);
  float next_deviation(const ElementLayout& layout, std::size_t kpi, double x, bool carried);
  float profiled_deviation(const ElementLayout& layout, std::size_t kpi, double x,
                           const DailyProfile::Place& place);
  std::span<std::uint8_t> mask_row(const ElementLayout& layout, std::size_t row) const;

  ElementMemory* memory_;
  // T x columns and then the masks; while learning, the values of the first slots.
  float* ring_ = nullptr;
  std::string name_;
  std::int64_t next_slot_;
  std::int64_t newest_time_us_ = 0;
  std::uint32_t head_ = 0;  // ring row of the next slot
  std::uint32_t filled_ = 0;
  std::uint32_t masked_cells_ = 0;
  std::uint32_t start_slots_ = 0;
  bool started_ = false;
  std::vector<OpenSlot> open_;
  // Behind the object: a baseline for each number, counters, gauges, swings.
};

// A number for each KPI that has one; where it is missing the cell is 0 and masked.
template <typename NextDeviation>
void Element::push_numbers(std::span<const double> values, std::size_t numbers, float* row,
                           std::span<std::uint8_t> mask, NextDeviation next) {
  for (std::size_t k = 0; k < numbers; ++k) {
    if (std::isnan(values[k])) {
      row[k] = 0;
      mask[k / 8] |= static_cast<std::uint8_t>(1U << (k % 8));
    } else {
      row[k] = next(k);
    }
  }
}

}  // namespace faultprint::ingest
