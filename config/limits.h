// Bounds of what describes a stream, the same in the configuration and in a model file.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "config/input_spec.h"

namespace faultprint::config {

constexpr Microseconds kDay = std::chrono::hours(24);
constexpr Microseconds kMinPeriod = std::chrono::milliseconds(1);
constexpr Microseconds kMaxPeriod = kDay;
constexpr int kMinWindow = 2;      // slots
constexpr int kMaxWindow = 10000;  // slots
constexpr int kMaxGap = 1000;      // slots
constexpr int kMaxStart = 10000;   // slots; all of them are kept while an element is young
constexpr double kMaxTau = 1e9;    // slots
constexpr Microseconds kMaxProfilePeriod = std::chrono::hours(6);  // a day of four slots
constexpr double kMaxShape = 100;  // of a day's profile, times an element's amplitude
constexpr double kMaxAttempts = 1e15;
constexpr double kMaxFactor = 1e15;
constexpr std::size_t kMaxKpis = 4096;  // and columns of a slot
constexpr int kMaxTextLength = 64;      // tokens
constexpr int kMinBuckets = 2;
constexpr int kMaxBuckets = 65536;
constexpr std::size_t kMaxNameBytes = 256;

// In the order of the enumerators.
extern const std::vector<std::string> kKindNames;
extern const std::vector<std::string> kScaleNames;
extern const std::vector<std::string> kSplitNames;
extern const std::vector<std::string> kProfileNames;

// Where nothing else is said: room for the characters of Latin-1, or for words and states.
constexpr int default_buckets(TokenSplit split) {
  return split == TokenSplit::characters ? 256 : 1024;
}

}  // namespace faultprint::config
