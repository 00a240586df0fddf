#include "daemon/api.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

namespace faultprint::daemon {
namespace api_test {

using Json = nlohmann::json;

struct Asked {
  std::vector<std::string> calls;

  ApiAnswer operator()(const std::string& path,
                       const std::multimap<std::string, std::string>& query = {}) {
    return answer_api(
        {path, query},
        {.status = [this] { return note("status"); },
         .clusters = [this] { return note("clusters"); },
         .alarms =
             [this](const AlarmQuery& q) {
               return note("alarms " + std::to_string(q.limit) + " " + q.element);
             },
         .element = [this](const std::string& name) { return note("element " + name); }});
  }
  ApiAnswer note(const std::string& call) {
    calls.push_back(call);
    return {200, "{}"};
  }
};

std::string error_in(const ApiAnswer& answer) {
  return Json::parse(answer.body).at("error").get<std::string>();
}

TEST_CASE("each path of the API goes to what answers it") {
  Asked asked;
  CHECK(asked("/api/v1/status").status == 200);
  asked("/api/v1/clusters");
  asked("/api/v1/alarms");
  asked("/api/v1/alarms", {{"limit", "5"}, {"element", "leaf 1"}});
  asked("/api/v1/elements/leaf1");
  asked("/api/v1/elements/pod/1//\n x");
  CHECK(asked.calls == std::vector<std::string>{"status", "clusters", "alarms 1000 ",
                                                "alarms 5 leaf 1", "element leaf1",
                                                "element pod/1//\n x"});
}

TEST_CASE("an unknown path is 404 and names those that there are") {
  Asked asked;
  for (const char* path : {"/api/", "/api/v1", "/api/v1/", "/api/v2/status", "/api/v1/alarms/",
                           "/api/v1/elements", "/api/v1/elements/", "/api/v1/../status"}) {
    CAPTURE(path);
    const ApiAnswer answer = asked(path);
    CHECK(answer.status == 404);
    CHECK(error_in(answer).find("/api/v1/elements/{name}") != std::string::npos);
  }
  CHECK(asked("/api/v1/elements/" + std::string(1025, 'x')).status == 404);
  CHECK(asked.calls.empty());
}

TEST_CASE("a parameter that is unknown or cannot be is 400 and named") {
  Asked asked;
  for (const char* limit : {"", "0", "-1", "x", "10001", "1.5", "99999999999999999999", "010"}) {
    CAPTURE(limit);
    const ApiAnswer answer = asked("/api/v1/alarms", {{"limit", limit}});
    CHECK(answer.status == 400);
    CHECK(error_in(answer).starts_with("limit: "));
  }
  CHECK(asked("/api/v1/alarms", {{"limit", "1"}, {"limit", "2"}}).status == 400);
  CHECK(error_in(asked("/api/v1/alarms", {{"severity", "major"}})).starts_with("severity: "));
  CHECK(asked("/api/v1/status", {{"x", ""}}).status == 400);
  CHECK(asked("/api/v1/clusters", {{"x", ""}}).status == 400);
  CHECK(asked("/api/v1/elements/leaf1", {{"x", ""}}).status == 400);
  CHECK(asked.calls.empty());
}

TEST_CASE("an error is JSON whatever it quotes") {
  CHECK(error_in(api_error(404, "\"\xff\n<script>")).find("<script>") != std::string::npos);
  Asked asked;
  CHECK(asked("/api/v1/alarms", {{"\xff\"", "\xfe"}}).status == 400);
}

TEST_CASE("only what begins with /api/ is the API's") {
  CHECK(is_api_path("/api/v1/alarms"));
  CHECK(is_api_path("/api/"));
  CHECK_FALSE(is_api_path("/api"));
  CHECK_FALSE(is_api_path("/metrics"));
  CHECK_FALSE(is_api_path("/apiary"));
}

}  // namespace api_test
}  // namespace faultprint::daemon
