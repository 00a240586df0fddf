// A store's bytes in a snapshot, and the carry-over that a model file keeps.
#include <algorithm>
#include <array>

#include "ingest/timestamp.h"
#include "ingest/window_store.h"

namespace faultprint::ingest {
namespace {

// Of no time that there is: what is counted from it would leave its type.
bool is_wild(Element& element, std::int64_t period_us) {
  const auto wild = [&](std::int64_t slot) {
    return slot < 0 || slot > kMaxTimeUs / period_us + 1;
  };
  if (element.newest_time_us() < 0 || element.newest_time_us() > kMaxTimeUs) return true;
  return wild(element.next_slot()) ||
         std::any_of(element.open().begin(), element.open().end(),
                     [&](const OpenSlot& open) { return wild(open.slot); });
}

}  // namespace

void WindowStore::write(StateWriter& out) const {
  if (!batch_empty() || unfinished()) throw std::logic_error("a snapshot in the middle of a batch");
  out.put(static_cast<std::uint32_t>(layout_.columns));
  out.put(static_cast<std::uint32_t>(layout_.window));
  out.put(period_us_);
  const Watermark::State& mark = watermark_.state();
  out.put(mark.time_us);
  out.put(static_cast<std::int32_t>(mark.count));
  out.put(static_cast<std::uint8_t>(mark.settled));
  for (const auto& leader : mark.leaders) {
    out.put(leader.element);
    out.put(leader.time_us);
  }
  out.put(swept_slot_);
  out.put(static_cast<std::uint32_t>(elements_.size()));
  out.put(static_cast<std::uint32_t>(by_name_.size()));
  for (std::uint32_t id = 0; id < elements_.size(); ++id) {
    if (!elements_[id]) continue;
    out.put(id);
    out.put(flags_[id]);
    elements_[id]->write(layout_, out);
  }
  out.put(present_slot_);
  out.put(looked_slot_);
  out.put(lit_slot_);
  out.put(decided_us_);
  if (layout_.profile) layout_.profile->write(out);
}

void WindowStore::read(StateReader& in) {
  if (in.get<std::uint32_t>() != layout_.columns || in.get<std::uint32_t>() != layout_.window ||
      in.get<std::int64_t>() != period_us_)
    throw StateError("it was written with other KPIs, another window or another period");
  Watermark::State mark;
  mark.time_us = in.get<std::int64_t>();
  mark.count = in.get<std::int32_t>();
  if (mark.count < 0 || mark.count > 3) throw StateError("the watermark is damaged");
  mark.settled = in.get<std::uint8_t>() != 0;
  for (auto& leader : mark.leaders) {
    leader.element = in.get<std::uint32_t>();
    leader.time_us = in.get<std::int64_t>();
  }
  const auto at_no_time = [](std::int64_t time_us) { return time_us < 0 || time_us > kMaxTimeUs; };
  if ((mark.time_us != Watermark::kNever && at_no_time(mark.time_us)) ||
      std::any_of(mark.leaders.begin(), mark.leaders.begin() + mark.count,
                  [&](const auto& leader) { return at_no_time(leader.time_us); }))
    throw StateError("the watermark is at no time");
  const auto swept = in.get<std::int64_t>();
  const auto ids = in.get<std::uint32_t>();
  const auto count = in.get<std::uint32_t>();
  if (count > ids || ids > 2U * static_cast<std::uint32_t>(options_.max_elements))
    throw StateError("it has more elements than stream.max_elements allows");
  std::vector<std::unique_ptr<Element>> elements(ids);
  std::vector<std::uint8_t> flags(ids);
  NameIndex by_name;
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto id = in.get<std::uint32_t>();
    if (id >= ids || elements[id]) throw StateError("an element's number is damaged");
    flags[id] = in.get<std::uint8_t>();
    elements[id] = Element::read(layout_, in);
    if (is_wild(*elements[id], period_us_)) throw StateError("an element is at no time");
    const std::string& name = elements[id]->name();
    const auto name_of = [&](std::uint32_t known) {
      return std::string_view(elements[known]->name());
    };
    if (by_name.find(name, name_of) != NameIndex::kNone)
      throw StateError("it has the element " + name + " twice");
    by_name.insert(name, id);
  }
  std::array<std::int64_t, 3> of_silence;
  of_silence.fill(Watermark::kNever);
  if (in.version() >= 5) in.get_all(std::span<std::int64_t>(of_silence));
  const std::int64_t decided_us = in.version() >= 6 ? in.get<std::int64_t>() : 0;
  auto profile = layout_.profile ? std::make_unique<DailyProfile>(layout_.spec) : nullptr;
  if (profile) profile->read(in);
  layout_.profile = std::move(profile);
  present_slot_ = of_silence[0];
  looked_slot_ = of_silence[1];
  lit_slot_ = of_silence[2];
  decided_us_ = decided_us;
  watermark_.restore(mark);
  swept_slot_ = swept;
  sweep_next_ = kSwept;
  elements_ = std::move(elements);
  flags_ = std::move(flags);
  by_name_ = std::move(by_name);
  free_ids_.clear();
  for (std::uint32_t id = ids; id-- > 0;)
    if (!elements_[id]) free_ids_.push_back(id);
  batch_ = {};
  batch_.arrived = all();
}

CarryOver WindowStore::carry_over() const {
  CarryOver kept;
  for (std::uint32_t id = 0; id < elements_.size(); ++id) {
    const auto& element = elements_[id];
    if (!element || (flags_[id] & kDeparted) != 0) continue;
    StateWriter out;
    element->write(layout_, out);
    kept.emplace(element->name(), out.take());
  }
  return kept;
}

}  // namespace faultprint::ingest
