// An alarm tracker's bytes in a snapshot, a reload, and elements that go.
#include <doctest/doctest.h>

#include "alarm_feed.h"
#include "daemon/alarm_tracker.h"

namespace faultprint::daemon {
namespace alarm_tracker_state_test {

using test::Feed;
using test::kPeriod;
using test::rules;
using Kind = AlarmEvent::Kind;
constexpr std::int64_t kStart = test::kFeedStart;

TEST_CASE("a state that was written and read goes on as an undisturbed one") {
  const std::string verdicts = "nlnlu-lfffnnfnfffnnnnlllnnnnuuullllnnnuu";
  for (std::size_t cut = 0; cut <= verdicts.size(); ++cut) {
    CAPTURE(cut);
    AlarmTracker whole(rules(2, 3, 3));
    Feed feed(whole);
    feed(verdicts.substr(0, cut));
    ingest::StateWriter out;
    whole.write(out);
    AlarmTracker restored(rules(2, 3, 3));
    ingest::StateReader in(out.bytes());
    restored.read(in);
    CHECK(in.at_end());
    Feed goes_on(restored);
    Feed undisturbed(whole);
    CHECK(goes_on(verdicts.substr(cut)) == undisturbed(verdicts.substr(cut)));
    REQUIRE(goes_on.events.size() == undisturbed.events.size());
    for (std::size_t i = 0; i < goes_on.events.size(); ++i)
      CHECK(to_json_line(goes_on.events[i]) == to_json_line(undisturbed.events[i]));
    ingest::StateWriter first, second;
    whole.write(first);
    restored.write(second);
    CHECK(first.bytes() == second.bytes());
  }
}

TEST_CASE("an alarm withheld before a reload is not withheld a second time after a restart") {
  AlarmPlans plans;
  plans.maintenance = std::make_shared<const Maintenance>(
      std::vector<Maintenance::Work>{{"leaf0", kStart, kStart + 99 * kPeriod, "a new card"}});
  AlarmTracker tracker(rules(2, 3, 3), plans);
  Feed feed(tracker);
  REQUIRE(feed("ll") == "withheld loss@2");
  std::vector<AlarmEvent> events;
  tracker.adopt(*test::hand_made_model("flap"), kStart, events);
  ingest::StateWriter out;
  tracker.write(out);
  AlarmTracker restored(rules(2, 3, 3), plans);
  ingest::StateReader in(out.bytes());
  restored.read(in);
  CHECK(feed("ll") == "");
  CHECK(Feed(restored)("ll") == "");
}

TEST_CASE("a damaged state is a StateError") {
  AlarmTracker tracker(rules(2, 3, 3));
  Feed feed(tracker);
  feed("llu");
  ingest::StateWriter out;
  tracker.write(out);
  for (std::size_t length = 0; length < out.bytes().size(); ++length) {
    AlarmTracker other(rules(2, 3, 3));
    ingest::StateReader in(std::string_view(out.bytes()).substr(0, length));
    REQUIRE_THROWS_AS(other.read(in), ingest::StateError);
  }
}

TEST_CASE("a state written under a longer n is looked back on for the present n alone") {
  AlarmTracker before(rules(5, 10, 9));
  Feed feed(before);
  CHECK(feed("llnlnnnnn") == "");
  ingest::StateWriter out;
  before.write(out);
  AlarmTracker after(rules(3, 4, 9));
  ingest::StateReader in(out.bytes());
  after.read(in);
  CHECK(Feed(after)("l") == "");  // one of the last four
}

TEST_CASE("a model without the type clears its alarm by name, others stay") {
  AlarmTracker tracker(rules(2, 3, 3));
  Feed loss(tracker, 0);
  Feed flap(tracker, 1);
  Feed unknown(tracker, 2);
  loss("ll");
  flap("ff");
  unknown("uu");
  REQUIRE(tracker.active().size() == 3);
  std::vector<AlarmEvent> events;
  tracker.adopt(*test::hand_made_model("loss"), kStart + 99 * kPeriod, events);
  REQUIRE(events.size() == 1);
  CHECK(events[0].kind == Kind::cleared);
  CHECK(events[0].fault_type == "loss");
  CHECK(events[0].element == "leaf0");
  CHECK(events[0].reason == "model has no such type");
  CHECK(events[0].time_us == kStart + 99 * kPeriod);
  CHECK(tracker.active().size() == 2);
}

TEST_CASE("a reload drops the old model's evidence and takes up the new rules") {
  AlarmTracker tracker(rules(3, 4, 6));
  Feed feed(tracker);
  CHECK(feed("ll") == "");
  std::vector<AlarmEvent> events;
  tracker.adopt(*test::hand_made_model("loss"), kStart, events);
  tracker.set_rules(rules(2, 3, 1));
  CHECK(events.empty());
  feed.model = test::hand_made_model("loss");
  CHECK(feed("f") == "");  // the two before are gone
  CHECK(feed("f") == "raised flap@4");
  CHECK(feed("n") == "cleared flap@5");
}

TEST_CASE("an element that is forgotten or starts anew has its alarm cleared") {
  AlarmTracker tracker(rules(2, 3, 3));
  Feed feed(tracker);
  feed("ll");
  std::vector<AlarmEvent> events;
  tracker.forget(0, kStart + 50 * kPeriod, events);
  REQUIRE(events.size() == 1);
  CHECK(events[0].kind == Kind::cleared);
  CHECK(events[0].reason == "element forgotten");
  CHECK(events[0].time_us == kStart + 50 * kPeriod);
  tracker.forget(0, kStart, events);
  tracker.forget(99, kStart, events);
  CHECK(events.size() == 1);

  CHECK(feed("ll") == "raised loss@4");
  CHECK(feed("l", true) == "cleared loss@5");
  CHECK(feed("l") == "raised loss@6");
}

}  // namespace alarm_tracker_state_test
}  // namespace faultprint::daemon
