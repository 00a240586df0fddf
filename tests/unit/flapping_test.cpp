// An alarm that is raised over and over is held up as one.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "alarm_feed.h"
#include "daemon/alarm_board.h"
#include "daemon/alarm_history.h"
#include "file_bytes.h"

namespace faultprint::daemon {
namespace flapping_test {

using test::Feed;
using test::kPeriod;
using test::rules;

// Raised by 2 of 3, cleared by 3; flapping by the third raise within 20 verdicts, then held until 6
// verdicts have been normal.
config::AlarmConfig flapping(int count = 3, int within = 20, int hold = 6) {
  config::AlarmConfig alarms = rules(2, 3, 3);
  alarms.flapping = {count, config::Microseconds(within * kPeriod),
                     config::Microseconds(hold * kPeriod)};
  return alarms;
}

const std::string kTwice = "llnnnllnnn";
const std::string kTwiceTold =
    "raised loss@2, cleared loss@5, raised loss@7, cleared loss@10, raised loss@12";

TEST_CASE("the raise that makes it too many is told as flapping, and clears when all is quiet") {
  AlarmTracker tracker(flapping());
  Feed feed(tracker);
  CHECK(feed(kTwice + "ll") == kTwiceTold + ", changed loss@12");
  const AlarmEvent& held = feed.events.back();
  CHECK(held.reason == AlarmEvent::kFlapping);
  CHECK(held.flaps == 3);
  CHECK(held.quiet == config::Microseconds(6 * kPeriod));
  CHECK(held.id == feed.events[4].id);
  CHECK(tracker.active(0)->flaps == 3);
  CHECK(feed("nnnnn") == "");  // where it would have been cleared twice
  CHECK(feed("n") == "cleared loss@18");
  CHECK(feed.events[0].reason == "quiet");
}

TEST_CASE("what comes back while it is held is the same alarm, and the quiet begins anew") {
  AlarmTracker tracker(flapping());
  Feed feed(tracker);
  feed(kTwice + "ll");
  CHECK(feed("nnnnllnnnnlnnnnn") == "");
  CHECK(feed("n") == "cleared loss@29");
}

TEST_CASE("raises count by type, by element and for so long only") {
  const std::vector<std::pair<std::string, int>> table = {
      {"llnnnffnnnllnnnff", 20},   // each type twice
      {"llnnnllnnnnnnnnnll", 16},  // the first is 16 verdicts back
      {"llnnnllnnnnnnnnnnll", 17},
  };
  for (const auto& [verdicts, within] : table) {
    CAPTURE(verdicts);
    AlarmTracker tracker(flapping(3, within));
    CHECK(Feed(tracker)(verdicts).find("changed") == std::string::npos);
  }
  AlarmTracker just(flapping(3, 17));
  CHECK(Feed(just)("llnnnllnnnnnnnnnll").ends_with("raised loss@18, changed loss@18"));
  AlarmTracker tracker(flapping());
  Feed one(tracker, 0);
  Feed other(tracker, 1);
  one(kTwice);
  CHECK(other("ll") == "raised loss@2");
  CHECK(one("ll") == "raised loss@12, changed loss@12");
}

TEST_CASE("another fault in the lull is another alarm") {
  AlarmTracker tracker(flapping());
  Feed feed(tracker);
  feed(kTwice + "ll");
  CHECK(feed("nnnff") == "cleared loss@17, raised flap@17");
  CHECK(feed.events[0].reason == "other fault");
  CHECK(feed.events[0].id != feed.events[1].id);
  CHECK(feed("nnn") == "cleared flap@20");
}

TEST_CASE("an unknown that takes the name of what was raised over and over is held with it") {
  AlarmTracker tracker(flapping());
  Feed feed(tracker);
  CHECK(feed(kTwice + "uul") ==
        "raised loss@2, cleared loss@5, raised loss@7, cleared loss@10, "
        "raised unknown@12");
  CHECK(feed("l") == "changed loss@14");  // one event says both
  CHECK(feed.events[0].reason == AlarmEvent::kFlapping);
  CHECK(feed("nnn") == "");
}

TEST_CASE("one that is held stays so over a snapshot at any point") {
  const std::string verdicts = kTwice + "llnnnnllnnnffnnnllnnnllnnnnnnnllnnn";
  for (std::size_t cut = 0; cut <= verdicts.size(); ++cut) {
    CAPTURE(cut);
    AlarmTracker whole(flapping());
    Feed before(whole);
    before(verdicts.substr(0, cut));
    ingest::StateWriter out;
    whole.write(out);
    AlarmTracker restored(flapping());
    ingest::StateReader in(out.bytes());
    restored.read(in);
    CHECK(in.at_end());
    Feed goes_on(restored);
    Feed undisturbed(whole);
    // Counted from the cut on; what is remembered of before is the older for it, in both alike.
    CHECK(goes_on(verdicts.substr(cut)) == undisturbed(verdicts.substr(cut)));
    ingest::StateWriter first, second;
    whole.write(first);
    restored.write(second);
    CHECK(first.bytes() == second.bytes());
  }
}

TEST_CASE("a reload without flapping lets go what is held") {
  AlarmTracker tracker(flapping());
  Feed feed(tracker);
  feed(kTwice + "llnnn");
  std::vector<AlarmEvent> events;
  tracker.set_rules(rules(2, 3, 3));
  tracker.adopt(*feed.model, test::kFeedStart, events);
  CHECK(events.empty());
  CHECK(feed("n") == "cleared loss@16");
}

TEST_CASE("an element that is forgotten begins without a past") {
  AlarmTracker tracker(flapping());
  Feed feed(tracker);
  feed(kTwice);
  std::vector<AlarmEvent> events;
  tracker.forget(0, test::kFeedStart + 10 * kPeriod, events);
  CHECK(feed("ll") == "raised loss@12");
}

TEST_CASE("the board shows what is held, and a label ends it where it was last abnormal") {
  AlarmTracker tracker(flapping());
  Feed feed(tracker);
  AlarmBoard board;
  const test::Folder folder;
  std::string text;
  for (const std::string& part : {kTwice + "ll", std::string("nnnnnn")}) {
    feed(part);
    for (const AlarmEvent& event : feed.events) {
      board.apply(event);
      text += to_json_line(event) + "\n";
    }
    if (part == "nnnnnn") continue;
    const auto shown = nlohmann::json::parse(board.to_json(9, ""))["alarms"][0];
    CHECK(shown == nlohmann::json::parse(to_json(*tracker.active(0))));
    CHECK(shown["flapping"] == true);
    CHECK(shown["evidence"]["clears_after"]["quiet_s"] == 60.0);
  }
  CHECK(board.size() == 0);
  test::write_bytes(folder.file("alarms.jsonl"), text);
  CHECK(read_alarm(folder.file("alarms.jsonl"), "leaf0").end_us == test::kFeedStart + 12 * kPeriod);
}

}  // namespace flapping_test
}  // namespace faultprint::daemon
