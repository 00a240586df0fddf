// In how many partitions of this process each element is. An element lives in one (records keyed by
// element): in two it would be two halves, each of which misses what the other has. Of all workers;
// thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/kafka_consumer.h"

namespace faultprint::daemon {

class ElementHomes {
 public:
  static constexpr std::size_t kMost = std::size_t{1} << 23;  // elements; further ones are left out
  static constexpr std::size_t kNamed = 20;

  // The partition has the element from now on. Another one that has it already, where known.
  std::optional<ingest::TopicPartition> arrives(std::string_view element,
                                                const ingest::TopicPartition& where);
  void departs(std::string_view element, const ingest::TopicPartition& where);

  std::size_t several() const;             // elements that are in more than one
  std::vector<std::string> names() const;  // of kNamed of them at most

 private:
  // 16 bytes an element, told by its hash.
  struct Entry {
    std::uint64_t hash = 0;
    std::uint32_t partition = 0;  // number of one that has it; kGone: it has not any more
    std::uint32_t count = 0;      // partitions; 0: the place is free
  };

  static constexpr std::uint32_t kGone = 0xffffffff;

  static std::uint64_t hash_of(std::string_view element);
  std::uint32_t number_of(const ingest::TopicPartition& where);
  std::size_t place_of(std::uint64_t hash) const;  // its own, or the free one where it would be
  void grow();
  void erase(std::size_t place);

  mutable std::mutex mutex_;
  std::vector<Entry> entries_;  // a power of two, at most three quarters of them taken
  std::size_t size_ = 0;
  std::size_t several_ = 0;
  std::vector<ingest::TopicPartition> partitions_;  // by number; few, and they stay
  std::set<std::string, std::less<>> names_;
};

}  // namespace faultprint::daemon
