#include "daemon/recent_events.h"

#include <nlohmann/json.hpp>
#include <sstream>

#include "daemon/durable_file.h"
#include "ingest/timestamp.h"

namespace faultprint::daemon {
namespace {

constexpr std::size_t kTail = 16 << 20;  // bytes

// "" where there is none.
std::string text(const nlohmann::json& line, const char* key) {
  const auto found = line.find(key);
  return found != line.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace

bool RecentEvents::add(const std::string& id, const std::string& kind, const std::string& time) {
  std::string key = kind + " " + time + " " + id;
  if (older_.contains(key) || !newer_.insert(std::move(key)).second) return false;
  if (newer_.size() >= kLimit) {
    older_ = std::move(newer_);
    newer_ = {};
  }
  return true;
}

bool RecentEvents::add(const AlarmEvent& event) {
  return add(event.id, name(event.kind), ingest::format_rfc3339(event.time_us));
}

void RecentEvents::load(const std::string& path) {
  if (path.empty() || path == "-") return;
  const std::optional<std::string> tail = read_file(path, kTail);
  if (!tail) return;
  std::istringstream lines(*tail);
  for (std::string line; std::getline(lines, line);) {
    const auto event = nlohmann::json::parse(line, nullptr, false);
    if (!event.is_object()) continue;
    const std::string id = text(event, "id");
    if (!id.empty()) add(id, text(event, "event"), text(event, "time"));
  }
}

}  // namespace faultprint::daemon
