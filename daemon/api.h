// /api/v1: what the daemon knows, as JSON. monitoring/openapi.yaml describes each answer.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace faultprint::daemon {

struct ApiRequest {
  std::string path;                               // decoded
  std::multimap<std::string, std::string> query;  // decoded
};

struct ApiAnswer {
  int status = 200;
  std::string body;  // JSON
};

// {"error": what}
ApiAnswer api_error(int status, std::string_view what);

struct AlarmQuery {
  std::size_t limit = 1000;
  std::string element;  // "": of all
};

struct ApiHandlers {
  std::function<ApiAnswer()> status;
  std::function<ApiAnswer()> clusters;
  std::function<ApiAnswer(const AlarmQuery& query)> alarms;
  std::function<ApiAnswer(const std::string& name)> element;
};

// Whether a path is the API's, known or not.
bool is_api_path(std::string_view path);

// Of a GET. An unknown path is 404, a parameter that is unknown or cannot be is 400.
ApiAnswer answer_api(const ApiRequest& request, const ApiHandlers& handlers);

}  // namespace faultprint::daemon
