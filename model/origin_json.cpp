#include "model/origin_json.h"

#include <algorithm>
#include <stdexcept>

#include "model/known_incidents.h"

namespace faultprint::model {

using nlohmann::json;

void put_origins(const Cluster& cluster, json& entry) {
  if (cluster.origins.empty()) return;
  const std::vector<Origin> distinct = known_incidents(cluster);
  json list = json::array();
  for (const Origin& origin : distinct)
    list.push_back({{"element", origin.element}, {"time_us", origin.time_us}});
  json of = json::array();
  for (const Origin& origin : cluster.origins) {
    const auto place = std::find(distinct.begin(), distinct.end(), origin);
    of.push_back(place == distinct.end() ? -1 : place - distinct.begin());
  }
  entry["origins"] = list;
  entry["origin_of"] = of;
}

std::vector<Origin> get_origins(const json& entry) {
  std::vector<Origin> origins;
  if (!entry.contains("origins")) return origins;
  std::vector<Origin> distinct;
  for (const json& origin : entry.at("origins"))
    distinct.push_back(
        {origin.at("element").get<std::string>(), origin.at("time_us").get<std::int64_t>()});
  if (!entry.at("origin_of").is_array())
    throw std::invalid_argument("it does not say which prototype comes from where");
  for (const json& number : entry.at("origin_of")) {
    const int at = number.get<int>();
    if (at < -1 || at >= static_cast<int>(distinct.size()))
      throw std::invalid_argument("a prototype's origin is not listed");
    origins.push_back(at < 0 ? Origin{} : distinct[static_cast<std::size_t>(at)]);
  }
  return origins;
}

}  // namespace faultprint::model
