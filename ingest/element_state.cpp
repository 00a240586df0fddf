// An element's bytes in a snapshot and in the model file's carry-over.
#include "ingest/element.h"

namespace faultprint::ingest {
namespace {

void write_open(std::span<const OpenSlot> open, StateWriter& out) {
  out.put(static_cast<std::uint32_t>(open.size()));
  for (const OpenSlot& slot : open) {
    out.put(slot.slot);
    out.put(slot.time_us);
    out.put_all(std::span<const double>(slot.fields));
    out.put(static_cast<std::uint32_t>(slot.origins.size()));
    out.put_all(std::span<const std::uint64_t>(slot.origins));
  }
}

std::vector<OpenSlot> read_open(std::size_t fields, StateReader& in) {
  const auto count = in.get<std::uint32_t>();
  std::vector<OpenSlot> open;
  for (std::uint32_t i = 0; i < count; ++i) {  // grows only as far as the bytes reach
    OpenSlot& slot = open.emplace_back();
    slot.slot = in.get<std::int64_t>();
    slot.time_us = in.get<std::int64_t>();
    slot.fields.resize(fields);
    in.get_all(std::span<double>(slot.fields));
    if (in.version() < 5) continue;
    const auto origins = in.get<std::uint32_t>();
    if (origins > OpenSlot::kMostOrigins) throw StateError("an open slot has too many origins");
    slot.origins.resize(origins);
    in.get_all(std::span<std::uint64_t>(slot.origins));
  }
  return open;
}

// Field by field: padding bytes would make two equal states differ.
void write_memory(std::span<const GaugeMemory> gauges, std::span<const CounterMemory> counters,
                  StateWriter& out) {
  for (const GaugeMemory& gauge : gauges) {
    out.put(gauge.value);
    out.put(gauge.age);
  }
  for (const CounterMemory& counter : counters) {
    out.put(counter.value);
    out.put(counter.time_us);
    out.put(static_cast<std::uint8_t>(counter.known));
  }
}

void read_memory(std::span<GaugeMemory> gauges, std::span<CounterMemory> counters,
                 StateReader& in) {
  for (GaugeMemory& gauge : gauges) {
    gauge.value = in.get<float>();
    gauge.age = in.get<std::uint16_t>();
  }
  for (CounterMemory& counter : counters) {
    counter.value = in.get<double>();
    counter.time_us = in.get<std::int64_t>();
    counter.known = in.get<std::uint8_t>() != 0;
  }
}

}  // namespace

void Element::write(const ElementLayout& layout, StateWriter& out) const {
  out.put(std::string_view(name_));
  out.put(next_slot_);
  out.put(newest_time_us_);
  out.put(head_);
  out.put(filled_);
  out.put(masked_cells_);
  out.put(static_cast<std::uint8_t>(started_));
  write_open(open_, out);
  out.put(start_slots_);
  if (!started_) out.put_all(std::span<const float>(ring_, start_slots_ * layout.columns));
  for (std::size_t k = 0; k < layout.numbers; ++k) {
    out.put(baselines()[k].level);
    out.put(baselines()[k].variance);
    out.put(baselines()[k].first_variance);
  }
  for (const KpiSwing& swing : swings(layout)) {
    out.put(swing.amplitude);
    out.put(swing.weight);
  }
  if (started_) {
    out.put_all(std::span<const float>(ring_, layout.cells()));
    out.put_all(std::span<const std::uint8_t>(masks(layout), layout.window * layout.mask_bytes));
  }
  write_memory(gauges(layout), counters(layout), out);
}

std::unique_ptr<Element> Element::read(const ElementLayout& layout, StateReader& in) {
  auto element = make(layout, std::string(in.get_text()), 0);
  element->next_slot_ = in.get<std::int64_t>();
  element->newest_time_us_ = in.get<std::int64_t>();
  element->head_ = in.get<std::uint32_t>();
  element->filled_ = in.get<std::uint32_t>();
  element->masked_cells_ = in.get<std::uint32_t>();
  const bool started = in.get<std::uint8_t>() != 0;
  if (element->head_ >= layout.window || element->filled_ > layout.window ||
      element->masked_cells_ > layout.cells())
    throw StateError("an element's ring does not fit the window");
  element->open_ = read_open(layout.values.fields(), in);
  element->start_slots_ = in.get<std::uint32_t>();
  if (!started) {
    if (layout.spec.baseline.none ||
        element->start_slots_ >= static_cast<std::uint32_t>(layout.spec.baseline.start))
      throw StateError("an element's start does not fit the baseline");
    in.get_all(std::span<float>(element->ring_, element->start_slots_ * layout.columns));
  } else if (!layout.spec.baseline.none) {
    element->start_ring(layout);
  }
  for (std::size_t k = 0; k < layout.numbers; ++k) {
    element->baselines()[k].level = in.get<double>();
    element->baselines()[k].variance = in.get<float>();
    element->baselines()[k].first_variance = in.get<float>();
  }
  for (KpiSwing& swing : element->swings(layout)) {
    swing.amplitude = in.get<float>();
    swing.weight = in.get<float>();
    if (!std::isfinite(swing.amplitude) || !(swing.weight >= 0))
      throw StateError("an element's daily swing is damaged");
  }
  if (started) {
    in.get_all(std::span<float>(element->ring_, layout.cells()));
    in.get_all(std::span<std::uint8_t>(element->masks(layout), layout.window * layout.mask_bytes));
  }
  read_memory(element->gauges(layout), element->counters(layout), in);
  return element;
}

}  // namespace faultprint::ingest
