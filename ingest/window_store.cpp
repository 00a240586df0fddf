#include "ingest/window_store.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace faultprint::ingest {
namespace {

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

}  // namespace

const char* name(NotScored reason) {
  switch (reason) {
    case NotScored::learning:
      return "learning";
    case NotScored::filling:
      return "filling";
    case NotScored::masked:
      return "masked";
    case NotScored::none:
      break;
  }
  return "";
}

WindowStore::Options WindowStore::options(const config::StreamConfig& stream) {
  Options options;
  options.lateness = stream.lateness;
  options.max_future = stream.max_future;
  options.forget_after = stream.forget_after;
  options.max_elements = stream.max_elements;
  options.stale_after = stream.stale_after;
  return options;
}

WindowStore::WindowStore(const config::InputSpec& spec, const Options& options,
                         std::shared_ptr<const CarryOver> carry_over,
                         std::shared_ptr<ElementMemory> memory)
    : layout_(spec, std::move(memory)),
      options_(options),
      period_us_(spec.period.count()),
      forget_slots_(std::max<std::int64_t>(options.forget_after.count() / period_us_, 1)),
      carry_over_(std::move(carry_over)),
      values_(layout_.columns),
      carried_(layout_.columns),
      seen_(2 * layout_.numbers) {}

RejectReason WindowStore::add(const KpiSample& sample, std::int64_t record_time_us) {
  if (unfinished()) sweep(false);
  decided_us_ = record_time_us > 0 ? record_time_us : sample.time_us;
  if (record_time_us > 0 && sample.time_us > record_time_us + options_.max_future.count())
    return RejectReason::too_far_ahead;
  const std::int64_t slot = slot_of(sample.time_us);
  std::uint32_t id = 0;
  if (const RejectReason reason = admit(sample, slot, id); reason != RejectReason::none)
    return reason;
  if (layout_.profile) layout_.profile->settle(slot, by_name_.size());
  Element& element = *elements_[id];
  if (is_repeat(element, sample, slot)) return RejectReason::duplicate;
  const bool back = (flags_[id] & kSilent) != 0 && breaks_silence(id, slot);
  element.reached(sample.time_us);
  if (back) break_silence(id, slot);
  // A whole record for the slot that is next needs no open slot.
  if (slot == element.next_slot() && element.open().empty() && layout_.values.full(sample.values)) {
    complete(id, sample.values, sample.time_us);
  } else {
    fill_in(element, sample, slot);
    settle(id);
  }
  if (!options_.per_element_watermark) {
    watermark_.reached(id, element.newest_time_us());
    sweep(true);
    look_for_silence();
  }
  return RejectReason::none;
}

// Finds the element, makes it, or lets it start anew after a long gap.
RejectReason WindowStore::admit(const KpiSample& sample, std::int64_t slot, std::uint32_t& id) {
  id = by_name_.find(sample.element,
                     [&](std::uint32_t i) { return std::string_view(elements_[i]->name()); });
  if (id != NameIndex::kNone) {
    elements_[id]->prefetch(layout_);
    if (slot < elements_[id]->next_slot()) return RejectReason::late;
    if (slot - newest_slot(id) > forget_slots_) {
      complete_through(id, newest_slot(id));
      if ((flags_[id] & kHeld) != 0) emit(id, elements_[id]->next_slot() - 1, NotScored::none);
      elements_[id] = make_element(sample.element, slot);
      flags_[id] = static_cast<std::uint8_t>(kFresh | (flags_[id] & (kSilent | kWasSilent)));
    }
    return RejectReason::none;
  }
  if (!options_.per_element_watermark && swept_slot_ != Watermark::kNever &&
      swept_slot_ - slot > forget_slots_)
    return RejectReason::too_old;
  if (by_name_.size() >= static_cast<std::size_t>(options_.max_elements))
    return RejectReason::element_limit;
  if (free_ids_.empty()) {
    id = static_cast<std::uint32_t>(elements_.size());
    elements_.emplace_back();
    flags_.emplace_back();
  } else {
    id = free_ids_.back();
    free_ids_.pop_back();
  }
  elements_[id] = make_element(sample.element, slot);
  flags_[id] = kFresh;
  by_name_.insert(sample.element, id);
  batch_.arrived.push_back(id);
  return RejectReason::none;
}

