// What the JSON pointers of stream.json lead to. Internal to the JSON decoder.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ingest/json_pointer.h"

namespace faultprint::ingest {

// Bits of a set: the first of those to the parts of the element's name, which may have several.
enum Target : unsigned { kToTime = 1, kToKpis = 2, kToElement = 4 };

class JsonTargets {
 public:
  JsonTargets(const std::vector<std::string>& element, const std::string& time,
              const std::string& kpis)
      : pointers_{split_pointer(time), split_pointer(kpis)} {
    for (const std::string& part : element) pointers_.push_back(split_pointer(part));
  }

  unsigned all() const { return (1U << pointers_.size()) - 1; }
  unsigned to_element() const { return all() & ~(kToTime | kToKpis); }

  // Those of `active` whose pointer has `key` at this depth.
  unsigned matches(std::string_view key, int depth, unsigned active) const {
    const auto level = static_cast<std::size_t>(depth);
    unsigned found = 0;
    for (std::size_t i = 0; i < pointers_.size(); ++i) {
      if ((active & 1U << i) != 0 && level < pointers_[i].size() && pointers_[i][level] == key)
        found |= 1U << i;
    }
    return found;
  }

  // Those of `targets` whose pointer has `depth` parts: they end here.
  unsigned ending(int depth, unsigned targets) const {
    unsigned found = 0;
    for (std::size_t i = 0; i < pointers_.size(); ++i) {
      if (pointers_[i].size() == static_cast<std::size_t>(depth)) found |= targets & 1U << i;
    }
    return found;
  }

 private:
  std::vector<std::vector<std::string>> pointers_;  // in the order of the bits
};

}  // namespace faultprint::ingest
