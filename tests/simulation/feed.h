// The records of a world, in each partition's order: faults, gaps, silence, disorder, repeats, late
// and broken records, clocks that are wrong, counters that begin anew.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/simulation/broker.h"
#include "tests/simulation/dice.h"

namespace faultprint::crash {

constexpr std::int64_t kPeriodS = 10;
constexpr std::int64_t kFirstSlot = 150000000;
constexpr int kForgetSlots = 10;
constexpr const char* kNewcomer = "e9";  // appears in kNewcomerSlot
constexpr int kNewcomerSlot = 12;

struct FeedOptions {
  int partitions = 1;
  int elements = 3;
  int slots = 30;
  // Of all elements but a few, for some slots; then all of their open slots end with one record.
  bool outage = false;
};

// One log for each partition. An element is in one.
std::vector<std::vector<Record>> make_feed(const FeedOptions& options, Dice& dice);

}  // namespace faultprint::crash
