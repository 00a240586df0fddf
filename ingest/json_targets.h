// What the three JSON pointers of stream.json lead to. Internal to the JSON decoder.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/json_pointer.h"

namespace faultprint::ingest {

// Bits of a set.
enum Target : unsigned { kToElement = 1, kToTime = 2, kToKpis = 4 };
constexpr std::array<Target, 3> kTargets = {kToElement, kToTime, kToKpis};

class JsonTargets {
 public:
  JsonTargets(const std::string& element, const std::string& time, const std::string& kpis)
      : pointers_{split_pointer(element), split_pointer(time), split_pointer(kpis)} {}

  // Those of `active` whose pointer has `key` at this depth.
  unsigned matches(std::string_view key, int depth, unsigned active) const {
    const auto level = static_cast<std::size_t>(depth);
    unsigned found = 0;
    for (std::size_t i = 0; i < pointers_.size(); ++i) {
      if ((active & kTargets[i]) != 0 && level < pointers_[i].size() && pointers_[i][level] == key)
        found |= kTargets[i];
    }
    return found;
  }

  // Those of `targets` whose pointer has `depth` parts: they end here.
  unsigned ending(int depth, unsigned targets) const {
    unsigned found = 0;
    for (std::size_t i = 0; i < pointers_.size(); ++i) {
      if (pointers_[i].size() == static_cast<std::size_t>(depth)) found |= targets & kTargets[i];
    }
    return found;
  }

 private:
  std::array<std::vector<std::string>, 3> pointers_;  // in the order of kTargets
};

}  // namespace faultprint::ingest
