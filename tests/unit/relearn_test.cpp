// Elements that learn anew what is normal for them, at a time that an operator names.
#include "ingest/relearn.h"

#include <doctest/doctest.h>

#include "daemon/alarm_plans.h"
#include "daemon/relearn_file.h"
#include "error_of.h"
#include "file_bytes.h"
#include "hand_made_model.h"

namespace faultprint::daemon {
namespace relearn_test {

using ingest::Relearn;
using test::kPeriod;
using test::kSecond;
using test::sample;
using test::told;
using Lines = std::vector<std::string>;

std::shared_ptr<const Relearn> at(const std::string& element, std::int64_t time_us) {
  return std::make_shared<const Relearn>(std::vector<Relearn::Row>{{element, time_us, "moved"}},
                                         config::Microseconds(kPeriod));
}

TEST_CASE("a row is for the slot in which its time lies, and for the elements of its glob") {
  const Relearn rows(
      {{"leaf*", 25 * kSecond, "b"}, {"x", 10 * kSecond, ""}, {"leaf1", 29 * kSecond, "c"}},
      config::Microseconds(kPeriod));
  REQUIRE(rows.at("leaf1", 2) != nullptr);
  CHECK(rows.at("leaf1", 2)->reason == "b");
  CHECK(rows.at("leaf1", 1) == nullptr);
  CHECK(rows.at("leaf1", 3) == nullptr);
  CHECK(rows.at("x", 1) != nullptr);
  CHECK(rows.at("spine", 2) == nullptr);
}

TEST_CASE("a file is read, and what cannot be is an error with line and column") {
  const test::TempFile file("reason,time,element\n\"moved, cable\",1970-01-01T00:00:20Z,leaf*\n");
  const auto rows = read_relearn(file.path(), config::Microseconds(kPeriod));
  REQUIRE(rows->size() == 1);
  CHECK(rows->at("leaf7", 2)->reason == "moved, cable");
  const auto error = [](const std::string& text) {
    const test::TempFile bad(text);
    return test::error_of([&] { read_relearn(bad.path(), config::Microseconds(kPeriod)); })
        .substr(bad.path().size());
  };
  CHECK(error("element,time\n") == ":1: reason: the column is missing");
  CHECK(error("element,time,reason\n,1,r\n") == ":2: element: is empty");
  CHECK(error("element,time,reason\nx,1\n") == ":2: reason: the row ends before it");
  CHECK(error("element,time,reason\nx,now,r\n").starts_with(":2: time: \"now\" is neither RFC"));
}

TEST_CASE("where nothing is learned, there is nothing to learn anew") {
  config::Config config = test::hand_made_config();
  config.group().alarms.relearn = "r.csv";
  config.group().stream.baseline.none = true;
  CHECK(test::error_of([&] { read_plans(config); }) ==
        "test.yaml:1: alarms.relearn: stream.baseline is none: there is nothing to learn anew");
}

TEST_CASE("from that slot on the element learns as a new one, and the others do not notice") {
  ingest::WindowStore store(test::gauges(1), test::store_options());
  store.set_relearn(at("a", 112 * kPeriod + 3));
  Lines lines;
  for (int slot = 100; slot < 118; ++slot)
    for (const char* element : {"a", "b"}) {
      store.add(sample(element, slot, {slot < 112 ? slot % 2 * 1.0 : 500.0 + slot % 2}), 0);
      if (slot >= 111)
        for (const std::string& line : told(store)) lines.push_back(line);
      store.clear_batch();
    }
  CHECK(lines == Lines{"a@111 scored", "b@111 scored", "a@112 learning fresh", "b@112 scored",
                       "a@113 learning", "b@113 scored", "a@114 learning", "b@114 scored",
                       "a@115 learning", "b@115 scored", "a@116 scored", "b@116 scored",
                       "a@117 scored", "b@117 scored"});
  CHECK(store.element(*store.find("a")).baseline(0).level == doctest::Approx(500.5).epsilon(0.002));
  CHECK(store.element(*store.find("b")).baseline(0).level < 100);
}

std::string run(Pipeline& pipeline, int first, int last, bool each = true) {
  Scorer scorer;
  std::vector<AlarmEvent> events;
  std::string verdicts;
  const auto take = [&] {
    for (const Verdict& verdict : pipeline.process(scorer, events))
      verdicts += to_json_line(verdict, pipeline.store(), pipeline.model()) + "\n";
    pipeline.finish_batch();
  };
  for (int slot = first; slot < last; ++slot) {
    for (const char* element : {"a", "b", "c"})
      pipeline.add(sample(element, slot, {slot > 110 ? 9.0 : 0.5 * (slot % 2), 0.1}), 0);
    if (each) take();
  }
  take();
  for (const AlarmEvent& event : events) verdicts += to_json_line(event) + "\n";
  return verdicts;
}

Pipeline relearning() {
  return {test::hand_made_model(), test::hand_made_config(), test::store_options(), nullptr,
          AlarmPlans{nullptr, nullptr, at("[ab]", 115 * kPeriod)}};
}

TEST_CASE("an alarm of before is cleared by name, and what moved is the new normal") {
  Pipeline pipeline = relearning();
  const std::string text = run(pipeline, 100, 122);
  std::size_t cleared = 0;
  for (std::size_t at = 0; (at = text.find("\"reason\":\"baseline relearned\"", at)) != text.npos;
       ++at)
    ++cleared;
  CHECK(cleared == 2);
  REQUIRE(pipeline.alarms().active().size() == 1);
  CHECK(pipeline.alarms().active()[0].element == "c");
}

TEST_CASE("it is the same in every replay: cut into batches, and over a snapshot") {
  Pipeline one = relearning();
  Pipeline other = relearning();
  run(one, 100, 130);
  run(other, 100, 130, false);
  ingest::StateWriter first, second;
  one.write(first);
  other.write(second);
  CHECK(first.bytes() == second.bytes());
  for (const int cut : {112, 115, 116, 118}) {
    CAPTURE(cut);
    Pipeline whole = relearning();
    run(whole, 100, cut);
    ingest::StateWriter out;
    whole.write(out);
    Pipeline restored = relearning();
    ingest::StateReader in(out.bytes());
    std::vector<AlarmEvent> events;
    restored.read(in, restored.model().model.fingerprint, events);
    CHECK(run(restored, cut, 130) == run(whole, cut, 130));
  }
}

}  // namespace relearn_test
}  // namespace faultprint::daemon