// New, or carried over from the end of training when that is at most a window ago.
std::unique_ptr<Element> WindowStore::make_element(std::string_view name, std::int64_t first_slot) {
  if (carry_over_ && options_.mode == Mode::windows) {
    if (const auto kept = carry_over_->find(std::string(name)); kept != carry_over_->end()) {
      StateReader in(kept->second);
      auto element = Element::read(layout_, in);
      const std::int64_t missed = first_slot - element->next_slot();
      if (missed >= 0 && missed < static_cast<std::int64_t>(layout_.window)) {
        for (std::int64_t i = 0; i < missed; ++i)
          element->complete(layout_, {}, 0, values_, carried_);
        return element;
      }
    }
  }
  return Element::make(layout_, std::string(name), first_slot);
}

std::int64_t WindowStore::slot_of(std::int64_t time_us) const {
  return floor_div(time_us, period_us_);
}

std::int64_t WindowStore::newest_slot(std::uint32_t id) const {
  return slot_of(elements_[id]->newest_time_us());
}

// The first slot that the watermark has not passed: all before it are complete. Where too few
// elements are alive to move the watermark, an element's own clock does it for itself alone, and
// stale_after slots later.
std::int64_t WindowStore::watermark_slot(const Element& element) const {
  const std::int64_t own = slot_of(element.newest_time_us() - options_.lateness.count());
  if (options_.per_element_watermark) return own;
  const std::int64_t mark = watermark_.time_us();
  if (mark == Watermark::kNever) return own - options_.stale_after;
  return std::max(slot_of(mark - options_.lateness.count()), own - options_.stale_after);
}

// Completes in order what is full or passed by the watermark.
void WindowStore::settle(std::uint32_t id) {
  Element& element = *elements_[id];
  const auto& open = element.open();
  const std::int64_t passed = watermark_slot(element);
  const auto next_is_full = [&] {
    return !open.empty() && open.front().slot == element.next_slot() &&
           layout_.values.full(open.front().fields);
  };
  while (element.next_slot() < passed || next_is_full()) complete_next(id);
}

void WindowStore::complete_through(std::uint32_t id, std::int64_t slot) {
  while (elements_[id]->next_slot() <= slot) complete_next(id);
}

void WindowStore::complete_next(std::uint32_t id) {
  auto& open = elements_[id]->open();
  OpenSlot next;  // without fields: nothing was reported
  if (!open.empty() && open.front().slot == elements_[id]->next_slot()) {
    next = std::move(open.front());
    open.erase(open.begin());
  }
  complete(id, next.fields, next.time_us);
}

void WindowStore::complete(std::uint32_t id, std::span<const double> fields, std::int64_t time_us) {
  if (options_.mode != Mode::windows) return complete_for_values(id, fields, time_us);
  Element& element = *elements_[id];
  const std::int64_t slot = element.next_slot();
  if ((flags_[id] & kHeld) != 0) {  // the series goes on: its slot before was not the last
    flags_[id] &= static_cast<std::uint8_t>(~kHeld);
    emit(id, slot - 1, NotScored::filling);
  }
  const bool relearned =
      relearn_ && !layout_.spec.baseline.none && relearn_->at(element.name(), slot) != nullptr;
  if (relearned) {
    element.start_anew(layout_);
    flags_[id] |= kFresh;
  }
  const bool learning = element.learning();
  element.complete(layout_, fields, time_us, values_, carried_);
  const NotScored reason = why_not_scored(element, learning);
  if (reason == NotScored::filling && options_.per_element_watermark) {
    flags_[id] |= kHeld;
  } else {
    emit(id, slot, reason, values_);
    batch_.slots.back().relearned = relearned;
  }
}

