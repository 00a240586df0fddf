#include "ingest/element.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace faultprint::ingest {

ElementLayout::ElementLayout(const config::InputSpec& input)
    : spec(input),
      values(input),
      kpis(input.kpis.size()),
      window(static_cast<std::size_t>(input.window)),
      mask_bytes((kpis + 7) / 8) {
  spec.network.resize(kpis);
}

std::size_t ElementLayout::bytes_per_element() const {
  return sizeof(Element) + cells() * sizeof(float) + window * mask_bytes +
         kpis * sizeof(KpiBaseline) + values.gauges() * sizeof(GaugeMemory) +
         values.counters() * sizeof(CounterMemory);
}

Element::Element(const ElementLayout& layout, std::string name, std::int64_t first_slot)
    : name_(std::move(name)),
      next_slot_(first_slot),
      baselines_(std::make_unique<KpiBaseline[]>(layout.kpis)),
      gauges_(std::make_unique<GaugeMemory[]>(layout.values.gauges())),
      counters_(std::make_unique<CounterMemory[]>(layout.values.counters())) {
  started_ = layout.spec.baseline.none;
  if (started_)
    allocate_ring(layout);
  else
    start_values_ = std::make_unique<float[]>(static_cast<std::size_t>(layout.spec.baseline.start) *
                                              layout.kpis);
}

void Element::allocate_ring(const ElementLayout& layout) {
  ring_ = std::make_unique<float[]>(layout.cells());
  masks_ = std::make_unique<std::uint8_t[]>(layout.window * layout.mask_bytes);
}

void Element::complete_values_only(const ElementLayout& layout, std::span<const double> fields,
                                   std::int64_t time_us, std::span<double> values,
                                   std::vector<bool>& carried) {
  layout.values.compute(fields, time_us, {counters_.get(), layout.values.counters()},
                        {gauges_.get(), layout.values.gauges()}, values, carried);
  ++next_slot_;
}

void Element::complete(const ElementLayout& layout, std::span<const double> fields,
                       std::int64_t time_us, std::span<double> values, std::vector<bool>& carried) {
  complete_values_only(layout, fields, time_us, values, carried);
  if (started_) {
    push(layout, values, &carried);
    return;
  }
  std::copy(values.begin(), values.end(), start_values_.get() + start_slots_ * layout.kpis);
  if (++start_slots_ >= static_cast<std::uint32_t>(layout.spec.baseline.start))
    finish_start(layout);
}

// The first slots give level and scale, and then run through the baseline in order.
void Element::finish_start(const ElementLayout& layout) {
  const std::vector<double> rows(start_values_.get(),
                                 start_values_.get() + start_slots_ * layout.kpis);
  start_values_.reset();
  allocate_ring(layout);
  std::vector<double> column(start_slots_);
  for (std::size_t k = 0; k < layout.kpis; ++k) {
    for (std::size_t t = 0; t < column.size(); ++t) column[t] = rows[t * layout.kpis + k];
    baselines_[k] = start_baseline(column, layout.spec.kpis[k].scale, layout.spec.network[k]);
  }
  for (std::size_t t = 0; t < column.size(); ++t)
    push(layout, std::span(rows).subspan(t * layout.kpis, layout.kpis), nullptr);
  started_ = true;
}

float Element::next_deviation(const ElementLayout& layout, std::size_t kpi, double x,
                              bool carried) {
  if (layout.spec.baseline.none) return network_deviation(layout.spec.network[kpi], x);
  KpiBaseline& baseline = baselines_[kpi];
  // A KPI that first appears after the start: its first value is its level.
  if (!baseline.started())
    baseline = start_baseline({&x, 1}, layout.spec.kpis[kpi].scale, layout.spec.network[kpi]);
  const float d = deviation(baseline, x);
  if (!carried) learn(baseline, x, layout.spec.baseline.fast);
  return d;
}

void Element::push(const ElementLayout& layout, std::span<const double> values,
                   const std::vector<bool>* carried) {
  const std::span<std::uint8_t> mask = mask_row(layout, head_);
  if (filled_ == layout.window) {
    for (const std::uint8_t byte : mask) masked_cells_ -= std::popcount(byte);
  } else {
    ++filled_;
  }
  std::fill(mask.begin(), mask.end(), std::uint8_t{0});
  float* row = ring_.get() + head_ * layout.kpis;
  for (std::size_t k = 0; k < layout.kpis; ++k) {
    if (std::isnan(values[k])) {
      row[k] = 0;
      mask[k / 8] |= static_cast<std::uint8_t>(1U << (k % 8));
      ++masked_cells_;
    } else {
      row[k] = next_deviation(layout, k, values[k], carried != nullptr && (*carried)[k]);
    }
  }
  head_ = head_ + 1 == layout.window ? 0 : head_ + 1;
}

std::span<std::uint8_t> Element::mask_row(const ElementLayout& layout, std::size_t row) const {
  return {masks_.get() + row * layout.mask_bytes, layout.mask_bytes};
}

void Element::copy_window(const ElementLayout& layout, std::span<float> out) const {
  // Rows head_ .. T-1 are the older part of a full ring; they are zero in one not yet full, whose
  // rows 0 .. head_-1 then stand at the end, as they should.
  const std::size_t split = static_cast<std::size_t>(head_) * layout.kpis;
  const auto older = std::copy(ring_.get() + split, ring_.get() + layout.cells(), out.begin());
  std::copy(ring_.get(), ring_.get() + split, older);
}

std::span<const std::uint8_t> Element::newest_mask(const ElementLayout& layout) const {
  return mask_row(layout, head_ == 0 ? layout.window - 1 : head_ - 1);
}

}  // namespace faultprint::ingest
