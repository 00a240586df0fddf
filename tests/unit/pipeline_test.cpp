// The whole way from samples to lines, cut into batches at will.
#include "daemon/pipeline.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>

#include "hand_made_model.h"

namespace faultprint::daemon {
namespace pipeline_test {

using ingest::KpiSample;
using test::kMissing;
using test::sample;

const std::vector<std::string> kElements{"leaf1", "leaf2", "spine1", "spine2", "edge"};

// Faults, gaps, disorder, late and partial records; `silent` for more than forget_after when asked.
std::vector<KpiSample> stream(std::uint64_t seed, bool silence) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal(0, 1);
  std::vector<KpiSample> records;
  for (int i = 0; i < 1500; ++i) {
    const auto e = random() % kElements.size();
    const std::int64_t slot = 150000000 + i / 5 + static_cast<std::int64_t>(random() % 3);
    if (silence && e == 1 && i > 500 && i < 900) continue;
    const int turn = i / 100 % 4;
    std::vector<double> values{normal(random) + (turn == 1 ? 9 : 0),
                               normal(random) + (turn == 3 ? 9 : 0)};
    if (turn == 2 && e == 2) values = {9, 9};
    // What goes silent does so with an alarm up.
    if (silence && e == 1 && i > 400 && i <= 500) values = {9, 0};
    for (double& x : values)
      if (random() % 12 == 0) x = kMissing;
    records.push_back(sample(kElements[e], slot, values));
  }
  return records;
}

struct Lines {
  std::vector<std::string> verdicts;
  std::vector<std::string> events;
};

// A batch ends after each record whose number `ends` says.
template <typename Ends>
Lines run(const std::vector<KpiSample>& records, Ends ends) {
  auto options = test::store_options();
  options.lateness = config::Microseconds(2 * test::kPeriod);
  Pipeline pipeline(test::hand_made_model(), test::hand_made_config(), options);
  Scorer scorer;
  Lines lines;
  const auto finish = [&] {
    std::vector<AlarmEvent> events;
    for (const Verdict& verdict : pipeline.process(scorer, events))
      lines.verdicts.push_back(to_json_line(verdict, pipeline.store(), pipeline.model()));
    for (const AlarmEvent& event : events) lines.events.push_back(to_json_line(event));
    pipeline.finish_batch();
  };
  for (std::size_t i = 0; i < records.size(); ++i) {
    pipeline.add(records[i], 0);
    if (ends(i)) finish();
  }
  finish();
  return lines;
}

Lines in_one_batch(const std::vector<KpiSample>& records) {
  return run(records, [](std::size_t) { return false; });
}

Lines in_random_batches(const std::vector<KpiSample>& records, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const std::uint64_t mean = seed % 3 == 0 ? 2 : 40;
  return run(records, [&](std::size_t) { return random() % mean == 0; });
}

TEST_CASE("the same records give the same lines byte for byte, however they are cut into batches") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const auto records = stream(seed, false);
    const Lines whole = in_one_batch(records);
    REQUIRE(whole.verdicts.size() > 1000);
    REQUIRE(whole.events.size() > 10);
    const Lines single = run(records, [](std::size_t) { return true; });
    CHECK(single.verdicts == whole.verdicts);
    CHECK(single.events == whole.events);
    for (std::uint64_t cut = 1; cut <= 4; ++cut) {
      const Lines cut_up = in_random_batches(records, cut);
      REQUIRE(cut_up.verdicts == whole.verdicts);
      REQUIRE(cut_up.events == whole.events);
    }
  }
}

