// Event-time progress of one partition: the newest time reached by at least three of its elements,
// or by all where there are fewer, so that one wrong clock cannot move it. Never goes back, but for
// the first elements: what one alone has reached is void when a second and a third one come.
#pragma once

#include <array>
#include <cstdint>
#include <limits>

namespace faultprint::ingest {

class Watermark {
 public:
  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::min();

  // `element` has reached time_us (its newest time so far).
  void reached(std::uint32_t element, std::int64_t time_us);
  // The element is gone; its time no longer counts (what it moved stays moved).
  void forget(std::uint32_t element);
  std::int64_t time_us() const { return state_.time_us; }

  // For snapshots: the state is the leaders and the time.
  struct Leader {
    std::uint32_t element = 0;
    std::int64_t time_us = kNever;
  };
  struct State {
    std::array<Leader, 3> leaders;  // newest first
    int count = 0;
    std::int64_t time_us = kNever;
    bool settled = false;  // there have been three, or one has gone
  };
  const State& state() const { return state_; }
  void restore(const State& state) { state_ = state; }

 private:
  State state_;
};

}  // namespace faultprint::ingest
