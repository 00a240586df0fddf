#include "daemon/api.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>

#include "config/scalar.h"

namespace faultprint::daemon {
namespace {

constexpr std::string_view kRoot = "/api/";
constexpr std::string_view kElements = "/api/v1/elements/";
constexpr std::size_t kMostAlarms = 10000;
constexpr std::size_t kMostNameBytes = 1024;

class BadQuery : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

void allow_no_query(const ApiRequest& request) {
  if (!request.query.empty())
    throw BadQuery(config::shown(request.query.begin()->first) +
                   ": no such parameter; there is none here");
}

AlarmQuery alarm_query(const ApiRequest& request) {
  AlarmQuery query;
  for (const auto& [key, value] : request.query) {
    if (request.query.count(key) > 1) throw BadQuery(config::shown(key) + ": stands twice");
    if (key == "element") {
      query.element = value;
    } else if (key == "limit") {
      const auto number = config::parse_integer(value);
      if (!number || *number < 1 || *number > static_cast<std::int64_t>(kMostAlarms))
        throw BadQuery("limit: must be a number from 1 to " + std::to_string(kMostAlarms) +
                       ", not " + config::shown(value));
      query.limit = static_cast<std::size_t>(*number);
    } else {
      throw BadQuery(config::shown(key) + ": no such parameter; there are limit and element");
    }
  }
  return query;
}

// Element names may hold slashes: all that follows is the name.
std::optional<std::string> element_in(const std::string& path) {
  if (!path.starts_with(kElements)) return std::nullopt;
  std::string name = path.substr(kElements.size());
  if (name.empty() || name.size() > kMostNameBytes) return std::nullopt;
  return name;
}

ApiAnswer route(const ApiRequest& request, const ApiHandlers& handlers) {
  if (request.path == "/api/v1/alarms") return handlers.alarms(alarm_query(request));
  if (request.path == "/api/v1/clusters") {
    allow_no_query(request);
    return handlers.clusters();
  }
  if (request.path == "/api/v1/status") {
    allow_no_query(request);
    return handlers.status();
  }
  if (const auto name = element_in(request.path)) {
    allow_no_query(request);
    return handlers.element(*name);
  }
  return api_error(404,
                   "no such path; there are /api/v1/alarms, /api/v1/elements/{name}, "
                   "/api/v1/clusters and /api/v1/status");
}

}  // namespace

ApiAnswer api_error(int status, std::string_view what) {
  const nlohmann::json json{{"error", what}};
  return {status, json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)};
}

bool is_api_path(std::string_view path) { return path.starts_with(kRoot); }

ApiAnswer answer_api(const ApiRequest& request, const ApiHandlers& handlers) {
  try {
    return route(request, handlers);
  } catch (const BadQuery& e) {
    return api_error(400, e.what());
  }
}

}  // namespace faultprint::daemon
