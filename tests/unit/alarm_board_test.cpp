#include "daemon/alarm_board.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "alarm_feed.h"

namespace faultprint::daemon {
namespace alarm_board_test {

using Json = nlohmann::json;
using test::Feed;
using test::rules;

Json shown(const AlarmBoard& board, std::size_t limit = 100, const std::string& element = "") {
  return Json::parse(board.to_json(limit, element));
}

void tell(AlarmBoard& board, const std::vector<AlarmEvent>& events) {
  for (const AlarmEvent& event : events) board.apply(event);
}

TEST_CASE("an alarm is shown from its raise to its clearing, as the tracker has it") {
  AlarmTracker tracker(rules(2, 3, 3));
  Feed feed(tracker);
  AlarmBoard board;
  CHECK(shown(board) == Json{{"total", 0}, {"alarms", Json::array()}});
  feed("uu");
  tell(board, feed.events);
  REQUIRE(tracker.active(0) != nullptr);
  CHECK(shown(board)["alarms"][0] == Json::parse(to_json(*tracker.active(0))));
  CHECK(shown(board)["alarms"][0]["evidence"]["abnormal"] == 2);

  feed("llll");  // a better name
  tell(board, feed.events);
  const Json alarm = shown(board)["alarms"][0];
  CHECK(alarm["fault_type"] == "loss");
  CHECK(alarm["raised_as"]["fault_type"] == "unknown");
  CHECK(alarm["changed"] != alarm["raised"]);
  CHECK(alarm == Json::parse(to_json(*tracker.active(0))));

  feed("nnn");
  tell(board, feed.events);
  CHECK(board.size() == 0);
}

TEST_CASE("the newest come first, the total counts those that are not shown") {
  AlarmTracker tracker(rules(2, 3, 3));
  AlarmBoard board;
  for (std::uint32_t element = 0; element < 5; ++element) {
    Feed feed(tracker, element);
    feed(std::string(element, 'n') + "ll");
    tell(board, feed.events);
  }
  const Json all = shown(board, 2);
  CHECK(all["total"] == 5);
  REQUIRE(all["alarms"].size() == 2);
  CHECK(all["alarms"][0]["element"] == "leaf4");
  CHECK(all["alarms"][1]["element"] == "leaf3");
  const Json one = shown(board, 9, "leaf2");
  CHECK(one["total"] == 1);
  CHECK(one["alarms"][0]["element"] == "leaf2");
  CHECK(shown(board, 9, "leaf").at("total") == 0);
}

TEST_CASE("an alarm from a snapshot is shown, one that was handed over is not") {
  AlarmTracker tracker(rules(2, 3, 3));
  Feed feed(tracker);
  feed("ll");
  ingest::StateWriter out;
  tracker.write(out);
  AlarmTracker restored(rules(2, 3, 3));
  ingest::StateReader in(out.bytes());
  restored.read(in);
  AlarmBoard board;
  for (const ActiveAlarm& alarm : restored.active()) board.put(alarm);
  CHECK(shown(board)["alarms"][0] == Json::parse(to_json(*tracker.active(0))));
  board.remove(tracker.active(0)->id);
  CHECK(board.size() == 0);
  board.remove("none");
}

TEST_CASE("names that are no UTF-8 do not spoil the answer") {
  ActiveAlarm alarm;
  alarm.id = "\xff";
  alarm.element = "\xc3\"";
  alarm.evidence = "damaged";
  AlarmBoard board;
  board.put(alarm);
  CHECK(shown(board)["alarms"][0]["evidence"].is_null());
}

}  // namespace alarm_board_test
}  // namespace faultprint::daemon
