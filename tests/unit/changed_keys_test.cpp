#include "config/changed_keys.h"

#include <doctest/doctest.h>

namespace faultprint::config {
namespace changed_keys_test {

using Keys = std::vector<std::string>;

Config with(const std::string& more, const std::string& kpis = "[{name: a, kind: gauge}]") {
  return parse("stream: {period: 5s, window: 12, kpis: " + kpis + "}\n" + more, "c.yaml");
}

TEST_CASE("the same configuration, however written, has no changed keys") {
  CHECK(changed_keys(with("alarms: {clear: 6}"), with("")).empty());
  Config elsewhere = with("");
  elsewhere.file = "/etc/other.yaml";
  CHECK(changed_keys(with(""), elsewhere).empty());
}

TEST_CASE("changed keys are named by their paths, each once") {
  CHECK(changed_keys(with(""), with("alarms: {clear: 7}\nlog: {level: debug}")) ==
        Keys{"alarms.clear", "log.level"});
  CHECK(changed_keys(with("alarms: {severity: {x: minor}}"), with("")) ==
        Keys{"alarms.severity.x"});
  CHECK(changed_keys(with("alarms: {maintenance: \"/a # b\"}"),
                     with("alarms: {maintenance: \"/a # c\"}")) == Keys{"alarms.maintenance"});
  CHECK(changed_keys(with(""), with("", "[{name: b, kind: gauge}]")) == Keys{"stream.kpis"});
  CHECK(changed_keys(with("kafka: {topics: [a]}"), with("kafka: {topics: [b]}")) ==
        Keys{"kafka.topics"});
}

TEST_CASE("a secret's change is seen, and named without it") {
  const Keys keys = changed_keys(with("kafka: {properties: {sasl.password: one}}"),
                                 with("kafka: {properties: {sasl.password: two}}"));
  CHECK(keys == Keys{"kafka.properties.sasl.password"});
}

}  // namespace changed_keys_test
}  // namespace faultprint::config
