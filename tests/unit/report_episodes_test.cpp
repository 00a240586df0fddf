// Incidents on elements as they are collected, and as the page tells them step by step.
#include <doctest/doctest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "daemon/report/episode_curves.h"
#include "daemon/report/sections.h"
#include "hand_made_model.h"

namespace faultprint::daemon::report {
namespace report_episodes_test {

using test::incident_of;
using test::kPeriod;

// A model of so long a window; slots are fed by hand, of e1 unless said.
class Fed {
 public:
  explicit Fed(std::vector<ingest::Incident> rows, int window = 4, int kpis = 2)
      : incidents_(std::move(rows)), model_(*test::hand_made_model()) {
    model_.input = test::gauges(2, window);
    model_.input.kpis.assign(static_cast<std::size_t>(kpis), test::kpi("k"));
  }

  void limit(const EpisodeCollector::Limits& limits) {
    collector_.emplace(incidents_, model_, limits);
  }
  EpisodeCollector& collector() {
    if (!collector_) limit({});
    return *collector_;
  }
  void slots(int begin, int end, const std::string& element = "e1") {
    for (int slot = begin; slot < end; ++slot) collector().add(element, at(slot), nullptr);
  }
  // Scored: all KPIs at 0.1, but for those that deviate.
  void scored(int slot, const std::vector<std::size_t>& moved, Outcome outcome = Outcome::fault,
              bool unfamiliar = false) {
    std::vector<float> window(model_.input.columns(), 0.1F);
    for (const std::size_t kpi : moved) window[kpi] = -5.0F - static_cast<float>(kpi) / 100;
    const std::vector<float> distances(3, 0.1F);
    Verdict verdict = at(slot);
    verdict.outcome = outcome;
    verdict.unfamiliar = unfamiliar;
    const ScoredSlot seen{window, distances.data(), model::RowVector::Constant(2, 0.5F)};
    collector().add("e1", verdict, &seen);
  }
  // The page's part on incidents, an alarm of that slot having been raised.
  LabelledHistory history(std::optional<int> alarm, const std::string& type = "loss") {
    std::vector<AlarmEvent> events;
    if (alarm) {
      AlarmEvent& event = events.emplace_back();
      event.element = "e1";
      event.time_us = at(*alarm).time_us;
      event.fault_type = type;
    }
    LabelledHistory history;
    history.episodes = collector().finish(events);
    history.episodes_seen = collector().seen();
    return history;
  }
  Json told(std::optional<int> alarm, const std::string& type = "loss") {
    return incidents_section(history(alarm, type), model_, {},
                             {test::hand_made_config().group().alarms, 0, {}});
  }

 private:
  static Verdict at(int slot) {
    Verdict verdict;
    verdict.time_us = (slot + 1) * kPeriod;
    return verdict;
  }

  ingest::Incidents incidents_;
  LoadedModel model_;
  std::optional<EpisodeCollector> collector_;
};

ingest::Incident loss(int begin, int end, const std::string& element = "e1") {
  return incident_of(element, begin * kPeriod, end * kPeriod, "loss");
}

std::size_t inside(const Json& steps) {
  return static_cast<std::size_t>(std::count_if(
      steps.begin(), steps.end(), [](const Json& step) { return step["inside"].get<bool>(); }));
}

TEST_CASE("of a long window twenty slots before the start are shown, and then the incident") {
  for (const int window : {20, 80, 2000}) {
    CAPTURE(window);
    Fed fed({loss(3000, 3100)}, window);
    fed.slots(0, 3200);
    const Json json = fed.told(std::nullopt);
    REQUIRE(json["list"].size() == 1);
    const Json& steps = json["list"][0]["steps"];
    CHECK(steps.size() == 80);
    CHECK(inside(steps) == 60);
    CHECK(steps[20]["inside"] == true);
    CHECK(steps[20]["after_s"] == 10);
  }
}

TEST_CASE("a late alarm is shown with what led to it, and the gap before that can be told") {
  Fed fed({loss(1000, 1500)});
  fed.slots(900, 1600);
  const Json json = fed.told(1400);
  const Json& incident = json["list"][0];
  const Json& steps = incident["steps"];
  CHECK(incident["delay_s"] == 4010);
  CHECK(steps.size() == 80);
  std::vector<int> gaps;
  std::size_t alarm = steps.size();
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i]["after_s"] == incident["delay_s"]) alarm = i;
    if (i > 0 && steps[i]["slot"].get<int>() != steps[i - 1]["slot"].get<int>() + 1)
      gaps.push_back(steps[i]["slot"].get<int>() - steps[i - 1]["slot"].get<int>() - 1);
  }
  CHECK(alarm == steps.size() - 7);  // six more behind it
  CHECK(gaps == std::vector<int>{411 - 80});
  CHECK(steps[0]["slot"] == 0);
}

