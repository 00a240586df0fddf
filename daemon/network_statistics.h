// Per KPI over the whole network: the mean, and the deviation of normal values, for InputSpec.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "config/input_spec.h"

namespace faultprint::daemon {

// For a learning baseline the deviation is what the first scale of an element measures, within one
// element and one run of `start` slots: the median over all such runs, since a few with an
// unlabelled disturbance would otherwise widen every element's scale. For `none` it is the overall
// one.
class NetworkStatistics {
 public:
  explicit NetworkStatistics(const config::InputSpec& input);

  // values: one per KPI, NaN = missing, of one slot of one element.
  void add(std::uint32_t element, std::span<const double> values);
  std::vector<config::NetworkKpi> result();

 private:
  struct Moments {
    double n = 0;
    double mean = 0;
    double squares = 0;
    void add(double x);
  };
  struct Block {
    int slots = 0;
    std::vector<Moments> kpis;
  };
  void close(Block& block);

  bool overall_;
  int block_slots_;
  std::vector<Moments> all_;
  std::vector<std::vector<float>> within_;  // per KPI: the deviations of closed blocks
  std::vector<Block> blocks_;               // open ones, by element
};

}  // namespace faultprint::daemon
