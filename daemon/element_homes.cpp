#include "daemon/element_homes.h"

#include <algorithm>
#include <functional>

namespace faultprint::daemon {

std::uint64_t ElementHomes::hash_of(std::string_view element) {
  return std::hash<std::string_view>{}(element);
}

std::uint32_t ElementHomes::number_of(const ingest::TopicPartition& where) {
  const auto found = std::find(partitions_.begin(), partitions_.end(), where);
  const auto number = static_cast<std::uint32_t>(found - partitions_.begin());
  if (found == partitions_.end()) partitions_.push_back(where);
  return number;
}

std::size_t ElementHomes::place_of(std::uint64_t hash) const {
  const std::size_t mask = entries_.size() - 1;
  std::size_t at = hash & mask;
  while (entries_[at].count > 0 && entries_[at].hash != hash) at = (at + 1) & mask;
  return at;
}

void ElementHomes::grow() {
  std::vector<Entry> old(std::max<std::size_t>(16, 2 * entries_.size()));
  old.swap(entries_);
  for (const Entry& entry : old)
    if (entry.count > 0) entries_[place_of(entry.hash)] = entry;
}

// Those that follow move up into the gap, so that no look-up ends too early.
void ElementHomes::erase(std::size_t gap) {
  const std::size_t mask = entries_.size() - 1;
  for (std::size_t at = (gap + 1) & mask; entries_[at].count > 0; at = (at + 1) & mask) {
    const std::size_t home = entries_[at].hash & mask;
    if (((at - home) & mask) < ((at - gap) & mask)) continue;  // its home lies after the gap
    entries_[gap] = entries_[at];
    gap = at;
  }
  entries_[gap] = {};
  --size_;
}

std::optional<ingest::TopicPartition> ElementHomes::arrives(std::string_view element,
                                                            const ingest::TopicPartition& where) {
  const std::lock_guard lock(mutex_);
  if (4 * (size_ + 1) > 3 * entries_.size() && size_ < kMost) grow();
  const std::uint64_t hash = hash_of(element);
  Entry& entry = entries_[place_of(hash)];
  if (entry.count == 0) {
    if (size_ >= kMost) return std::nullopt;
    entry = {hash, number_of(where), 1};
    ++size_;
    return std::nullopt;
  }
  if (++entry.count == 2) {
    ++several_;
    if (names_.size() < kNamed) names_.emplace(element);
  }
  const std::uint32_t other = entry.partition;
  if (other == kGone) entry.partition = number_of(where);
  if (other == kGone || partitions_[other] == where) return std::nullopt;
  return partitions_[other];
}

void ElementHomes::departs(std::string_view element, const ingest::TopicPartition& where) {
  const std::lock_guard lock(mutex_);
  if (entries_.empty()) return;
  const std::size_t place = place_of(hash_of(element));
  Entry& entry = entries_[place];
  if (entry.count == 0) return;  // one that was left out
  if (--entry.count == 0) return erase(place);
  if (entry.partition == number_of(where)) entry.partition = kGone;
  if (entry.count > 1) return;
  --several_;
  if (const auto named = names_.find(element); named != names_.end()) names_.erase(named);
}

std::size_t ElementHomes::several() const {
  const std::lock_guard lock(mutex_);
  return several_;
}

std::vector<std::string> ElementHomes::names() const {
  const std::lock_guard lock(mutex_);
  return {names_.begin(), names_.end()};
}

}  // namespace faultprint::daemon
