#include "daemon/inventory.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "alarm_feed.h"
#include "daemon/alarm_board.h"
#include "daemon/metrics.h"
#include "error_of.h"
#include "exposition.h"
#include "file_bytes.h"

namespace faultprint::daemon {
namespace inventory_test {

using Json = nlohmann::json;
using test::Feed;
using test::rules;

struct Kept {
  test::TempFile file;
  config::InventoryConfig options;

  explicit Kept(const std::string& text, std::vector<std::string> labels = {"site", "vendor"})
      : file(text), options{file.path(), std::move(labels)} {}
  std::shared_ptr<const Inventory> read() const { return Inventory::read(options); }
  std::string error() const {
    return test::error_of([this] { read(); }).substr(file.path().size());
  }
};

TEST_CASE("labels are those that are asked for, in that order, of the element or empty") {
  const Kept kept("vendor,element,secret,site\nacme,leaf0,x,\"north, 1\"\nother,leaf 2,y,\n");
  const auto inventory = kept.read();
  CHECK(inventory->size() == 2);
  CHECK(inventory->labels("leaf0") == AlarmLabels{{"site", "north, 1"}, {"vendor", "acme"}});
  CHECK(inventory->labels("leaf 2") == AlarmLabels{{"site", ""}, {"vendor", "other"}});
  CHECK(inventory->labels("unheard") == AlarmLabels{{"site", ""}, {"vendor", ""}});
}

TEST_CASE("a long value is cut between two characters") {
  std::string longer;
  for (int i = 0; i < 100; ++i) longer += "\xc3\xa4";
  const Kept kept("element,site,vendor\na,x" + longer + ",y\n");
  CHECK(kept.read()->labels("a")[0].second == "x" + longer.substr(0, 126));
}

TEST_CASE("an inventory that cannot be used is an error with its line and column") {
  CHECK(Kept("element,site\n").error() == ":1: vendor: the column is missing");
  CHECK(Kept("element,site,vendor\na,x,y\na,z,y\n").error() == ":3: element: \"a\" stands twice");
  CHECK(Kept("element,site,vendor\n,x,y\n").error() == ":2: element: is empty");
  CHECK(Kept("element,site,vendor\na,x,\xff\n").error() == ":2: not UTF-8 text");
  CHECK(Kept("element,site,vendor\na,x\n").error() == ":2: vendor: the row ends before it");
}

TEST_CASE("an alarm keeps the labels of its raise, in every event, over a snapshot and a reload") {
  const Kept before("element,site,vendor\nleaf0,north,acme\n");
  const Kept after("element,site,vendor\nleaf0,south,acme\n");
  AlarmTracker tracker(rules(2, 3, 3), {nullptr, before.read()});
  Feed feed(tracker);
  feed("uu");
  const Json raised = Json::parse(to_json_line(feed.events.at(0)));
  CHECK(raised.at("labels") == Json{{"site", "north"}, {"vendor", "acme"}});
  ingest::StateWriter out;
  tracker.write(out);
  AlarmTracker restored(rules(2, 3, 3), {nullptr, after.read()});
  ingest::StateReader in(out.bytes());
  restored.read(in);
  CHECK(Json::parse(to_json(*restored.active(0))).at("labels").at("site") == "north");
  Feed goes_on(restored);
  goes_on("llllnnn");
  REQUIRE(goes_on.events.size() == 2);
  for (const AlarmEvent& event : goes_on.events)
    CHECK(Json::parse(to_json_line(event)).at("labels").at("site") == "north");
  goes_on("ll");
  CHECK(Json::parse(to_json_line(goes_on.events.at(0))).at("labels").at("site") == "south");
}

TEST_CASE("without an inventory an event has no labels") {
  AlarmTracker tracker(rules(2, 3, 3));
  Feed feed(tracker);
  feed("ll");
  CHECK_FALSE(Json::parse(to_json_line(feed.events.at(0))).contains("labels"));
}

TEST_CASE("the labels stand on the alarm's series, escaped") {
  Metrics metrics;
  metrics.alarm_raised("a1", "leaf1", "loss", "major", {{"site", "no\"rth\n"}, {"vendor", ""}});
  CHECK(testing::has_line(
      metrics.render(),
      "faultprint_alarm_active{element=\"leaf1\",fault_type=\"loss\",severity=\"major\","
      "site=\"no\\\"rth\\n\",vendor=\"\"} 1"));
  metrics.alarm_cleared("a1");
  CHECK(testing::count(metrics.render(), "faultprint_alarm_active{") == 0);
}

}  // namespace inventory_test
}  // namespace faultprint::daemon
