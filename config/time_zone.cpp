#include "config/time_zone.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

namespace faultprint::config {
namespace {

constexpr const char* kZones = "/usr/share/zoneinfo/";  // of Debian's tzdata
constexpr std::uintmax_t kMostOfZone = 1 << 20;

std::optional<int> fixed_offset_s(const std::string& name) {
  if (name == "UTC") return 0;
  const auto digit = [&](std::size_t at) { return name[at] - '0'; };
  if (name.size() != 6 || (name[0] != '+' && name[0] != '-') || name[3] != ':') return std::nullopt;
  for (const std::size_t at : {1, 2, 4, 5})
    if (digit(at) < 0 || digit(at) > 9) return std::nullopt;
  const int hours = 10 * digit(1) + digit(2);
  const int minutes = 10 * digit(4) + digit(5);
  if (hours > 23 || minutes > 59) return std::nullopt;
  return (name[0] == '-' ? -60 : 60) * (60 * hours + minutes);
}

// Letters, digits and what is between them, in parts: no way out of the folder.
bool may_name_zone(const std::string& name) {
  constexpr std::string_view kOthers = "_+-/";
  const auto fits = [&](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           kOthers.find(c) != std::string_view::npos;
  };
  return !name.empty() && name.front() != '/' && std::all_of(name.begin(), name.end(), fits);
}

}  // namespace

void TimeZone::change(std::int64_t utc_s, int offset_s) {
  const int now_s = spans_.empty() ? before_s_ : spans_.back().offset_s;
  if (offset_s == now_s) return;
  const std::int64_t from_s = utc_s + std::max(now_s, offset_s);
  if (!spans_.empty() && from_s <= spans_.back().from_s) return;
  spans_.push_back({from_s, offset_s});
}

int TimeZone::offset_s(std::int64_t local_s) const {
  const auto next =
      std::upper_bound(spans_.begin(), spans_.end(), local_s,
                       [](std::int64_t time_s, const Span& span) { return time_s < span.from_s; });
  return next == spans_.begin() ? before_s_ : std::prev(next)->offset_s;
}

std::shared_ptr<const TimeZone> find_zone(const std::string& name) {
  if (const auto fixed = fixed_offset_s(name)) return std::make_shared<const TimeZone>(*fixed);
  if (!may_name_zone(name)) return nullptr;
  const std::filesystem::path path = kZones + name;
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error) ||
      std::filesystem::file_size(path, error) > kMostOfZone)
    return nullptr;
  std::ostringstream bytes;
  bytes << std::ifstream(path, std::ios::binary).rdbuf();
  return parse_zone_file(bytes.str());
}

}  // namespace faultprint::config
