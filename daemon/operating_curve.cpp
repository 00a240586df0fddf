#include "daemon/operating_curve.h"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <tuple>

#include "model/safetensors.h"

namespace faultprint::daemon {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kNever = 1e18;    // seconds
constexpr double kFarFewer = 0.8;  // of the incidents that another setting names

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

std::vector<std::string> setting_warnings(const std::optional<OperatingCurve>& curve,
                                          const config::AlarmConfig& alarms) {
  if (!curve || alarms.false_alarms_per_day <= 0) return {};
  const auto chosen = choose(*curve, alarms);
  if (!chosen) return {};
  char text[400];
  if (curve->false_per_day(*chosen) > alarms.false_alarms_per_day) {
    std::snprintf(text, sizeof text,
                  "W_RATE_MISSED: no setting stays within alarms.false_alarms_per_day (%g): the "
                  "quietest, with %.3g a day, is chosen",
                  alarms.false_alarms_per_day, curve->false_per_day(*chosen));
    return {text};
  }
  config::AlarmConfig free = alarms;
  free.raise_given = false;
  const OperatingPoint best = *choose(*curve, free);
  if (static_cast<double>(chosen->named) >= kFarFewer * static_cast<double>(best.named)) return {};
  std::snprintf(text, sizeof text,
                "W_RAISE_COSTS: with alarms.raise %d/%d, %g false alarms a day take a margin of "
                "%.2f, which named %zu of %zu incidents in training: %d/%d, with a margin of %.2f, "
                "named %zu. Leave alarms.raise out, or allow more false alarms",
                chosen->raise_count, chosen->raise_of, alarms.false_alarms_per_day,
                static_cast<double>(chosen->margin), chosen->named, curve->incidents,
                best.raise_count, best.raise_of, static_cast<double>(best.margin), best.named);
  return {text};
}

std::string to_text(const OperatingCurve& curve, const std::optional<OperatingPoint>& chosen) {
  char row[160];
  std::snprintf(row, sizeof row, "%14s  %8s  %8s  %6s  %6s\n", "false alarms", "named", "delay",
                "raise", "margin");
  std::string text = row;
  const auto add = [&](const OperatingPoint& p, const char* mark) {
    char delay[32] = "-";
    if (p.median_delay_s) std::snprintf(delay, sizeof delay, "%.1f s", *p.median_delay_s);
    const std::string named = std::to_string(p.named) + "/" + std::to_string(curve.incidents);
    const std::string raise = std::to_string(p.raise_count) + "/" + std::to_string(p.raise_of);
    std::snprintf(row, sizeof row, "%8.3g a day  %8s  %8s  %6s  %6.2f%s\n", curve.false_per_day(p),
                  named.c_str(), delay, raise.c_str(), static_cast<double>(p.margin), mark);
    text += row;
  };
  for (const OperatingPoint& p : frontier(curve)) add(p, "");
  if (chosen) add(*chosen, "  <- chosen");
  return text;
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
