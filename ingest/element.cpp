#include "ingest/element.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <memory>

namespace faultprint::ingest {

namespace {

constexpr std::size_t kCacheLine = 64;

std::size_t swings_of(const config::InputSpec& spec) {
  return spec.baseline.profile == config::DayProfile::none ? 0 : spec.numbers();
}

std::size_t object_bytes(const config::InputSpec& spec) {
  const SlotValues values(spec);
  return sizeof(Element) + spec.numbers() * sizeof(KpiBaseline) +
         values.counters() * sizeof(CounterMemory) + values.gauges() * sizeof(GaugeMemory) +
         swings_of(spec) * sizeof(KpiSwing);
}

std::size_t start_bytes(const config::InputSpec& spec) {
  if (spec.baseline.none) return 0;
  return static_cast<std::size_t>(spec.baseline.start) * spec.columns() * sizeof(float);
}

std::size_t mask_bytes_of(const config::InputSpec& spec) { return (spec.kpis.size() + 7) / 8; }

std::vector<std::uint8_t> required_mask_of(const config::InputSpec& spec) {
  std::vector<std::uint8_t> mask(mask_bytes_of(spec));
  for (std::size_t k = 0; k < spec.kpis.size(); ++k)
    if (!spec.kpis[k].optional) mask[k / 8] |= static_cast<std::uint8_t>(1U << (k % 8));
  return mask;
}

}  // namespace

static_assert(sizeof(Element) % alignof(KpiBaseline) == 0 &&
              alignof(Element) <= BlockPool::kAlignment);

ElementMemory::ElementMemory(const config::InputSpec& spec)
    : objects(object_bytes(spec)),
      starts(start_bytes(spec)),
      rings(static_cast<std::size_t>(spec.window) *
            (spec.columns() * sizeof(float) + mask_bytes_of(spec))) {}

ElementLayout::ElementLayout(const config::InputSpec& input,
                             std::shared_ptr<ElementMemory> shared_memory)
    : spec(input),
      values(input),
      kpis(input.kpis.size()),
      numbers(input.numbers()),
      columns(input.columns()),
      window(static_cast<std::size_t>(input.window)),
      mask_bytes(mask_bytes_of(input)),
      required(static_cast<std::size_t>(
          std::count_if(input.kpis.begin(), input.kpis.end(),
                        [](const config::KpiSpec& kpi) { return !kpi.optional; }))),
      required_mask(required_mask_of(input)),
      memory(shared_memory ? std::move(shared_memory) : std::make_shared<ElementMemory>(input)),
      profile(swings_of(input) > 0 ? std::make_unique<DailyProfile>(input) : nullptr) {
  spec.network.resize(numbers);
}

std::uint32_t ElementLayout::missing(std::span<const std::uint8_t> mask) const {
  std::uint32_t count = 0;
  for (std::size_t i = 0; i < mask.size(); ++i)
    count += static_cast<std::uint32_t>(std::popcount<std::uint8_t>(mask[i] & required_mask[i]));
  return count;
}

std::unique_ptr<Element> Element::make(const ElementLayout& layout, std::string name,
                                       std::int64_t first_slot) {
  void* const block = layout.memory->objects.take();
  try {
    return std::unique_ptr<Element>(new (block) Element(layout, std::move(name), first_slot));
  } catch (...) {
    layout.memory->objects.give_back(block);
    throw;
  }
}

void Element::operator delete(Element* element, std::destroying_delete_t) {
  ElementMemory& memory = *element->memory_;
  (element->started_ ? memory.rings : memory.starts).give_back(element->ring_);
  element->~Element();
  memory.objects.give_back(element);
}

Element::Element(const ElementLayout& layout, std::string name, std::int64_t first_slot)
    : memory_(layout.memory.get()), name_(std::move(name)), next_slot_(first_slot) {
  std::uninitialized_value_construct_n(baselines(), layout.numbers);
  std::uninitialized_value_construct_n(counters(layout).data(), layout.values.counters());
  std::uninitialized_value_construct_n(gauges(layout).data(), layout.values.gauges());
  std::uninitialized_value_construct_n(swings(layout).data(), swings(layout).size());
  started_ = layout.spec.baseline.none;
  if (started_)
    allocate_ring(layout);
  else
    ring_ = static_cast<float*>(memory_->starts.take());
}

std::span<CounterMemory> Element::counters(const ElementLayout& layout) const {
  return {reinterpret_cast<CounterMemory*>(baselines() + layout.numbers), layout.values.counters()};
}

std::span<GaugeMemory> Element::gauges(const ElementLayout& layout) const {
  const std::span<CounterMemory> before = counters(layout);
  return {reinterpret_cast<GaugeMemory*>(before.data() + before.size()), layout.values.gauges()};
}

std::span<KpiSwing> Element::swings(const ElementLayout& layout) const {
  const std::span<GaugeMemory> before = gauges(layout);
  return {reinterpret_cast<KpiSwing*>(before.data() + before.size()),
          layout.profile ? layout.numbers : 0};
}

std::uint8_t* Element::masks(const ElementLayout& layout) const {
  return reinterpret_cast<std::uint8_t*>(ring_ + layout.cells());
}

void Element::allocate_ring(const ElementLayout& layout) {
  ring_ = static_cast<float*>(memory_->rings.take());
  std::fill_n(ring_, layout.cells(), 0.0F);
  std::fill_n(masks(layout), layout.window * layout.mask_bytes, std::uint8_t{0});
}

void Element::start_ring(const ElementLayout& layout) {
  float* const start_values = ring_;
  allocate_ring(layout);
  started_ = true;
  memory_->starts.give_back(start_values);
}

void Element::start_anew(const ElementLayout& layout) {
  if (layout.spec.baseline.none) return;
  if (started_) {
    auto* const start_values = static_cast<float*>(memory_->starts.take());
    memory_->rings.give_back(ring_);
    ring_ = start_values;
  }
  started_ = false;
  std::fill_n(baselines(), layout.numbers, KpiBaseline{});
  for (KpiSwing& swing : swings(layout)) swing = {};
  head_ = filled_ = masked_cells_ = start_slots_ = 0;
}

void Element::prefetch(const ElementLayout& layout) const {
  if (!started_) return;
  const char* const begin = reinterpret_cast<const char*>(ring_);
  const std::size_t bytes = layout.cells() * sizeof(float) + layout.window * layout.mask_bytes;
  for (std::size_t at = 0; at < bytes; at += kCacheLine) __builtin_prefetch(begin + at);
}

void Element::complete_values_only(const ElementLayout& layout, std::span<const double> fields,
                                   std::int64_t time_us, std::span<double> values,
                                   std::span<std::uint8_t> carried) {
  layout.values.compute(fields, time_us, counters(layout), gauges(layout), values, carried);
  ++next_slot_;
}

void Element::complete(const ElementLayout& layout, std::span<const double> fields,
                       std::int64_t time_us, std::span<double> values,
                       std::span<std::uint8_t> carried) {
  complete_values_only(layout, fields, time_us, values, carried);
  if (started_) {
    push(layout, values, carried, next_slot_ - 1);
    return;
  }
  std::copy(values.begin(), values.end(), ring_ + start_slots_ * layout.columns);
  if (++start_slots_ >= static_cast<std::uint32_t>(layout.spec.baseline.start))
    finish_start(layout);
}

// The first slots give level and scale, and then run through the baseline in order.
void Element::finish_start(const ElementLayout& layout) {
  const std::vector<double> rows(ring_, ring_ + start_slots_ * layout.columns);
  start_ring(layout);
  const std::int64_t first = next_slot_ - start_slots_;
  std::vector<double> column(start_slots_);
  for (std::size_t k = 0; k < layout.numbers; ++k) {
    for (std::size_t t = 0; t < column.size(); ++t) column[t] = rows[t * layout.columns + k];
    start_kpi(layout, k, column, first);
  }
  for (std::size_t t = 0; t < column.size(); ++t)
    push(layout, std::span(rows).subspan(t * layout.columns, layout.columns), {},
         first + static_cast<std::int64_t>(t));
}

float Element::next_deviation(const ElementLayout& layout, std::size_t kpi, double x,
                              bool carried) {
  if (layout.spec.baseline.none) return network_deviation(layout.spec.network[kpi], x);
  KpiBaseline& baseline = baselines()[kpi];
  // A KPI that first appears after the start: its first value is its level.
  if (!baseline.started())
    baseline = start_baseline({&x, 1}, layout.spec.kpis[kpi].scale, layout.spec.network[kpi]);
  const float d = deviation(baseline, x);
  if (!carried) learn(baseline, x, layout.spec.baseline.fast);
  return d;
}

void Element::push(const ElementLayout& layout, std::span<const double> values,
                   std::span<const std::uint8_t> carried, std::int64_t slot) {
  const std::span<std::uint8_t> mask = mask_row(layout, head_);
  if (filled_ == layout.window) {
    masked_cells_ -= layout.missing(mask);
  } else {
    ++filled_;
  }
  std::fill(mask.begin(), mask.end(), std::uint8_t{0});
  float* const row = ring_ + head_ * layout.columns;
  if (layout.profile)
    push_profiled(layout, values, carried, slot, row, mask);
  else
    push_numbers(values, layout.numbers, row, mask, [&](std::size_t k) {
      return next_deviation(layout, k, values[k], !carried.empty() && carried[k] != 0);
    });
  if (layout.numbers < layout.kpis) push_tokens(layout, values, mask);
  masked_cells_ += layout.missing(mask);
  head_ = head_ + 1 == layout.window ? 0 : head_ + 1;
}

// All cells of a text are missing, or none.
void Element::push_tokens(const ElementLayout& layout, std::span<const double> values,
                          std::span<std::uint8_t> mask) {
  std::size_t column = layout.numbers;
  float* const row = ring_ + head_ * layout.columns;
  for (std::size_t k = layout.numbers; k < layout.kpis; ++k) {
    if (std::isnan(values[column])) mask[k / 8] |= static_cast<std::uint8_t>(1U << (k % 8));
    for (int i = 0; i < layout.spec.kpis[k].length; ++i, ++column)
      row[column] = std::isnan(values[column]) ? 0.0F : static_cast<float>(values[column]);
  }
}

std::span<std::uint8_t> Element::mask_row(const ElementLayout& layout, std::size_t row) const {
  return {masks(layout) + row * layout.mask_bytes, layout.mask_bytes};
}

void Element::append_window(const ElementLayout& layout, std::vector<float>& out) const {
  // Rows head_ .. T-1 are the older part of a full ring; they are zero in one not yet full, whose
  // rows 0 .. head_-1 then stand at the end, as they should.
  const std::size_t split = static_cast<std::size_t>(head_) * layout.columns;
  out.insert(out.end(), ring_ + split, ring_ + layout.cells());
  out.insert(out.end(), ring_, ring_ + split);
}

std::span<const std::uint8_t> Element::newest_mask(const ElementLayout& layout) const {
  return mask_row(layout, head_ == 0 ? layout.window - 1 : head_ - 1);
}

}  // namespace faultprint::ingest
