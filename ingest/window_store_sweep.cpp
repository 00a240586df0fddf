// What the watermark does to elements that do not report: their slots end, they fall silent, they
// depart.
#include <algorithm>

#include "ingest/window_store.h"

namespace faultprint::ingest {

// Once a slot's end is passed, for all elements, the silent ones too.
void WindowStore::sweep(bool bounded) {
  if (!unfinished()) {
    if (watermark_.time_us() == Watermark::kNever) return;
    const std::int64_t passed = slot_of(watermark_.time_us() - options_.lateness.count());
    if (passed <= swept_slot_) return;
    swept_slot_ = passed;
    sweep_next_ = 0;
  }
  for (; sweep_next_ < elements_.size(); ++sweep_next_) {
    if (bounded && (batch_.slots.size() >= kMostSlots || batch_.rows >= kMostRows)) return;
    const std::uint32_t id = sweep_next_;
    if (!elements_[id] || (flags_[id] & kDeparted) != 0 ||
        elements_[id]->next_slot() >= swept_slot_)
      continue;
    if (swept_slot_ - newest_slot(id) > forget_slots_) {
      complete_through(id, newest_slot(id));
      depart(id);
    } else {
      settle(id);
    }
  }
  sweep_next_ = kSwept;
}

void WindowStore::depart(std::uint32_t id) {
  by_name_.erase(elements_[id]->name(), id);
  watermark_.forget(id);
  flags_[id] |= kDeparted;
  batch_.departed.push_back(id);
  batch_.departed_us.push_back(watermark_.time_us());
  batch_.departed_decided_us.push_back(decided_us_);
  if ((flags_[id] & kWasSilent) != 0)
    batch_.silences.push_back({Silence::Kind::departs, id, watermark_.time_us(), 0, decided_us_});
}

// Where the stream is, or kNever: where too few are alive to move the watermark, by the second
// newest clock, or the only one.
std::int64_t WindowStore::present_slot() const {
  const Watermark::State& mark = watermark_.state();
  if (mark.count == 0) return Watermark::kNever;
  const std::int64_t ahead = mark.leaders[mark.count > 2 ? 1 : 0].time_us;
  return std::max(swept_slot_, slot_of(ahead - options_.lateness.count()));
}

bool WindowStore::silent_at(const Element& element, std::int64_t slot) const {
  return slot != Watermark::kNever &&
         slot - slot_of(element.newest_time_us()) > options_.stale_after;
}

// Asks the elements a few times in `stale_after`: what it says does not depend on when. Where the
// stream leaps by as much at once, nobody reported meanwhile: that was the topic's silence, and the
// elements come back one by one.
void WindowStore::look_for_silence() {
  const std::int64_t now = present_slot();
  if (now == Watermark::kNever || now <= present_slot_) return;
  if (present_slot_ == Watermark::kNever || now - present_slot_ > options_.stale_after)
    lit_slot_ = now;
  present_slot_ = now;
  if (looked_slot_ != Watermark::kNever && now - looked_slot_ <= options_.stale_after / 4) return;
  looked_slot_ = now;
  bool goes_on = false;
  for (std::uint32_t id = 0; id < elements_.size(); ++id) {
    if (!elements_[id] || (flags_[id] & kDeparted) != 0) continue;
    goes_on = goes_on || (flags_[id] & kWasSilent) != 0;
    const std::int64_t last = std::max(newest_slot(id), lit_slot_);
    if ((flags_[id] & kSilent) != 0 || now - last <= options_.stale_after) continue;
    flags_[id] |= kSilent | kWasSilent;
    batch_.silences.push_back({Silence::Kind::begins, id, slot_end_us(last + options_.stale_after),
                               elements_[id]->newest_time_us(), decided_us_});
  }
  if (goes_on)
    batch_.silences.push_back({Silence::Kind::goes_on, 0, slot_end_us(now - 1), 0, decided_us_});
}

// Not by what is older than what the element was found silent from, nor by what comes too late to
// make it less than silent: it would be silent again from there, and maybe from the very time at
// which planned work let go of it before, so that two alarms had one identity.
bool WindowStore::breaks_silence(std::uint32_t id, std::int64_t slot) const {
  return slot > std::max(newest_slot(id), lit_slot_) &&
         present_slot_ - slot <= options_.stale_after;
}

void WindowStore::break_silence(std::uint32_t id, std::int64_t slot) {
  flags_[id] &= static_cast<std::uint8_t>(~kSilent);
  batch_.silences.push_back({Silence::Kind::ends, id, slot_end_us(slot - 1), 0, decided_us_});
}

bool WindowStore::silent(std::uint32_t element) const {
  return silent_at(*elements_[element], present_slot());
}

std::size_t WindowStore::silent_elements() const {
  const std::int64_t now = present_slot();
  return static_cast<std::size_t>(
      std::count_if(elements_.begin(), elements_.end(),
                    [&](const auto& element) { return element && silent_at(*element, now); }));
}

}  // namespace faultprint::ingest
