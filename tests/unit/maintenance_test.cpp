#include "daemon/maintenance.h"

#include <doctest/doctest.h>

#include "alarm_feed.h"
#include "error_of.h"
#include "file_bytes.h"

namespace faultprint::daemon {
namespace maintenance_test {

using test::Feed;
using test::kFeedStart;
using test::kPeriod;
using test::rules;
using Kind = AlarmEvent::Kind;

TEST_CASE("planned work is read in any column order, with globs and both kinds of time") {
  const test::TempFile file(
      "reason,end,start,element,ticket\n\"new, "
      "card\",1970-01-01T00:00:20Z,10,leaf*,T1\n,40,30,x,\n");
  const auto read = Maintenance::read(file.path());
  REQUIRE(read->size() == 2);
  REQUIRE(read->at("leaf7", 10'000'000) != nullptr);
  CHECK(read->at("leaf7", 10'000'000)->reason == "new, card");
  CHECK(read->at("leaf7", 20'000'000) == nullptr);  // half-open
  CHECK(read->at("leaf7", 9'999'999) == nullptr);
  CHECK(read->at("x", 30'000'000)->reason.empty());
  CHECK(read->at("spine", 10'000'000) == nullptr);
}

TEST_CASE("planned work that cannot be is an error with its line and column") {
  const auto error = [](const std::string& text) {
    const test::TempFile file(text);
    return test::error_of([&] { Maintenance::read(file.path()); }).substr(file.path().size());
  };
  const std::string header = "element,start,end,reason\n";
  CHECK(error("element,start,reason\n") == ":1: end: the column is missing");
  CHECK(error("") == ":1: element: the column is missing");
  CHECK(error("element,end,start,end,reason\n") == ":1: end: the column stands twice");
  CHECK(error(header + "x,1,2,r\nx,2,1,r\n") == ":3: end: is not after start");
  CHECK(error(header + ",1,2,r\n") == ":2: element: is empty");
  CHECK(error(header + "x,1,2\n") == ":2: reason: the row ends before it");
  CHECK(error(header + "x,soon,2,r\n").starts_with(":2: start: \"soon\" is neither RFC 3339"));
  CHECK(test::error_of([] { Maintenance::read("/no/such"); }).find("/no/such") == 0);
}

AlarmPlans work(std::int64_t from, std::int64_t to, const std::string& element = "leaf0") {
  return {std::make_shared<const Maintenance>(std::vector<Maintenance::Work>{
              {element, kFeedStart + from * kPeriod, kFeedStart + to * kPeriod, "new card"}}),
          nullptr};
}

TEST_CASE("during planned work an alarm is withheld, once, with the work's reason") {
  AlarmTracker tracker(rules(2, 3, 3), work(0, 100));
  Feed feed(tracker);
  CHECK(feed("llllnl") == "withheld loss@2");
  CHECK(feed.events[0].reason == "new card");
  CHECK(tracker.active().empty());
  CHECK(feed("nnn") == "");  // and gone without a clearing
  CHECK(feed("ff") == "withheld flap@11");
}

TEST_CASE("a withheld alarm that outlasts the work is raised when that ends") {
  AlarmTracker tracker(rules(2, 3, 3), work(0, 5));
  Feed feed(tracker);
  CHECK(feed("llllll") == "withheld loss@2, raised loss@5");
  CHECK(feed.events[1].id.find("leaf0@") == 0);
  CHECK(feed("nnn") == "cleared loss@9");
}

TEST_CASE("work on another element, or at another time, withholds nothing") {
  AlarmTracker other(rules(2, 3, 3), work(0, 100, "leaf9"));
  CHECK(Feed(other)("ll") == "raised loss@2");
  AlarmTracker later(rules(2, 3, 3), work(3, 100));
  Feed feed(later);
  CHECK(feed("llllnnn") == "raised loss@2, cleared loss@7");  // it was up before
}

TEST_CASE("whether an alarm is withheld outlives a snapshot") {
  const std::string verdicts = "nllllllllnnnll";
  for (std::size_t cut = 0; cut <= verdicts.size(); ++cut) {
    CAPTURE(cut);
    AlarmTracker whole(rules(2, 3, 3), work(0, 6));
    Feed feed(whole);
    feed(verdicts.substr(0, cut));
    ingest::StateWriter out;
    whole.write(out);
    AlarmTracker restored(rules(2, 3, 3), work(0, 6));
    ingest::StateReader in(out.bytes());
    restored.read(in);
    Feed undisturbed(whole);
    Feed goes_on(restored);
    CHECK(goes_on(verdicts.substr(cut)) == undisturbed(verdicts.substr(cut)));
    ingest::StateWriter first, second;
    whole.write(first);
    restored.write(second);
    CHECK(first.bytes() == second.bytes());
  }
}

}  // namespace maintenance_test
}  // namespace faultprint::daemon
