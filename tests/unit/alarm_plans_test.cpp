#include "daemon/alarm_plans.h"

#include <doctest/doctest.h>

#include "error_of.h"
#include "file_bytes.h"

namespace faultprint::daemon {
namespace alarm_plans_test {

std::string plans_error(const std::string& more) {
  const std::string stream = "stream: {period: 5s, window: 4, kpis: [{name: a}]}\n";
  return test::error_of([&] { read_plans(config::parse(stream + more, "c.yaml")); });
}

TEST_CASE("a file of plans that cannot be used is told with the line of the key that names it") {
  const test::Folder folder;
  const std::string none = folder.file("none.csv");
  const std::string bad = folder.file("bad.csv");
  test::write_bytes(bad, "element,start,end,reason\nleaf1,5,4,x\n");
  const std::string missing = none + ": No such file or directory";
  CHECK(plans_error("alarms:\n  clear: 3\n  maintenance: " + none + "\n") ==
        "c.yaml:4: alarms.maintenance: " + missing);
  CHECK(plans_error("alarms:\n  maintenance: " + bad + "\n") ==
        "c.yaml:3: alarms.maintenance: " + bad + ":2: end: is not after start");
  CHECK(plans_error("log: {level: info}\nalarms: {relearn: " + none + "}\n") ==
        "c.yaml:3: alarms.relearn: " + missing);
  CHECK(plans_error("inventory:\n  labels: [site]\n  file: " + bad + "\n") ==
        "c.yaml:4: inventory.file: " + bad + ":1: site: the column is missing");
}

}  // namespace alarm_plans_test
}  // namespace faultprint::daemon
