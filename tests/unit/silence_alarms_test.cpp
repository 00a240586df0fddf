// Elements that report no more, through the whole pipeline.
#include "daemon/silence_alarms.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "hand_made_model.h"

namespace faultprint::daemon {
namespace silence_alarms_test {

using test::kPeriod;
using test::sample;
using Json = nlohmann::json;
using Events = std::vector<AlarmEvent>;

config::Config with_silence() {
  config::Config config = test::hand_made_config();
  config.group().alarms.silence.elements = true;
  return config;
}

ingest::WindowStore::Options quick() {
  auto options = test::store_options();
  options.stale_after = 4;
  options.forget_after = config::Microseconds(100 * kPeriod);
  return options;
}

struct Stream {
  Pipeline pipeline;
  Scorer scorer;
  Events events;
  bool in_one_batch = false;

  explicit Stream(const config::Config& config = with_silence(), const AlarmPlans& plans = {})
      : pipeline(test::hand_made_model(), config, quick(), nullptr, plans) {}

  // Every letter is an element that reports in each slot from `first` to before `last`.
  Stream& report(const std::string& elements, int first, int last) {
    for (int slot = first; slot < last; ++slot)
      for (const char& name : elements) {
        pipeline.add(sample({&name, 1}, slot, {0.5 * (slot % 2), 0.1 * (slot % 3)}), 0);
        if (!in_one_batch) take();
      }
    return *this;
  }
  void take() {
    pipeline.process(scorer, events);
    pipeline.finish_batch();
  }
  // "raised d@114": slots, of silent alarms alone; and forgets them.
  std::string told() {
    take();
    std::string text;
    for (const AlarmEvent& e : events)
      if (e.fault_type == SilenceAlarms::kType)
        text += (text.empty() ? "" : ", ") + std::string(name(e.kind)) + " " + e.element + "@" +
                std::to_string(e.time_us / kPeriod);
    events.clear();
    return text;
  }
};

TEST_CASE("silence was detected by the time of the record that showed it") {
  Stream stream;
  stream.report("abcd", 100, 110);
  int slot = 110;
  for (; stream.told() == "" && slot < 130; ++slot) stream.report("abc", slot, slot + 1);
  REQUIRE(stream.pipeline.active_alarms().size() == 1);
  const ActiveAlarm alarm = stream.pipeline.active_alarms()[0];
  CHECK(alarm.detected_us == sample("c", slot - 1, {}).time_us);
  stream.report("abc", slot, slot + 9);
  CHECK(stream.pipeline.active_alarms()[0].detected_us == alarm.detected_us);
  stream.events.clear();
  stream.report("d", slot + 9, slot + 10);
  REQUIRE(!stream.events.empty());
  CHECK(stream.events[0].detected_us == sample("d", slot + 9, {}).time_us);
}

TEST_CASE("an element that the others go on without is silent until it reports again") {
  Stream stream;
  CHECK(stream.report("abcd", 100, 110).told() == "");
  CHECK(stream.report("abc", 110, 114).told() == "");
  stream.report("abc", 114, 120);
  stream.take();
  REQUIRE(stream.events.size() == 1);
  const AlarmEvent raised = stream.events[0];
  CHECK(stream.told() == "raised d@114");  // more than 4 slots after 109
  CHECK(raised.id == identity("d", raised.time_us) + "/silent");
  CHECK(raised.severity == "warning");
  CHECK(raised.reason == "no record since 1970-01-01T00:18:11Z; clears with the next");
  const Json line = Json::parse(to_json_line(raised));
  CHECK(line.at("evidence").is_null());
  CHECK(line.at("fault_type") == "silent");
  const auto active = stream.pipeline.active_alarms();
  REQUIRE(active.size() == 1);
  CHECK(active[0].id == raised.id);
  CHECK(stream.report("abcd", 120, 121).told() == "cleared d@120");
  CHECK(stream.pipeline.active_alarms().empty());
}

TEST_CASE("what all of a topic missed is no element's silence") {
  Stream stream;
  stream.report("abcd", 100, 110);
  CHECK(stream.report("abcd", 125, 140).told() == "");
  // One that does not come back is silent from then on.
  stream.report("abc", 170, 175);
  CHECK(stream.told() == "");
  CHECK(stream.report("abc", 175, 178).told() == "raised d@175");
}

TEST_CASE("a partition of two has silence too, and one alone has none") {
  Stream two;
  two.report("ab", 100, 110);
  CHECK(two.report("a", 110, 118).told() == "raised b@114");
  Stream one;
  CHECK(one.report("a", 100, 110).report("a", 130, 140).told() == "");
  Stream three;
  three.report("abc", 100, 110);
  CHECK(three.report("ab", 110, 118).told() == "raised c@114");
}

TEST_CASE("silence is the same however the records are cut into batches") {
  std::vector<std::string> all;
  for (const bool in_one : {false, true}) {
    const auto plans = std::make_shared<const Maintenance>(
        std::vector<Maintenance::Work>{{"c", 110 * kPeriod, 121 * kPeriod, "work"}});
    Stream stream(with_silence(), {plans, nullptr, nullptr});
    stream.in_one_batch = in_one;
    stream.report("abcdefg", 100, 110).report("abefg", 110, 130);
    stream.report("abcdefg", 130, 135).report("abefg", 135, 142).report("abcefg", 142, 150);
    stream.take();
    std::vector<std::string> lines;
    for (const AlarmEvent& event : stream.events) lines.push_back(to_json_line(event));
    CHECK(stream.told() ==
          "withheld c@114, raised d@114, raised c@121, cleared c@130, cleared d@130, raised c@139, "
          "raised d@139, cleared c@142");
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    all.push_back(text);
  }
  CHECK(all[0] == all[1]);
}

TEST_CASE("an element that departs grows no older, however the records are cut into batches") {
  config::Config config = with_silence();
  config::SeverityRule old;
  old.after = config::Microseconds(99 * kPeriod);  // d departs before
  old.severity = "critical";
  config.group().alarms.severity_rules = {old};
  for (const bool in_one : {false, true}) {
    CAPTURE(in_one);
    Stream stream(config);
    stream.in_one_batch = in_one;
    stream.report("abcdefg", 100, 110).report("abcefg", 110, 150).report("abefg", 150, 225);
    CHECK(stream.told() == "raised d@114, raised c@154, cleared d@210");
  }
}

TEST_CASE("what is older than what an element was found silent from does not break its silence") {
  Stream stream;
  stream.report("ab", 100, 109).report("a", 109, 110).report("ab", 110, 111);
  CHECK(stream.report("a", 111, 119).told() == "raised b@115");
  CHECK(stream.report("b", 109, 110).report("a", 119, 122).told() == "");
  CHECK(stream.report("b", 122, 123).told() == "cleared b@122");
}

TEST_CASE("a record that comes too late to end a silence leaves its alarm up") {
  Stream stream;
  stream.report("abcd", 100, 110).report("abc", 110, 119);
  CHECK(stream.told() == "raised d@114");
  CHECK(stream.report("d", 112, 113).report("abc", 119, 122).told() == "");
  CHECK(stream.report("d", 121, 122).told() == "cleared d@121");
}

TEST_CASE("two silences of one planned work are told by two identities") {
  const AlarmPlans plans{std::make_shared<const Maintenance>(std::vector<Maintenance::Work>{
                             {"d", 100 * kPeriod, 120 * kPeriod, "new software"}}),
                         nullptr, nullptr};
  Stream stream(with_silence(), plans);
  stream.report("abcd", 100, 110).report("abc", 110, 122);
  CHECK(stream.told() == "withheld d@114, raised d@120");
  // Late, and of the time of the work: silent again from 116, it would be raised at 120 once more.
  stream.report("d", 112, 113).report("abc", 122, 126);
  CHECK(stream.told() == "");
}

TEST_CASE("a snapshot at any slot goes on as an undisturbed stream") {
  const auto rest = [](Stream& stream, int cut) {
    for (int slot = cut; slot < 130; ++slot)
      stream.report(slot < 108 || slot >= 122 ? "abcd" : "abc", slot, slot + 1);
    return stream.told();
  };
  for (int cut = 101; cut < 130; ++cut) {
    CAPTURE(cut);
    Stream whole;
    for (int slot = 100; slot < cut; ++slot)
      whole.report(slot < 108 || slot >= 122 ? "abcd" : "abc", slot, slot + 1);
    whole.told();
    ingest::StateWriter out;
    whole.pipeline.write(out);
    Stream restored;
    ingest::StateReader in(out.bytes());
    restored.pipeline.read(in, restored.pipeline.model().model.fingerprint, restored.events);
    CHECK(in.at_end());
    CHECK(restored.pipeline.active_alarms().size() == whole.pipeline.active_alarms().size());
    CHECK(rest(restored, cut) == rest(whole, cut));
  }
}

TEST_CASE("planned work withholds silence, and an element that is back in time is none") {
  const auto work = [](int to) {
    return AlarmPlans{std::make_shared<const Maintenance>(std::vector<Maintenance::Work>{
                          {"d", 100 * kPeriod, to * kPeriod, "new software"}}),
                      nullptr, nullptr};
  };
  Stream back(with_silence(), work(140));
  back.report("abcd", 100, 110).report("abc", 110, 120);
  back.take();
  REQUIRE(back.events.size() == 1);
  CHECK(back.events[0].reason == "new software");
  CHECK(back.told() == "withheld d@114");
  CHECK(back.report("abcd", 120, 160).told() == "");
  Stream away(with_silence(), work(117));
  away.report("abcd", 100, 110);
  CHECK(away.report("abc", 110, 122).told() == "withheld d@114, raised d@117");
}

TEST_CASE("an element that is forgotten is silent no more, nor any once silence is no alarm") {
  Stream forgotten;
  forgotten.report("abcd", 100, 110);
  CHECK(forgotten.report("abc", 110, 215).told() == "raised d@114, cleared d@210");
  Stream reloaded;
  reloaded.report("abcd", 100, 110).report("abc", 110, 120);
  CHECK(reloaded.told() == "raised d@114");
  reloaded.pipeline.adopt(test::hand_made_model(), test::hand_made_config().group().alarms,
                          reloaded.events);
  REQUIRE(reloaded.events.size() == 1);
  CHECK(reloaded.events[0].reason == "silence is no alarm");
  CHECK(reloaded.report("abc", 120, 130).told() == "cleared d@119");
}

TEST_CASE("a state written with silence alarms clears them where none are asked for any more") {
  Stream before;
  CHECK(before.report("abcd", 100, 110).report("abc", 110, 120).told() == "raised d@114");
  ingest::StateWriter out;
  before.pipeline.write(out);
  Stream after(test::hand_made_config());
  ingest::StateReader in(out.bytes());
  after.pipeline.read(in, after.pipeline.model().model.fingerprint, after.events);
  CHECK(after.told() == "cleared d@119");
  CHECK(after.pipeline.active_alarms().empty());
}

TEST_CASE("silence that lasts becomes more severe by rule") {
  config::Config config = with_silence();
  config.group().alarms.severity_rules = {
      {"silent", "d", config::Microseconds(5 * kPeriod), "critical"}};
  Stream stream(config);
  stream.report("abcd", 100, 110).report("abc", 110, 125);
  stream.take();
  REQUIRE(stream.events.size() == 2);
  CHECK(stream.events[1].kind == AlarmEvent::Kind::changed);
  CHECK(stream.events[1].severity == "critical");
  REQUIRE(stream.events[1].was);
  CHECK(stream.events[1].was->severity == "warning");
  CHECK(stream.events[1].id == stream.events[0].id);
}

TEST_CASE(
    "silence that comes over and over is held up as one, until the element goes on reporting") {
  config::Config config = with_silence();
  config.group().alarms.flapping = {3, config::Microseconds(100 * kPeriod),
                                    config::Microseconds(10 * kPeriod)};
  const auto come_and_go = [](Stream& stream) {
    stream.report("abcd", 100, 110).report("abc", 110, 116).report("abcd", 116, 117);
    stream.report("abc", 117, 123).report("abcd", 123, 124).report("abc", 124, 130);
    return stream.report("abcd", 130, 131).told();
  };
  Stream stream(config);
  CHECK(come_and_go(stream) ==
        "raised d@114, cleared d@116, raised d@121, cleared d@123, raised d@128, changed d@128");
  REQUIRE(stream.pipeline.active_alarms().size() == 1);
  CHECK(stream.pipeline.active_alarms()[0].flaps == 3);
  CHECK(stream.pipeline.active_alarms()[0].reason ==
        "no record since 1970-01-01T00:20:31Z; clears once it has reported for 100s");
  Stream again(config);
  come_and_go(again);
  ingest::StateWriter out;
  stream.pipeline.write(out);
  Stream restored(config);
  ingest::StateReader in(out.bytes());
  restored.pipeline.read(in, restored.pipeline.model().model.fingerprint, restored.events);
  for (Stream* each : {&stream, &restored})
    CHECK(each->report("abcd", 131, 150).told() == "cleared d@140");
  CHECK(again.report("abc", 131, 138).told() == "");  // the same alarm
  CHECK(again.report("abcd", 138, 147).told() == "");
  CHECK(again.report("abcd", 147, 150).told() == "cleared d@148");
}

TEST_CASE("a reload that makes silence an alarm tells of what is silent already") {
  const auto reload = [](Stream& stream, const config::Config& config) {
    stream.take();
    stream.pipeline.adopt(test::hand_made_model(), config.group().alarms, stream.events);
  };
  Stream stream(test::hand_made_config());
  CHECK(stream.report("abcd", 100, 110).report("abc", 110, 120).told() == "");
  reload(stream, with_silence());
  CHECK(stream.told() == "raised d@119");
  CHECK(stream.report("abc", 120, 122).told() == "");
  reload(stream, test::hand_made_config());
  CHECK(stream.told() == "cleared d@121");
  CHECK(stream.report("abc", 122, 124).told() == "");
  reload(stream, with_silence());
  stream.report("abc", 124, 125);
  CHECK(stream.pipeline.active_alarms().size() == 1);
  CHECK(stream.told() == "raised d@123");  // another alarm than the first
  CHECK(stream.report("abcd", 125, 126).told() == "cleared d@125");
  reload(stream, test::hand_made_config());
  CHECK(stream.report("abc", 126, 140).report("abcd", 140, 141).told() == "");
  reload(stream, with_silence());
  CHECK(stream.report("abcd", 141, 142).told() == "");
}

TEST_CASE("silence that a reload ended and another has again at once is an alarm of its own") {
  Stream stream(test::hand_made_config());
  stream.report("abcd", 100, 110).report("abc", 110, 120);
  for (const config::Config& config : {with_silence(), test::hand_made_config(), with_silence()})
    stream.pipeline.adopt(test::hand_made_model(), config.group().alarms, stream.events);
  stream.report("abc", 120, 121);
  std::vector<std::string> raised;
  for (const AlarmEvent& event : stream.events)
    if (event.kind == AlarmEvent::Kind::raised) raised.push_back(event.id);
  REQUIRE(raised.size() == 2);
  CHECK(raised[0] != raised[1]);
}

TEST_CASE("silence that is held up and comes again says since when") {
  config::Config config = with_silence();
  config.group().alarms.flapping = {1, config::Microseconds(100 * kPeriod),
                                    config::Microseconds(10 * kPeriod)};
  Stream stream(config);
  stream.report("abcd", 100, 110).report("abc", 110, 116);
  CHECK(stream.told() == "raised d@114, changed d@114");
  stream.report("abcd", 116, 118).report("abc", 118, 124);
  CHECK(stream.told() == "");
  const auto active = stream.pipeline.active_alarms();
  REQUIRE(active.size() == 1);
  CHECK(active[0].reason ==
        "no record since 1970-01-01T00:19:31Z; clears once it has reported for 100s");
  // Without the rule it is no longer held up.
  stream.report("abcd", 124, 125);
  CHECK(stream.told() == "");
  config.group().alarms.flapping.count = 0;
  stream.pipeline.adopt(test::hand_made_model(), config.group().alarms, stream.events);
  CHECK(stream.report("abcd", 125, 130).told() == "cleared d@126");
}

TEST_CASE("without alarms.silence nothing is told of it") {
  Stream stream(test::hand_made_config());
  CHECK(stream.report("abcd", 100, 110).report("abc", 110, 130).told() == "");
}

}  // namespace silence_alarms_test
}  // namespace faultprint::daemon
