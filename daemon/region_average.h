// The mean embedding of each region at each slot, as slots go by.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <vector>

namespace faultprint::daemon {

// Elements complete a slot at different times: one that was silent does so when it is heard again.
// A slot is averaged once the newest is `hold` slots ahead, or at the end; so no more than `hold`
// slots are kept, however long the history.
class RegionAverage {
 public:
  using Sink = std::function<void(int region, std::int64_t slot, std::span<const float> mean)>;

  RegionAverage(int width, std::int64_t hold, Sink sink)
      : width_(static_cast<std::size_t>(width)), hold_(hold), sink_(std::move(sink)) {}

  // False: that slot's average is out already, and the embedding is not in it.
  [[nodiscard]] bool add(int region, std::int64_t slot, std::span<const float> embedding);
  void flush();

 private:
  struct Sum {
    std::vector<double> values;
    long elements = 0;
  };
  void emit_before(std::int64_t slot);

  std::size_t width_;
  std::int64_t hold_;
  Sink sink_;
  std::map<std::int64_t, std::map<int, Sum>> open_;  // by slot, then region
  std::int64_t emitted_before_ = INT64_MIN;
  std::vector<float> mean_;  // scratch
};

}  // namespace faultprint::daemon
