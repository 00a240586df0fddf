// What the store keeps of one element: its open slots, its baselines, and its ring of deviations.
// Sized once from an ElementLayout, so that memory per element is known (bytes_per_element).
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "config/input_spec.h"
#include "ingest/baseline.h"
#include "ingest/slot_values.h"
#include "ingest/state_io.h"

namespace faultprint::ingest {

// One slot that may still be filled in.
struct OpenSlot {
  std::int64_t slot = 0;
  std::int64_t time_us = 0;  // of its last report
  std::vector<double> fields;
};

struct ElementLayout {
  config::InputSpec spec;
  SlotValues values;
  std::size_t kpis;
  std::size_t window;      // slots
  std::size_t mask_bytes;  // per slot

  explicit ElementLayout(const config::InputSpec& input);
  std::size_t cells() const { return kpis * window; }
  // Heap and object bytes of one element that is past its start, without its name.
  std::size_t bytes_per_element() const;
};

class Element {
 public:
  Element(const ElementLayout& layout, std::string name, std::int64_t first_slot);

  const std::string& name() const { return name_; }
  std::int64_t next_slot() const { return next_slot_; }  // the oldest not complete
  std::int64_t newest_time_us() const { return newest_time_us_; }
  void reached(std::int64_t time_us) { newest_time_us_ = std::max(newest_time_us_, time_us); }
  // Moves an element that has no open slots to a later slot, skipping those between.
  void skip_to(std::int64_t slot) { next_slot_ = slot; }

  std::vector<OpenSlot>& open() { return open_; }  // oldest first

  // Completes next_slot() from its fields (empty: nothing was reported): turns them into values,
  // learns, and moves the ring on. `values`: scratch and output, one per KPI.
  void complete(const ElementLayout& layout, std::span<const double> fields, std::int64_t time_us,
                std::span<double> values, std::vector<bool>& carried);
  // The same without baseline and ring: only the values are wanted.
  void complete_values_only(const ElementLayout& layout, std::span<const double> fields,
                            std::int64_t time_us, std::span<double> values,
                            std::vector<bool>& carried);

  bool learning() const { return !started_; }                 // has not had its first `start` slots
  std::size_t filled() const { return filled_; }              // slots in the ring
  std::size_t masked_cells() const { return masked_cells_; }  // among the filled ones
  // The window, oldest slot first: T x F row-major; slots before the first are zero.
  void copy_window(const ElementLayout& layout, std::span<float> out) const;
  // mask_bytes of the newest slot: bit k % 8 of byte k / 8 is set where KPI k is missing. Not while
  // learning.
  std::span<const std::uint8_t> newest_mask(const ElementLayout& layout) const;
  const KpiBaseline& baseline(std::size_t kpi) const { return baselines_[kpi]; }

  void write(const ElementLayout& layout, StateWriter& out) const;
  static std::unique_ptr<Element> read(const ElementLayout& layout, StateReader& in);

 private:
  void allocate_ring(const ElementLayout& layout);
  void finish_start(const ElementLayout& layout);
  void push(const ElementLayout& layout, std::span<const double> values,
            const std::vector<bool>* carried);
  float next_deviation(const ElementLayout& layout, std::size_t kpi, double x, bool carried);
  std::span<std::uint8_t> mask_row(const ElementLayout& layout, std::size_t row) const;

  std::string name_;
  std::int64_t next_slot_;
  std::int64_t newest_time_us_ = 0;
  std::uint32_t head_ = 0;  // ring row of the next slot
  std::uint32_t filled_ = 0;
  std::uint32_t masked_cells_ = 0;
  bool started_ = false;
  std::vector<OpenSlot> open_;
  std::unique_ptr<float[]> start_values_;  // start x F, gone once started
  std::uint32_t start_slots_ = 0;
  std::unique_ptr<KpiBaseline[]> baselines_;
  // The ring takes the place of the start's values: made when those are gone, so that they leave no
  // hole in the heap.
  std::unique_ptr<float[]> ring_;          // T x F deviations
  std::unique_ptr<std::uint8_t[]> masks_;  // T x mask_bytes, bit set = masked
  std::unique_ptr<GaugeMemory[]> gauges_;
  std::unique_ptr<CounterMemory[]> counters_;
};

}  // namespace faultprint::ingest
