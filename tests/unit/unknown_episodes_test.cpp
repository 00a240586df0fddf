#include "daemon/unknown_episodes.h"

#include <doctest/doctest.h>

#include <functional>
#include <optional>

#include "error_of.h"
#include "file_bytes.h"
#include "hand_made_model.h"
#include "ingest/incidents.h"

namespace faultprint::daemon {
namespace unknown_episodes_test {

using test::kPeriod;
using test::sample;

constexpr int kFirst = 1000;

// What element `e` and `f` report in a slot; null: nothing.
using Values = std::function<std::optional<std::vector<double>>(const std::string&, int)>;

std::vector<UnknownEpisode> episodes(int slots, const Values& values, int batch = 7,
                                     const std::string& without = "",
                                     std::vector<config::SeverityRule> by_age = {}) {
  const auto model = test::hand_made_model(without);
  auto config = test::hand_made_config();  // raised by 2 of 3, cleared after 3
  config.group().alarms.severity_rules = std::move(by_age);
  auto options = test::store_options();
  options.per_element_watermark = true;
  Pipeline pipeline(model, config, options);
  UnknownEpisodes unknowns(model, config.group().alarms.raise_of);
  Scorer scorer;
  const auto finish = [&] {
    std::vector<AlarmEvent> events;
    const auto& verdicts = pipeline.process(scorer, events);
    unknowns.follow(verdicts, events, pipeline.store(), scorer);
    pipeline.finish_batch();
  };
  for (int i = 0; i < slots; ++i) {
    for (const char* element : {"e", "f"})
      if (const auto v = values(element, kFirst + i))
        pipeline.add(sample(element, kFirst + i, *v), 0);
    if (i % batch == 0) finish();
  }
  pipeline.flush();
  finish();
  return unknowns.finish();
}

std::vector<double> calm(int slot) {
  const double wave = slot % 4 < 2 ? 1 : -1;
  return {wave, wave};
}

bool within(int slot, int first, int end) { return slot >= first && slot < end; }

TEST_CASE("an episode runs from its first abnormal slot to its alarm's clearing") {
  for (const int batch : {1, 7, 1000}) {
    CAPTURE(batch);
    const auto found = episodes(
        120,
        [](const std::string& element, int slot) {
          auto v = calm(slot);
          if (element == "e" && within(slot, 1040, 1048)) v = {30, 30};  // like neither fault
          return v;
        },
        batch);
    REQUIRE(found.size() == 1);
    CHECK(found[0].element == "e");
    // One high slot of four is not strange yet.
    CHECK(found[0].start_us >= 1040 * kPeriod);
    CHECK(found[0].start_us <= 1042 * kPeriod);
    CHECK(found[0].end_us >= 1051 * kPeriod);
    CHECK(found[0].end_us <= 1060 * kPeriod);
    CHECK(found[0].kind == 1);
    REQUIRE(found[0].kpis.size() == 2);
    CHECK(found[0].kpis[0].deviation > 3);
    CHECK((found[0].nearest_type == "loss" || found[0].nearest_type == "flap"));
    CHECK(found[0].distance > 1);
  }
}

TEST_CASE("a known fault is no episode, nor is an unknown alarm that got a known name") {
  const auto named = [](const std::string& element, int slot) {
    auto v = calm(slot);
    if (element == "e" && within(slot, 1040, 1060)) v[0] = 30;
    // At first like nothing known, then loss.
    if (element == "f" && within(slot, 1040, 1044)) v = {30, 30};
    if (element == "f" && within(slot, 1044, 1070)) v = {60, slot % 4 < 2 ? 1.0 : -1.0};
    return v;
  };
  for (const auto& episode : episodes(120, named)) CHECK(episode.element != "e");
}

TEST_CASE("an alarm that gets more severe, and no name, is still an episode") {
  const auto strange = [](const std::string& element, int slot) {
    auto v = calm(slot);
    if (element == "e" && within(slot, 1040, 1055)) v = {30, 30};
    return v;
  };
  const auto found = episodes(120, strange, 7, "",
                              {{"unknown", "*", config::Microseconds(5 * kPeriod), "critical"}});
  REQUIRE(found.size() == 1);
  CHECK(found[0].end_us == episodes(120, strange).at(0).end_us);
}

TEST_CASE("what is still up where the data ends, ends there") {
  const auto found = episodes(60, [](const std::string& element, int slot) {
    auto v = calm(slot);
    if (element == "e" && slot >= 1050) v = {30, 30};
    return v;
  });
  REQUIRE(found.size() == 1);
  CHECK(found[0].end_us == 1060 * kPeriod);
}

TEST_CASE("an element that falls silent with an alarm up ends its episode when it was last heard") {
  const auto found = episodes(200, [](const std::string& element, int slot) {
    std::optional<std::vector<double>> v = calm(slot);
    if (element == "e" && slot >= 1050) v = {30, 30};
    if (element == "e" && within(slot, 1060, 1150)) v.reset();  // longer than forget_after
    if (element == "e" && slot >= 1150) v = calm(slot);
    return v;
  });
  REQUIRE(found.size() == 1);
  CHECK(found[0].end_us >= 1060 * kPeriod);
  CHECK(found[0].end_us <= 1065 * kPeriod);
}

TEST_CASE("episodes that are alike share a kind, others do not") {
  const auto found = episodes(
      260,
      [](const std::string& element, int slot) {
        auto v = calm(slot);
        if (element == "e" && within(slot, 1040, 1048)) v = {30, 30};
        if (element == "f" && within(slot, 1100, 1108)) v[1] = -60;  // low is unknown too
        if (element == "e" && within(slot, 1200, 1208)) v = {30, 30};
        return v;
      },
      7);
  REQUIRE(found.size() == 3);
  CHECK(found[0].kind == 1);
  CHECK(found[1].kind == 2);
  CHECK(found[1].element == "f");
  CHECK(found[1].kpis[0].name == "b");
  CHECK(found[1].kpis[0].deviation < 0);
  CHECK(found[1].nearest_type == "loss");
  CHECK(found[2].kind == 1);
}

TEST_CASE("the rows are an incidents file, whatever an element is called") {
  UnknownEpisode episode;
  episode.element = "leaf \"1\",\nrack 2";
  episode.start_us = 1498754414000000;
  episode.end_us = 1498754500500000;
  episode.kind = 2;
  episode.kpis = {{"rib,memory", 8.24}, {"bgp_paths", -3.06}};
  episode.nearest_type = "bgp_clear";
  episode.distance = 4.567;
  UnknownEpisode nameless = episode;
  nameless.nearest_type = "";
  const auto rows = to_incident_rows({episode, nameless}, std::chrono::seconds(5));
  REQUIRE(rows.size() == 3);
  CHECK(rows[0] == "element,start,end,fault_type,uncertainty,kind,kpis,nearest_type,distance");
  CHECK(rows[1] ==
        "\"leaf \"\"1\"\",\nrack 2\",2017-06-29T16:40:14Z,2017-06-29T16:41:40.500Z,unknown,5s,2,"
        "\"rib,memory +8.2, bgp_paths -3.1\",bgp_clear,4.57");
  CHECK(rows[2].ends_with("\",,"));
  const test::TempFile file(rows[0] + "\n" + rows[1] + "\n" + rows[2] + "\n");
  CHECK(test::error_of([&] { ingest::Incidents::read({file.path()}); })
            .ends_with(":2: fault_type: \"unknown\" is no fault's name: replace it by the name of "
                       "the fault, or have `enroll --fault-type NAME` take such rows as NAME"));
  const auto incidents = ingest::Incidents::read({file.path()}, {}, ingest::UnknownRows::allowed);
  REQUIRE(incidents.rows().size() == 2);
  CHECK(incidents.rows()[0].element == episode.element);
  CHECK(incidents.rows()[0].start_us == episode.start_us);
  CHECK(incidents.rows()[0].end_us == episode.end_us);
  CHECK(incidents.rows()[0].fault_type == "unknown");
  CHECK(incidents.rows()[0].uncertainty_us == 5000000);
}

}  // namespace unknown_episodes_test
}  // namespace faultprint::daemon