TEST_CASE("an early alarm leaves nothing out, and a short incident is shown whole") {
  Fed fed({loss(1000, 1500)});
  fed.slots(900, 1600);
  CHECK(fed.told(1005)["list"][0]["steps"].size() == 4 + 6 + 6);
}

TEST_CASE("incidents outside the data take no place among those that are kept") {
  std::vector<ingest::Incident> rows;
  for (int i = 0; i < 50; ++i) {
    rows.push_back(loss(10 * i, 10 * i + 5));                         // before the data
    rows.push_back(loss(100000 + 10 * i, 100000 + 10 * i + 5, "*"));  // and after it
  }
  rows.push_back(loss(2000, 2010));
  rows.push_back(loss(2100, 2110, "e*"));
  Fed fed(rows);
  fed.limit({2, 1500, 160000});
  fed.slots(1990, 2200);
  const LabelledHistory history = fed.history(std::nullopt);
  REQUIRE(history.episodes.size() == 2);
  CHECK(history.episodes[0].incident.start_us == 2000 * kPeriod);
  CHECK(history.episodes[1].incident.start_us == 2100 * kPeriod);
  CHECK(history.episodes_seen == 2);
}

TEST_CASE("incidents beyond the limit are counted, once for each element that has slots inside") {
  Fed fed({loss(2000, 2010, "*"), loss(2020, 2030, "*"), loss(3000, 3010, "*")});
  fed.limit({1, 1500, 160000});
  for (const char* element : {"e1", "e2"}) fed.slots(1990, 2100, element);
  const Json json = fed.told(std::nullopt);
  CHECK(json["seen"] == 4);
  CHECK(json["kept"] == 1);
  CHECK(json["list"].size() == 1);
}

TEST_CASE("of very many KPIs those that move most are kept, whatever an incident lasts") {
  Fed fed({loss(1000, 1200)}, 4, 1024);
  fed.limit({400, 1500, 20000});
  for (int slot = 990; slot < 1150; ++slot)
    fed.scored(slot, slot < 1000 ? std::vector<std::size_t>{} : std::vector<std::size_t>{7, 700});
  const LabelledHistory history = fed.history(std::nullopt);
  const Episode& episode = history.episodes[0];
  CHECK(episode.slots.size() == 154);
  CHECK(episode.kpis.size() >= 16);
  CHECK(episode.slots.size() * (episode.kpis.size() + 5) <= 20000);
  CHECK(strongest({&episode}, 2) == std::vector<std::size_t>{700, 7});
  for (const EpisodeSlot& slot : episode.slots) {
    CHECK(slot.deviations.size() == episode.kpis.size());
    CHECK(episode.deviation(slot, 700) == (slot.inside ? -12.0F : 0.1F));
  }
  CHECK(std::isnan(episode.deviation(episode.slots[0], 1023)));
}

TEST_CASE("a window unknown for its shape is told from one that no cluster knows") {
  Fed fed({loss(1000, 1010)});
  fed.scored(1000, {0}, Outcome::unknown, true);
  fed.scored(1001, {0}, Outcome::unknown);
  fed.scored(1002, {0}, Outcome::fault);
  const LabelledHistory history = fed.history(std::nullopt);
  const std::vector<EpisodeSlot>& slots = history.episodes[0].slots;
  CHECK(slots[0].unfamiliar);
  CHECK_FALSE(slots[1].unfamiliar);
  CHECK_FALSE(slots[2].unfamiliar);
}

TEST_CASE("which alarms count how many verdicts is told, those without a name on their own") {
  Fed fed({loss(1000, 1010)});
  fed.slots(990, 1020);
  const Json json = fed.told(1004, "unknown");
  CHECK(json["raise"] == Json::array({2, 3}));
  CHECK(json["raise_unknown"] == Json::array({2, 3}));
  CHECK(json["list"][0]["alarms"][0]["fault_type"] == "unknown");
  CHECK(json["list"][0]["delay_s"].is_null());
}

TEST_CASE("of more incidents than a page has room for, each type's worst are told, by time") {
  std::vector<ingest::Incident> rows;
  for (int i = 0; i < 300; ++i)
    rows.push_back(incident_of("e1", (1000 + 100 * i) * kPeriod, (1090 + 100 * i) * kPeriod,
                               i == 250 ? "flap" : "loss"));
  Fed fed(rows);
  fed.slots(990, 1000 + 300 * 100);
  const Json json = fed.told(1105);  // the second is named
  CHECK(json["kept"] == 300);
  CHECK(json["list"].size() > 10);
  CHECK(json["list"].size() < 300);
  CHECK(json["list"].dump().size() < 420000);
  CHECK(json["list"][json["typical"].get<std::size_t>()]["delay_s"] == 60);
  std::string last;
  bool flap = false;
  for (const Json& incident : json["list"]) {
    CHECK(last < incident["start"].get<std::string>());
    last = incident["start"].get<std::string>();
    flap = flap || incident["fault_type"] == "flap";
  }
  CHECK(flap);
}

}  // namespace report_episodes_test
}  // namespace faultprint::daemon::report
