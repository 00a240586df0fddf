#include "daemon/topic_silence.h"

#include <doctest/doctest.h>

#include "daemon/alarm_board.h"
#include "stream_helpers.h"

namespace faultprint::daemon {
namespace topic_silence_test {

using test::kSecond;
using Kind = AlarmEvent::Kind;

config::AlarmConfig rules(int after_s) {
  config::AlarmConfig alarms;
  alarms.silence.topics = std::chrono::seconds(after_s);
  alarms.severity = {{"silent", "warning"}};
  return alarms;
}

// reached_s: event time; heard_s: wall clock.
PartitionView view(const std::string& topic, int partition, int reached_s, int heard_s,
                   std::int64_t lag = 0) {
  PartitionView result;
  result.where = {topic, partition};
  result.watermark_us = reached_s < 0 ? -1 : reached_s * kSecond;
  result.heard_us = heard_s * kSecond;
  result.lag = lag;
  return result;
}

struct Watch {
  TopicSilence silence;
  std::vector<AlarmEvent> events;
  std::vector<std::string> gone;

  std::string look(const std::vector<PartitionView>& views, int now_s, int after_s = 60) {
    gone.clear();
    const auto all = rules(after_s);
    const auto of_topic = [&](const std::string&) -> const config::AlarmConfig& { return all; };
    events = silence.look(views, now_s * kSecond, of_topic, gone);
    std::string text;
    for (const AlarmEvent& e : events)
      text += (text.empty() ? "" : ", ") + std::string(name(e.kind)) + " " + e.element + "@" +
              std::to_string(e.time_us / kSecond);
    return text;
  }
};

TEST_CASE("a topic is silent when none of its partitions has brought a record for so long") {
  Watch watch;
  const std::vector<PartitionView> quiet{view("kpi", 0, 500, 1000), view("kpi", 1, 520, 1010)};
  CHECK(watch.look(quiet, 1070) == "");
  CHECK(watch.look(quiet, 1071) == "raised topic:kpi@580");
  CHECK(watch.events[0].severity == "warning");
  CHECK(watch.events[0].fault_type == "silent");
  CHECK(watch.events[0].reason ==
        "no record since event time 1970-01-01T00:08:40Z; clears with the next");
  CHECK(watch.look(quiet, 1080) == "");
  CHECK(watch.look({view("kpi", 0, 500, 1000), view("kpi", 1, 700, 1081)}, 1082) ==
        "cleared topic:kpi@700");
}

TEST_CASE("records between two looks clear the alarm even when it is silent again by the second") {
  Watch watch;
  watch.look({view("kpi", 0, 500, 1000)}, 1061);
  CHECK(watch.look({view("kpi", 0, 700, 1062)}, 1200) ==
        "cleared topic:kpi@700, raised topic:kpi@760");
}

TEST_CASE("one partition that brings records speaks for its topic, and no topic for another") {
  Watch watch;
  CHECK(watch.look({view("kpi", 0, 500, 1000), view("kpi", 1, 520, 1999)}, 2000) == "");
  CHECK(watch.look({view("kpi", 0, 500, 1000), view("pm", 0, 520, 1999)}, 2000) ==
        "raised topic:kpi@560");
}

TEST_CASE("a backlog, or one not known yet, is no silence") {
  Watch watch;
  CHECK(watch.look({view("kpi", 0, 500, 1000, 7)}, 2000) == "");
  CHECK(watch.look({view("kpi", 0, 500, 1000, 0), view("kpi", 1, 500, 1000, -1)}, 2000) == "");
}

TEST_CASE("a topic that never brought a record is not missed, nor any where none is asked for") {
  Watch watch;
  CHECK(watch.look({view("kpi", 0, -1, 1000)}, 2000) == "");
  CHECK(watch.look({view("kpi", 0, 500, 1000)}, 2000, 0) == "");
  CHECK(watch.look({view("kpi", 0, 500, 1000)}, 2000) == "raised topic:kpi@560");
  CHECK(watch.look({view("kpi", 0, 500, 1000)}, 2001, 0) == "cleared topic:kpi@560");
}

TEST_CASE("after a restart amid the silence it is the same alarm") {
  Watch before;
  Watch after;
  before.look({view("kpi", 0, 500, 1000)}, 2000);
  after.look({view("kpi", 0, 500, 500)}, 3000);
  REQUIRE(after.events.size() == 1);
  CHECK(after.events[0].id == before.events[0].id);
  CHECK(after.events[0].time_us == before.events[0].time_us);
}

TEST_CASE("what a process before left up is cleared once event time has moved on") {
  Watch before;
  before.look({view("kpi", 0, 500, 1000)}, 2000);
  REQUIRE(before.events.size() == 1);
  Watch after;
  after.silence.restore(alarm_of(before.events[0]));
  CHECK(after.look({view("kpi", 0, -1, 3000)}, 3001) == "");   // nothing is read yet
  CHECK(after.look({view("kpi", 0, 500, 3000)}, 3001) == "");  // not beyond where it stood
  CHECK(after.look({view("kpi", 0, 500, 3000)}, 3500) == "");
  CHECK(after.look({view("kpi", 0, 3490, 3500)}, 3501) == "cleared topic:kpi@3490");
  CHECK(after.events[0].id == before.events[0].id);
  CHECK(after.look({view("kpi", 0, 3490, 3501)}, 3600) == "raised topic:kpi@3550");
}

TEST_CASE("what a process before left up is cleared late too, once it is silent again") {
  Watch before;
  before.look({view("kpi", 0, 500, 1000)}, 2000);
  Watch after;
  after.silence.restore(alarm_of(before.events[0]));
  CHECK(after.look({view("kpi", 0, 700, 3000)}, 3500) ==
        "cleared topic:kpi@700, raised topic:kpi@760");
}

TEST_CASE("what a process before left up waits for its topic, and goes where that is read elsewhere") {
  Watch before;
  before.look({view("kpi", 0, 500, 1000)}, 2000);
  Watch after;
  after.silence.restore(alarm_of(before.events[0]));
  CHECK(after.look({}, 3000) == "");
  CHECK(after.look({view("pm", 0, 500, 3030)}, 3059) == "");
  CHECK(after.gone.empty());
  SUBCASE("it comes") {
    CHECK(after.look({view("kpi", 0, 700, 3060)}, 3060) == "cleared topic:kpi@700");
  }
  SUBCASE("it does not") {
    CHECK(after.look({view("pm", 0, 500, 3030)}, 3060) == "");
    CHECK(after.gone == std::vector<std::string>{before.events[0].id});
  }
}

TEST_CASE("a topic that is read elsewhere takes its alarm along") {
  Watch watch;
  watch.look({view("kpi", 0, 500, 1000)}, 2000);
  const std::string id = watch.events[0].id;
  CHECK(watch.look({}, 2001) == "");
  CHECK(watch.gone == std::vector<std::string>{id});
  CHECK(watch.look({}, 2002) == "");
  CHECK(watch.gone.empty());
}

}  // namespace topic_silence_test
}  // namespace faultprint::daemon