// leaf1 is whole with each record; leaf2 lacks a KPI, so that its slots wait for the watermark.
TEST_CASE("an alarm was detected by the time of the record that completed its slot") {
  Pipeline pipeline(test::hand_made_model(), test::hand_made_config(), test::store_options());
  Scorer scorer;
  std::map<std::string, AlarmEvent> raised;
  std::vector<AlarmEvent> events;
  const auto record_us = [](int slot, int element) {
    return (slot + 1) * test::kPeriod + element * 1000 + 7;
  };
  for (int slot = 100; slot < 120; ++slot) {
    const double a = slot > 108 ? 9.0 : 0.5 * (slot % 2);
    pipeline.add(sample("leaf1", slot, {a, 0.1 * (slot % 3)}), record_us(slot, 1));
    pipeline.add(sample("leaf2", slot, {a, kMissing}), record_us(slot, 2));
    pipeline.add(sample("leaf3", slot, {0.5 * (slot % 2), 0.1}), record_us(slot, 3));
    pipeline.process(scorer, events);
    pipeline.finish_batch();
  }
  for (const AlarmEvent& event : events)
    if (event.kind == AlarmEvent::Kind::raised) raised[event.element] = event;
  const auto slot_of = [&](const char* element) {
    return static_cast<int>(raised.at(element).time_us / test::kPeriod) - 1;
  };
  CHECK(raised.at("leaf1").detected_us == record_us(slot_of("leaf1"), 1));
  CHECK(raised.at("leaf2").detected_us == record_us(slot_of("leaf2") + 1, 3));
  for (const ActiveAlarm& alarm : pipeline.active_alarms())
    CHECK(alarm.detected_us == raised.at(alarm.element).detected_us);
  events.clear();
  pipeline.adopt(test::hand_made_model("loss"), test::hand_made_config().group().alarms, events);
  REQUIRE(!events.empty());
  CHECK(events[0].detected_us == record_us(119, 3));
}

TEST_CASE("an alarm is not detected before the slot that it tells of has ended") {
  Pipeline pipeline(test::hand_made_model(), test::hand_made_config(), test::store_options());
  Scorer scorer;
  std::vector<AlarmEvent> events;
  for (int slot = 100; slot < 120; ++slot)
    pipeline.add(sample("leaf1", slot, {slot > 108 ? 9.0 : 0.5 * (slot % 2), 0.1}),
                 slot * test::kPeriod + 1000);
  pipeline.process(scorer, events);
  REQUIRE(!events.empty());
  CHECK(events[0].detected_us == events[0].time_us);
}

TEST_CASE("the stream that this is shown on holds every outcome") {
  const Lines lines = in_one_batch(stream(1, false));
  for (const char* outcome : {"normal", "fault", "unknown", "not_scored"}) {
    const std::string field = "\"verdict\":\"" + std::string(outcome) + "\"";
    CHECK(std::any_of(lines.verdicts.begin(), lines.verdicts.end(),
                      [&](const auto& line) { return line.find(field) != std::string::npos; }));
  }
  for (const char* event : {"raised", "cleared"})
    CHECK(std::any_of(lines.events.begin(), lines.events.end(), [&](const auto& line) {
      return line.find("\"event\":\"" + std::string(event)) != std::string::npos;
    }));
}

TEST_CASE("where an element departs and comes back, each element's lines are the same") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const auto records = stream(seed, true);
    Lines whole = in_one_batch(records);
    std::sort(whole.verdicts.begin(), whole.verdicts.end());
    for (std::uint64_t cut = 1; cut <= 4; ++cut) {
      Lines cut_up = in_random_batches(records, cut);
      std::sort(cut_up.verdicts.begin(), cut_up.verdicts.end());
      REQUIRE(cut_up.verdicts == whole.verdicts);
    }
  }
}

TEST_CASE("the clearing of a departed element's alarm does not depend on the batch") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const auto records = stream(seed, true);
    const auto clearings = [](const Lines& lines) {
      std::vector<std::string> found;
      for (const std::string& line : lines.events)
        if (line.find("element forgotten") != std::string::npos) found.push_back(line);
      return found;
    };
    const auto whole = clearings(in_one_batch(records));
    const auto single = clearings(run(records, [](std::size_t) { return true; }));
    REQUIRE(single.size() == whole.size());
    REQUIRE_FALSE(whole.empty());
    for (std::size_t i = 0; i < whole.size(); ++i) CHECK(single[i] == whole[i]);
  }
}

