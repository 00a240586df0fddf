#include "ingest/element.h"

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
      ring_(std::make_unique<float[]>(layout.cells())),
      masks_(std::make_unique<std::uint8_t[]>(layout.window * layout.mask_bytes)),
      gauges_(std::make_unique<GaugeMemory[]>(layout.values.gauges())),
      counters_(std::make_unique<CounterMemory[]>(layout.values.counters())) {
  started_ = layout.spec.baseline.none;
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
  if (!start_values_) start_values_ = std::make_unique<std::vector<double>>();
  start_values_->insert(start_values_->end(), values.begin(), values.end());
  const auto start = static_cast<std::size_t>(layout.spec.baseline.start);
  if (start_values_->size() >= start * layout.kpis) finish_start(layout);
}

// The first slots give level and scale, and then run through the baseline in order.
void Element::finish_start(const ElementLayout& layout) {
  const std::size_t slots = start_values_->size() / layout.kpis;
  std::vector<double> column(slots);
  for (std::size_t k = 0; k < layout.kpis; ++k) {
    for (std::size_t t = 0; t < slots; ++t) column[t] = (*start_values_)[t * layout.kpis + k];
    baselines_[k] = start_baseline(column, layout.spec.kpis[k].scale, layout.spec.network[k]);
  }
  for (std::size_t t = 0; t < slots; ++t)
    push(layout, std::span(*start_values_).subspan(t * layout.kpis, layout.kpis), nullptr);
  start_values_.reset();
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
