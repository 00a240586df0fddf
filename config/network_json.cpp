#include "config/network_json.h"

#include <cmath>
#include <limits>
#include <set>

#include "config/limits.h"

namespace faultprint::config {
namespace {

std::vector<double> read_knots(const SpecReader& reader, std::size_t knots, double least,
                               double most) {
  std::vector<double> values;
  for (const SpecReader& item : reader.list(knots)) values.push_back(item.number(least, most));
  if (values.size() != knots)
    reader.reject("must have " + std::to_string(knots) + " entries, not " +
                  std::to_string(values.size()));
  return values;
}

// One KPI's part of the network's usual day; not every KPI has one.
void read_profile(const SpecReader& reader, std::size_t knots, NetworkKpi& kpi) {
  constexpr double kMostFloat = std::numeric_limits<float>::max();
  kpi.amplitude = reader.at("amplitude").number(-kMostFloat, kMostFloat);
  kpi.shape = read_knots(reader.at("shape"), knots, -kMaxShape, kMaxShape);
  kpi.visits = read_knots(reader.at("visits"), knots, 0, kMostFloat);
}

}  // namespace

nlohmann::json network_json(const NetworkKpi& kpi) {
  if (!std::isfinite(kpi.mean) || !std::isfinite(kpi.deviation)) {
    fail_in_spec("network", "holds a figure that is not finite");  // JSON has no word for it
  }
  nlohmann::json result{{"mean", kpi.mean}, {"deviation", kpi.deviation}};
  if (!kpi.shape.empty()) {
    result["amplitude"] = kpi.amplitude;
    result["shape"] = kpi.shape;
    result["visits"] = kpi.visits;
  }
  return result;
}

std::vector<NetworkKpi> read_network(const SpecReader& reader, std::size_t kpis,
                                     std::size_t knots) {
  constexpr double kMost = std::numeric_limits<double>::max();
  std::vector<NetworkKpi> network;
  for (const SpecReader& item : reader.list(kMaxKpis)) {
    const bool has_profile = knots > 0 && item.has("shape");
    item.expect_members(
        has_profile ? std::set<std::string>{"mean", "deviation", "amplitude", "shape", "visits"}
                    : std::set<std::string>{"mean", "deviation"});
    network.push_back(
        {item.at("mean").number(-kMost, kMost), item.at("deviation").number(0, kMost)});
    if (has_profile) read_profile(item, knots, network.back());
  }
  if (!network.empty() && network.size() != kpis) {
    reader.reject("must have one entry per KPI, " + std::to_string(kpis) + ", or none, not " +
                  std::to_string(network.size()));
  }
  return network;
}

std::vector<std::vector<int>> read_usual(const SpecReader& reader,
                                         const std::vector<KpiSpec>& kpis) {
  std::vector<std::vector<int>> usual;
  for (const SpecReader& item : reader.list(kpis.size())) {
    const int buckets = kpis[usual.size()].buckets;
    std::vector<int>& tokens = usual.emplace_back();
    for (const SpecReader& token : item.list(static_cast<std::size_t>(buckets))) {
      tokens.push_back(static_cast<int>(token.integer(1, buckets - 1)));
      if (tokens.size() > 1 && tokens.back() <= tokens[tokens.size() - 2]) {
        item.reject("must be ascending");
      }
    }
  }
  if (!usual.empty() && usual.size() != kpis.size()) {
    reader.reject("must have one entry per state and text, " + std::to_string(kpis.size()) +
                  ", or none");
  }
  return usual;
}

}  // namespace faultprint::config