// A model whose training has ended just before `slot`, and knew leaf1.
ModelPointer trained_until(std::int64_t slot) {
  auto model = test::hand_made_model();
  Pipeline pipeline(model, test::hand_made_config(), test::store_options());
  for (std::int64_t s = slot - 12; s < slot; ++s) {
    pipeline.add(sample("leaf1", s, {0.1, 0.2}), 0);
    pipeline.finish_batch();
  }
  auto trained = test::hand_made_model();
  trained->carry_over = std::make_shared<const ingest::CarryOver>(pipeline.store().carry_over());
  trained->model.fingerprint += ", trained";
  return trained;
}

// b comes from `from` to before `to` alone, on another level than a; it is far up from `fault` on.
Lines with_b(int from, int to, int fault) {
  std::vector<KpiSample> records;
  for (int slot = 0; slot < 40; ++slot)
    for (const char* element : {"leaf1", "leaf2", "edge"}) {
      const bool there = element != kElements[0] || (slot >= from && slot < to);
      const bool far = element == kElements[0] && slot >= fault;
      records.push_back(
          sample(element, slot,
                 {0.2 * (slot % 3), there ? 50 + 0.3 * (slot % 2) + (far ? 9 : 0) : kMissing}));
    }
  return run(records, [](std::size_t i) { return i % 7 == 0; });
}

TEST_CASE("a KPI that appears mid-stream raises nothing, and its faults are named from then on") {
  CHECK(with_b(15, 40, 40).events.empty());
  const Lines faulty = with_b(15, 40, 30);
  REQUIRE_FALSE(faulty.events.empty());
  CHECK(faulty.events[0].find("\"fault_type\":\"flap\"") != std::string::npos);
  CHECK(faulty.events[0].find("leaf1") != std::string::npos);
}

TEST_CASE("a KPI that disappears raises nothing, and verdicts name it") {
  const Lines lines = with_b(0, 20, 40);
  CHECK(lines.events.empty());
  const auto names_b = [](const std::string& line) {
    return line.find("\"element\":\"leaf1\"") != std::string::npos &&
           line.find("\"masked\":[\"b\"]") != std::string::npos;
  };
  CHECK(std::count_if(lines.verdicts.begin(), lines.verdicts.end(), names_b) > 10);
}

TEST_CASE("elements that begin after a reload begin as its model knew them") {
  const ModelPointer trained = trained_until(100);
  Pipeline reloaded(test::hand_made_model(), test::hand_made_config(), test::store_options());
  std::vector<AlarmEvent> events;
  reloaded.adopt(trained, test::hand_made_config().group().alarms, events);
  reloaded.add(sample("leaf1", 100, {0.1, 0.2}), 0);
  Pipeline restarted(trained, test::hand_made_config(), test::store_options());
  restarted.add(sample("leaf1", 100, {0.1, 0.2}), 0);
  REQUIRE(restarted.store().batch().rows == 1);
  CHECK(reloaded.store().batch().windows == restarted.store().batch().windows);
}

TEST_CASE("a reload of rules alone keeps the evidence, as a restart from a snapshot does") {
  auto config = test::hand_made_config();
  Pipeline reloaded(test::hand_made_model(), config, test::store_options());
  Scorer scorer;
  std::vector<AlarmEvent> events;
  const auto feed = [&](Pipeline& pipeline, std::int64_t first, std::int64_t last) {
    events.clear();
    for (std::int64_t slot = first; slot < last; ++slot) {
      pipeline.add(sample("leaf1", slot, {slot > 8 ? 9.0 : 0.1 * (slot % 2), 0}), 0);
      pipeline.process(scorer, events);
      pipeline.finish_batch();
    }
    return events.size();
  };
  REQUIRE(feed(reloaded, 0, 10) == 0);  // one abnormal verdict, not yet enough
  ingest::StateWriter state;
  reloaded.write(state);
  config.group().alarms.clear = 2;
  reloaded.adopt(test::hand_made_model(), config.group().alarms, events);
  CHECK(feed(reloaded, 10, 11) == 1);

  Pipeline restarted(test::hand_made_model(), config, test::store_options());
  ingest::StateReader in(state.bytes());
  restarted.read(in, test::hand_made_model()->model.fingerprint, events);
  CHECK(feed(restarted, 10, 11) == 1);
}

}  // namespace pipeline_test
}  // namespace faultprint::daemon
