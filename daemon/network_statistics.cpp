#include "daemon/network_statistics.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace faultprint::daemon {
namespace {

double median(std::vector<float>& values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

void NetworkStatistics::Moments::add(double x) {
  n += 1;
  const double d = x - mean;
  mean += d / n;
  squares += d * (x - mean);
}

NetworkStatistics::NetworkStatistics(const config::InputSpec& input)
    : overall_(input.baseline.none),
      block_slots_(input.baseline.start),
      all_(input.numbers()),
      within_(input.numbers()) {}

void NetworkStatistics::add(std::uint32_t element, std::span<const double> values) {
  if (element >= blocks_.size()) blocks_.resize(element + 1);
  Block& block = blocks_[element];
  if (block.kpis.empty()) block.kpis.resize(all_.size());
  for (std::size_t k = 0; k < values.size(); ++k) {
    if (std::isnan(values[k])) continue;
    all_[k].add(values[k]);
    block.kpis[k].add(values[k]);
  }
  if (++block.slots >= block_slots_) close(block);
}

void NetworkStatistics::close(Block& block) {
  for (std::size_t k = 0; k < block.kpis.size(); ++k) {
    const Moments& m = block.kpis[k];
    if (m.n >= 2) within_[k].push_back(static_cast<float>(std::sqrt(m.squares / (m.n - 1))));
  }
  block = {};
}

std::vector<config::NetworkKpi> NetworkStatistics::result() {
  for (Block& block : blocks_) close(block);
  blocks_.clear();
  std::vector<config::NetworkKpi> network;
  for (std::size_t k = 0; k < all_.size(); ++k) {
    const Moments& m = all_[k];
    const double overall = m.n > 0 ? std::sqrt(m.squares / m.n) : 0;
    network.push_back({m.mean, overall_ ? overall : median(within_[k])});
  }
  return network;
}

}  // namespace faultprint::daemon