// What an alarm's explanation needs: later slots of the batch move the level on.
void WindowStore::append_seen(const Element& element, std::int64_t slot,
                              std::span<const double> values) {
  constexpr float kNotKnown = std::numeric_limits<float>::quiet_NaN();
  const std::size_t numbers = layout_.numbers;
  float* const level = seen_.data() + numbers;
  for (std::size_t k = 0; k < numbers; ++k) {
    seen_[k] = values.empty() ? kNotKnown : static_cast<float>(values[k]);
    const KpiBaseline& baseline = element.baseline(k);
    level[k] = layout_.spec.baseline.none ? static_cast<float>(layout_.spec.network[k].mean)
               : baseline.started()       ? static_cast<float>(baseline.level)
                                          : kNotKnown;
  }
  if (layout_.profile) {
    const DailyProfile::Place place = layout_.profile->place(slot);
    for (std::size_t k = 0; k < numbers; ++k)
      level[k] += static_cast<float>(element.swing_at(layout_, k, place));
  }
  batch_.seen.insert(batch_.seen.end(), seen_.begin(), seen_.end());
}

// A verdict is due for the slot just completed. values: its; empty where they are gone.
void WindowStore::emit(std::uint32_t id, std::int64_t slot, NotScored not_scored,
                       std::span<const double> values) {
  const Element& element = *elements_[id];
  CompletedSlot done{id, slot, -1, not_scored, (flags_[id] & kFresh) != 0, false, decided_us_};
  flags_[id] &= static_cast<std::uint8_t>(~kFresh);
  if (not_scored == NotScored::none) {
    element.append_window(layout_, batch_.windows);
    append_seen(element, slot, values);
    done.row = static_cast<std::int32_t>(batch_.rows++);
  }
  batch_.slots.push_back(done);
  if (element.learning()) {
    batch_.masks.resize(batch_.masks.size() + layout_.mask_bytes);  // nothing is judged yet
  } else {
    const auto mask = element.newest_mask(layout_);
    batch_.masks.insert(batch_.masks.end(), mask.begin(), mask.end());
  }
}

NotScored WindowStore::why_not_scored(const Element& element, bool learning) const {
  if (learning) return NotScored::learning;
  if (layout_.spec.baseline.none && element.filled() < layout_.window) return NotScored::filling;
  const std::size_t missing =
      element.masked_cells() + (layout_.window - element.filled()) * layout_.required;
  return 2 * missing > layout_.window * layout_.required ? NotScored::masked : NotScored::none;
}

std::optional<std::uint32_t> WindowStore::find(std::string_view name) const {
  const std::uint32_t id = by_name_.find(
      name, [this](std::uint32_t at) { return std::string_view(elements_[at]->name()); });
  if (id == NameIndex::kNone) return std::nullopt;
  return id;
}

std::vector<std::uint32_t> WindowStore::all() const {
  std::vector<std::uint32_t> ids;
  for (std::uint32_t id = 0; id < elements_.size(); ++id)
    if (elements_[id] && (flags_[id] & kDeparted) == 0) ids.push_back(id);
  return ids;
}

void WindowStore::clear_batch() {
  batch_.slots.clear();
  batch_.windows.clear();
  batch_.rows = 0;
  batch_.seen.clear();
  batch_.masks.clear();
  batch_.values.clear();
  for (const std::uint32_t id : batch_.departed) {
    elements_[id].reset();
    free_ids_.push_back(id);
  }
  batch_.arrived.clear();
  batch_.departed.clear();
  batch_.departed_us.clear();
  batch_.departed_decided_us.clear();
  batch_.silences.clear();
}

void WindowStore::flush() {
  for (std::uint32_t id = 0; id < elements_.size(); ++id) {
    if (!elements_[id] || (flags_[id] & kDeparted) != 0) continue;
    decided_us_ = elements_[id]->newest_time_us();
    complete_through(id, newest_slot(id));
    if ((flags_[id] & kHeld) == 0) continue;
    flags_[id] &= static_cast<std::uint8_t>(~kHeld);
    emit(id, elements_[id]->next_slot() - 1, NotScored::none);
  }
}

}  // namespace faultprint::ingest
