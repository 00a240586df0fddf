#include "daemon/control_plans.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <tuple>
#include <vector>

#include "config/scalar.h"
#include "ingest/timestamp.h"

namespace faultprint::daemon {
namespace {

using ControlJson = nlohmann::json;

constexpr std::size_t kLongestElement = 1024;

// A member that must be text, within bounds; `why` is set where it is not.
std::string text_at(const ControlJson& json, const char* key, std::size_t least, std::string& why) {
  const auto found = json.find(key);
  if (found == json.end() && least == 0) return "";
  if (found != json.end() && found->is_string()) {
    const std::string& text = found->get_ref<const std::string&>();
    if (text.size() >= least && text.size() <= kLongestElement) return text;
  }
  if (why.empty())
    why = std::string(key) + ": must be text of " + std::to_string(least) + " to " +
          std::to_string(kLongestElement) + " bytes";
  return "";
}

std::int64_t time_at(const ControlJson& json, const char* key, std::string& why) {
  std::optional<std::int64_t> time;
  if (const auto found = json.find(key); found != json.end()) {
    if (found->is_string())
      time = ingest::parse_time(found->get_ref<const std::string&>());
    else if (found->is_number())
      time = ingest::time_from_number(found->get<double>(), config::TimeUnit::automatic);
  }
  if (!time && why.empty())
    why = std::string(key) + ": is neither RFC 3339 nor a number between 1970 and 2200";
  return time.value_or(0);
}

std::string unknown_key(const ControlJson& json, std::initializer_list<const char*> known) {
  for (const auto& member : json.items())
    if (std::none_of(known.begin(), known.end(),
                     [&](const char* name) { return member.key() == name; }))
      return "\"" + config::shown(member.key()) + "\": unknown key";
  return "";
}

// A slot may be judged as soon as it begins, and its verdict has the time of its end.
std::int64_t lead_us(config::Microseconds period) {
  return std::max(ControlPlans::kLeadUs, ControlPlans::kLeadUs / 2 + period.count());
}

}  // namespace

std::string ControlPlans::add(const Place& place, std::string_view payload) {
  if (place.time_us <= 0 || place.time_us > ingest::kMaxTimeUs) return "has no record time";
  if (payload.size() > kLongestRecord)
    return "is longer than " + std::to_string(kLongestRecord) + " bytes";
  const ControlJson json = ControlJson::parse(payload, nullptr, false);
  if (!json.is_object()) return "is no JSON object";
  const auto type = json.find("type");
  const bool maintenance = type != json.end() && *type == "maintenance";
  if (!maintenance && (type == json.end() || *type != "relearn"))
    return "type: must be maintenance or relearn";
  std::string why = maintenance ? unknown_key(json, {"type", "element", "start", "end", "reason"})
                                : unknown_key(json, {"type", "element", "time", "reason"});
  Row row;
  row.element = text_at(json, "element", 1, why);
  row.start_us = time_at(json, maintenance ? "start" : "time", why);
  row.end_us = maintenance ? time_at(json, "end", why) : row.start_us;
  row.reason = text_at(json, "reason", 0, why);
  if (why.empty() && maintenance && row.end_us <= row.start_us) why = "end: is not after start";
  if (why.empty()) put(maintenance ? works_ : relearn_, place, std::move(row));
  return why;
}

// Beyond the most there may be, what ends first goes, with what it took the place of, which would
// count again: of one partition's records the same stay, in whatever order they come.
void ControlPlans::put(Rows& rows, const Place& place, Row row) {
  rows.insert_or_assign(place, std::move(row));
  if (rows.size() <= kMost) return;
  const auto first = std::min_element(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    return std::tie(a.second.end_us, a.first) < std::tie(b.second.end_us, b.first);
  });
  const Place last = first->first;
  const Row gone = first->second;
  std::erase_if(rows, [&](const auto& any) {
    return any.first <= last && any.second.element == gone.element &&
           any.second.start_us == gone.start_us;
  });
}

AlarmPlans ControlPlans::with(AlarmPlans files, config::Microseconds period) const {
  if (!works_.empty()) {
    std::vector<Maintenance::Work> works;
    if (files.maintenance) works = files.maintenance->works();
    // The next row of the same element and start says more, from when it counts on.
    std::map<std::tuple<std::string_view, std::int64_t>, std::int64_t> next;
    for (auto at = works_.rbegin(); at != works_.rend(); ++at) {
      const Row& row = at->second;
      const std::int64_t from = at->first.time_us + lead_us(period);
      const auto later =
          next.try_emplace({row.element, row.start_us}, std::numeric_limits<std::int64_t>::max())
              .first;
      const std::int64_t start = std::max(row.start_us, from);
      const std::int64_t end = std::min(row.end_us, later->second);
      later->second = from;
      if (start < end) works.push_back({row.element, start, end, row.reason});
    }
    files.maintenance = std::make_shared<const Maintenance>(std::move(works));
  }
  if (!relearn_.empty()) {
    std::vector<ingest::Relearn::Row> rows;
    if (files.relearn) rows = files.relearn->rows();
    for (const auto& [place, row] : relearn_)
      rows.push_back(
          {row.element, std::max(row.start_us, place.time_us + lead_us(period)), row.reason});
    files.relearn = std::make_shared<const ingest::Relearn>(std::move(rows), period);
  }
  return files;
}

}  // namespace faultprint::daemon
