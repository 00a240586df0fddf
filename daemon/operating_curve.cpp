#include "daemon/operating_curve.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <tuple>

#include "model/safetensors.h"

namespace faultprint::daemon {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kNever = 1e18;  // seconds

// Less is better: named first, then soon, then quiet, then the plainest setting.
auto rank(const OperatingPoint& p) {
  return std::make_tuple(-static_cast<long>(p.named), p.median_delay_s.value_or(kNever),
                         p.false_alarms, p.raise_of, p.raise_count, p.margin);
}

auto quiet_rank(const OperatingPoint& p) { return std::make_tuple(p.false_alarms, rank(p)); }

bool better(const OperatingPoint& a, const OperatingPoint& b) { return rank(a) < rank(b); }
bool sooner(const OperatingPoint& a, const OperatingPoint& b) {
  return std::make_tuple(a.raise_of, a.raise_count, a.margin) <
         std::make_tuple(b.raise_of, b.raise_count, b.margin);
}
bool quieter(const OperatingPoint& a, const OperatingPoint& b) {
  return quiet_rank(a) < quiet_rank(b);
}

}  // namespace

double OperatingCurve::false_per_day(const OperatingPoint& point) const {
  return static_cast<double>(point.false_alarms) / element_days * static_cast<double>(elements);
}

double OperatingCurve::least_rate() const {
  return 3 / element_days * static_cast<double>(elements);
}

std::optional<OperatingPoint> choose(const OperatingCurve& curve,
                                     const config::AlarmConfig& alarms) {
  std::vector<OperatingPoint> open = curve.points;
  if (alarms.raise_given)
    std::erase_if(open, [&](const OperatingPoint& p) {
      return p.raise_count != alarms.raise_count || p.raise_of != alarms.raise_of;
    });
  if (open.empty()) return std::nullopt;
  std::vector<OperatingPoint> within;
  for (const OperatingPoint& p : open)
    if (curve.false_per_day(p) <= alarms.false_alarms_per_day) within.push_back(p);
  if (within.empty()) return *std::min_element(open.begin(), open.end(), quieter);
  return *std::min_element(within.begin(), within.end(), curve.incidents > 0 ? better : sooner);
}

std::vector<OperatingPoint> frontier(const OperatingCurve& curve) {
  std::vector<OperatingPoint> sorted = curve.points;
  std::sort(sorted.begin(), sorted.end(), quieter);
  std::vector<OperatingPoint> result;
  for (const OperatingPoint& p : sorted)
    if (result.empty() || p.named > result.back().named) result.push_back(p);
  return result;
}

std::string to_json(const OperatingCurve& curve) {
  Json points = Json::array();
  for (const OperatingPoint& p : curve.points) {
    Json point = {{"raise", {p.raise_count, p.raise_of}},
                  {"margin", p.margin},
                  {"false_alarms", p.false_alarms},
                  {"named", p.named}};
    point["median_delay_s"] = p.median_delay_s ? Json(*p.median_delay_s) : Json();
    points.push_back(std::move(point));
  }
  return Json{{"elements", curve.elements},
              {"element_days", curve.element_days},
              {"incidents", curve.incidents},
              {"points", std::move(points)}}
      .dump();
}

OperatingCurve operating_curve_from_json(const std::string& text) {
  try {
    const Json json = Json::parse(text);
    OperatingCurve curve;
    json.at("elements").get_to(curve.elements);
    json.at("element_days").get_to(curve.element_days);
    json.at("incidents").get_to(curve.incidents);
    if (!(curve.element_days > 0)) throw std::invalid_argument("it was measured in no time");
    for (const Json& point : json.at("points")) {
      OperatingPoint p;
      point.at("raise").at(0).get_to(p.raise_count);
      point.at("raise").at(1).get_to(p.raise_of);
      point.at("margin").get_to(p.margin);
      point.at("false_alarms").get_to(p.false_alarms);
      point.at("named").get_to(p.named);
      if (!point.at("median_delay_s").is_null())
        p.median_delay_s = point.at("median_delay_s").get<double>();
      if (p.raise_count < 1 || p.raise_of < p.raise_count || p.raise_of > 64 || !(p.margin >= 0))
        throw std::invalid_argument("a point has no possible setting");
      curve.points.push_back(p);
    }
    return curve;
  } catch (const Json::exception& e) {
    throw std::invalid_argument("operating curve: " + model::plain(e.what()));
  } catch (const std::exception& e) {
    throw std::invalid_argument(std::string("operating curve: ") + e.what());
  }
}

}  // namespace faultprint::daemon
