// The rules of time: when a slot is complete, what is late, who is forgotten.
#include "ingest/window_store.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "stream_helpers.h"

namespace faultprint::ingest {
namespace window_store_test {

using test::gauges;
using test::kMissing;
using test::kPeriod;
using test::kSecond;
using test::sample;
using test::store_options;
using test::told;
using Lines = std::vector<std::string>;

// Adds a record, and says what it completed.
Lines add(WindowStore& store, std::string_view element, std::int64_t slot,
          const std::vector<double>& values) {
  store.clear_batch();
  REQUIRE(store.add(sample(element, slot, values), 0) == RejectReason::none);
  return told(store);
}

WindowStore::Options late_by(int slots) {
  auto options = store_options();
  options.lateness = config::Microseconds(slots * kPeriod);
  return options;
}

TEST_CASE("a slot is complete once every KPI has come, without waiting for the watermark") {
  WindowStore store(gauges(2), late_by(100));
  CHECK(add(store, "e", 5, {1, kMissing}).empty());
  CHECK(add(store, "e", 5, {kMissing, 2}) == Lines{"e@5 learning fresh"});
  CHECK(add(store, "e", 6, {1, 2}) == Lines{"e@6 learning"});
}

TEST_CASE("no slot waits for an optional KPI, which is masked where it is absent") {
  auto spec = gauges(2);
  spec.kpis[1].optional = true;
  spec.max_gap = 0;
  WindowStore store(spec, late_by(100));
  for (int slot = 0; slot < 4; ++slot) add(store, "with", slot, {1, 2});
  CHECK(add(store, "with", 4, {1, 2}) == Lines{"with@4 scored"});
  CHECK(store.batch().masks == std::vector<std::uint8_t>{0});
  for (int slot = 0; slot < 4; ++slot) add(store, "without", slot, {1, kMissing});
  CHECK(add(store, "without", 4, {1, kMissing}) == Lines{"without@4 scored"});
  CHECK(store.batch().masks == std::vector<std::uint8_t>{2});
  CHECK(add(store, "without", 5, {kMissing, 2}).empty());  // the other one is waited for
}

TEST_CASE("an optional KPI on its own is late once its slot is complete") {
  auto spec = gauges(2);
  spec.kpis[1].optional = true;
  WindowStore store(spec, late_by(100));
  CHECK(add(store, "e", 5, {1, kMissing}) == Lines{"e@5 learning fresh"});
  CHECK(store.add(sample("e", 5, {kMissing, 2}), 0) == RejectReason::late);
}

TEST_CASE("a slot that is not full is complete once the watermark less lateness has passed it") {
  WindowStore store(gauges(2), late_by(2));
  CHECK(add(store, "e", 5, {1, kMissing}).empty());
  CHECK(add(store, "e", 6, {1, kMissing}).empty());
  CHECK(add(store, "e", 7, {1, kMissing}).empty());  // slot 5 ends at 60 s, the mark is 71 - 20
  CHECK(add(store, "e", 8, {1, kMissing}) == Lines{"e@5 learning fresh"});
}

// As nodes of a network report: all at once, in any order, each KPI in a record of its own.
TEST_CASE("15-minute reports of 10,000 elements that come within a minute are all scored") {
  constexpr std::size_t kElements = 10000;
  constexpr int kSlots = 7;
  constexpr std::int64_t kQuarter = 900 * kSecond;
  auto spec = gauges(2);
  spec.period = config::Microseconds(kQuarter);
  auto options = store_options();
  options.lateness = std::chrono::minutes(1);
  options.forget_after = std::chrono::hours(24);
  WindowStore store(spec, options);
  std::vector<std::string> names;
  std::vector<std::size_t> order;  // of records: 2 * element + KPI
  for (std::size_t e = 0; e < kElements; ++e) names.push_back("cell" + std::to_string(e));
  for (std::size_t i = 0; i < 2 * kElements; ++i) order.push_back(i);
  std::mt19937 random(3);
  std::size_t scored = 0;
  std::size_t completed = 0;
  for (std::int64_t slot = 0; slot < kSlots; ++slot) {
    std::shuffle(order.begin(), order.end(), random);
    for (std::size_t i = 0; i < order.size(); ++i) {
      const bool first = order[i] % 2 == 0;
      KpiSample record =
          sample(names[order[i] / 2], 0, {first ? 1 : kMissing, first ? kMissing : 2});
      record.time_us = slot * kQuarter + static_cast<std::int64_t>(i) * 60 * kSecond / 20000;
      REQUIRE(store.add(record, 0) == RejectReason::none);
      for (const CompletedSlot& done : store.batch().slots)
        scored += done.not_scored == NotScored::none ? 1 : 0;
      completed += store.batch().slots.size();
      store.clear_batch();
      REQUIRE_FALSE(store.unfinished());
    }
    CHECK(completed == kElements * static_cast<std::size_t>(slot + 1));  // no later than they came
  }
  CHECK(scored == kElements * (kSlots - 4));
}

TEST_CASE("the watermark passes a slot at its very end, and not before") {
  auto spec = gauges(2);
  WindowStore store(spec, late_by(0));
  CHECK(add(store, "e", 5, {1, kMissing}).empty());
  auto record = sample("e", 5, {1, kMissing});
  record.time_us = 6 * kPeriod - 1;
  CHECK(store.add(record, 0) == RejectReason::none);
  CHECK(told(store).empty());
  record.time_us = 6 * kPeriod;
  CHECK(store.add(record, 0) == RejectReason::none);
  CHECK(told(store) == Lines{"e@5 learning fresh"});
}

TEST_CASE("a full slot waits for older open ones, and goes out after them in order") {
  WindowStore store(gauges(2), late_by(100));
  CHECK(add(store, "e", 5, {1, kMissing}).empty());
  CHECK(add(store, "e", 6, {1, 2}).empty());
  CHECK(add(store, "e", 7, {1, 2}).empty());
  CHECK(add(store, "e", 5, {kMissing, 2}) ==
        Lines{"e@5 learning fresh", "e@6 learning", "e@7 learning"});
}

TEST_CASE("a full slot waits for a slot not yet seen, until the watermark has passed that") {
  WindowStore store(gauges(1), late_by(2));
  CHECK(add(store, "e", 5, {1}) == Lines{"e@5 learning fresh"});
  CHECK(add(store, "e", 7, {1}).empty());
  CHECK(add(store, "e", 8, {1}).empty());
  CHECK(add(store, "e", 9, {1}) ==  // passes 6, without data; 7 to 9 are full
        Lines{"e@6 learning", "e@7 learning", "e@8 learning", "e@9 scored"});
}

TEST_CASE("a record for a completed slot is late and changes nothing") {
  WindowStore store(gauges(1), store_options());
  WindowStore undisturbed(gauges(1), store_options());
  for (int slot = 5; slot < 12; ++slot) {
    add(store, "e", slot, {1.0 * slot});
    add(undisturbed, "e", slot, {1.0 * slot});
    CHECK(store.add(sample("e", slot, {99}), 0) == RejectReason::late);
    CHECK(store.add(sample("e", slot - 3, {99}), 0) == RejectReason::late);
    CHECK(store.batch().slots.size() == 1);
    CHECK(store.batch().windows == undisturbed.batch().windows);
  }
}

TEST_CASE("a second value in an open slot: gauges take the last, deltas add") {
  auto spec = gauges(3);
  spec.kpis[1].kind = config::KpiKind::delta;
  WindowStore::Options values = late_by(5);
  values.mode = WindowStore::Mode::values;
  WindowStore raw(spec, values);
  add(raw, "e", 5, {1, 10, kMissing});
  add(raw, "e", 5, {2, 20, kMissing});
  add(raw, "e", 5, {kMissing, kMissing, 3});
  CHECK(raw.batch().values == std::vector<double>{2, 30, 3});
}

TEST_CASE("a record further ahead of its Kafka timestamp than max_future is refused") {
  WindowStore store(gauges(1), store_options());
  const std::int64_t hour = 3600 * kSecond;
  const std::int64_t time = 1000000 * kPeriod + kSecond;  // of the sample below
  CHECK(store.add(sample("e", 1000000, {1}), time - hour - 1) == RejectReason::too_far_ahead);
  CHECK(store.elements() == 0);
  CHECK(store.watermark_us() == Watermark::kNever);
  CHECK(store.add(sample("e", 1000000, {1}), time - hour) == RejectReason::none);
  CHECK(store.add(sample("f", 1000000, {1}), time + 99 * hour) == RejectReason::none);
}

TEST_CASE("without a record timestamp max_future is not applied") {
  WindowStore store(gauges(1), store_options());
  CHECK(store.add(sample("e", 100000000, {1}), 0) == RejectReason::none);
}

TEST_CASE("elements above max_elements are refused, known ones go on") {
  auto options = store_options();
  options.max_elements = 2;
  WindowStore store(gauges(1), options);
  add(store, "e", 5, {1});
  add(store, "f", 5, {1});
  CHECK(store.add(sample("g", 5, {1}), 0) == RejectReason::element_limit);
  CHECK(store.elements() == 2);
  CHECK(add(store, "e", 6, {1}) == Lines{"e@6 learning"});
}

TEST_CASE("a new element behind the watermark by more than forget_after is too old") {
  WindowStore store(gauges(1), store_options());  // forget_after: 20 slots
  add(store, "e", 100, {1});
  CHECK(store.add(sample("f", 79, {1}), 0) == RejectReason::too_old);
  CHECK(store.elements() == 1);
  CHECK(store.add(sample("f", 80, {1}), 0) == RejectReason::none);
}

TEST_CASE("after a gap longer than forget_after an element starts anew, marked fresh") {
  WindowStore store(gauges(1, 4, 2), store_options());
  for (int slot = 0; slot < 6; ++slot) add(store, "e", slot, {1});
  CHECK(add(store, "e", 25, {1}).back() == "e@25 masked");  // 20 slots: still the same
  CHECK(add(store, "e", 26, {1}).back() == "e@26 scored");
  CHECK(add(store, "e", 47, {500}) == Lines{"e@47 learning fresh"});
  CHECK(add(store, "e", 48, {500}) == Lines{"e@48 learning"});
  CHECK(store.element(0).baseline(0).level == doctest::Approx(500));
}

TEST_CASE("what was open before such a gap is completed first") {
  WindowStore store(gauges(2), late_by(30));
  add(store, "e", 5, {1, kMissing});
  add(store, "e", 6, {1, 2});
  CHECK(add(store, "e", 60, {1, 2}) ==
        Lines{"e@5 learning fresh", "e@6 learning", "e@60 learning fresh"});
}

TEST_CASE("empty slots of a silent element are completed by the watermark of the others") {
  WindowStore store(gauges(1, 4, 2), store_options());
  for (const char* element : {"e", "f", "g", "silent"})
    for (int slot = 0; slot < 3; ++slot) add(store, element, slot, {1});
  Lines all;
  for (int slot = 3; slot < 9; ++slot)
    for (const char* element : {"e", "f", "g"})
      for (auto& line : add(store, element, slot, {1}))
        if (line.starts_with("silent")) all.push_back(line);
  // Carried for three slots; then more than half of the four cells are missing.
  CHECK(all == Lines{"silent@3 scored", "silent@4 scored", "silent@5 scored", "silent@6 scored",
                     "silent@7 scored"});
  add(store, "e", 9, {1});
  add(store, "f", 9, {1});
  CHECK(add(store, "g", 9, {1}) == Lines{"g@9 scored", "silent@8 masked"});
  CHECK(store.silent_elements() == 0);
  for (int slot = 10; slot < 14; ++slot)
    for (const char* element : {"e", "f", "g"}) add(store, element, slot, {1});
  CHECK(store.silent_elements() == 1);  // 13 - 2 > stale_after = 10
}

TEST_CASE("one fast clock completes nothing of the others") {
  WindowStore store(gauges(2), store_options());
  for (const char* element : {"e", "f", "g"}) add(store, element, 5, {1, kMissing});
  for (int slot = 6; slot < 20; ++slot)
    for (const auto& line : add(store, "f", slot, {1, 2})) CHECK(line.starts_with("f"));
}

// As after an outage of the collector: what one record completes does not fit a batch.
TEST_CASE("what a sweep completes comes in batches of bounded size, the same as all at once") {
  const auto outage = [](bool resumed, std::size_t& largest) {
    WindowStore::Options options = store_options();
    options.forget_after = config::Microseconds(200 * kPeriod);
    WindowStore store(gauges(1, 4, 2), options);
    Lines all;
    for (int slot = 0; slot < 3; ++slot)
      for (int e = 0; e < 400; ++e)
        for (auto& line : add(store, "e" + std::to_string(e), slot, {1})) all.push_back(line);
    for (int e = 0; e < 4; ++e) {
      store.add(sample("e" + std::to_string(e), 150, {1}), 0);
      largest = std::max(largest, store.batch().slots.size());
      while (resumed && store.unfinished()) {
        for (auto& line : told(store)) all.push_back(line);
        store.clear_batch();
        store.resume();
        largest = std::max(largest, store.batch().slots.size());
      }
      for (auto& line : told(store)) all.push_back(line);
      store.clear_batch();
    }
    return all;
  };
  std::size_t bounded = 0;
  std::size_t unbounded = 0;
  const Lines in_parts = outage(true, bounded);
  CHECK(in_parts.size() > 50000);
  CHECK(bounded < 20000);
  Lines at_once = outage(false, unbounded);
  CHECK(in_parts == at_once);
}

TEST_CASE("with too few elements alive each one's own clock completes its slots, later") {
  WindowStore store(gauges(2), store_options());
  for (const char* element : {"e", "f", "g"}) add(store, element, 0, {1, 1});
  Lines all;
  for (int slot = 1; slot < 30; ++slot) {  // f is dead; e never reports its second KPI again
    for (auto& line : add(store, "e", slot, {1, kMissing})) all.push_back(line);
    for (const auto& line : add(store, "g", slot, {1, 1})) CHECK(line.starts_with("g"));
  }
  CHECK(all.size() == 18);  // up to stale_after before its own newest slot
  CHECK(all.back().starts_with("e@18"));
  CHECK(store.silent_elements() == 1);
}

TEST_CASE("an element silent for longer than forget_after departs, and its name stays readable") {
  WindowStore store(gauges(1, 4, 2), store_options());
  for (const char* element : {"silent", "e", "f", "g"}) add(store, element, 0, {1});
  Lines departed;
  for (int slot = 1; slot < 30; ++slot) {
    for (const char* element : {"e", "f", "g"}) {
      add(store, element, slot, {1});
      for (const std::uint32_t id : store.batch().departed)
        departed.push_back(store.element_name(id) + "@" + std::to_string(slot));
    }
  }
  CHECK(departed == Lines{"silent@21"});
  CHECK(store.elements() == 3);
  CHECK(add(store, "silent", 29, {1}) == Lines{"silent@29 learning fresh"});
  CHECK(store.elements() == 4);
}

TEST_CASE("the first window scored ends at the slot after the start") {
  WindowStore store(gauges(1, 4, 6), store_options());
  Lines lines;
  for (int slot = 10; slot < 18; ++slot) lines.push_back(add(store, "e", slot, {1.0 * slot}).at(0));
  CHECK(lines.front() == "e@10 learning fresh");
  CHECK(lines[5] == "e@15 learning");
  CHECK(lines[6] == "e@16 scored");
  CHECK(lines[7] == "e@17 scored");
}

TEST_CASE("the start's values run through the baseline in order and fill the ring") {
  auto spec = gauges(1, 3, 4);
  spec.network[0].deviation = 2;
  WindowStore store(spec, store_options());
  const std::vector<double> values{4, 8, 4, 8, 20};
  for (std::size_t i = 0; i < values.size(); ++i) add(store, "e", static_cast<int>(i), {values[i]});
  KpiBaseline expected =
      start_baseline(std::span(values).first(4), spec.kpis[0].scale, spec.network[0]);
  std::vector<float> deviations;
  for (const double x : values) {
    deviations.push_back(deviation(expected, x));
    learn(expected, x, spec.baseline.fast);
  }
  CHECK(store.batch().windows == std::vector<float>(deviations.end() - 3, deviations.end()));
  CHECK(store.element(0).baseline(0).level == expected.level);
}

TEST_CASE("a KPI that appears mid-stream begins with its first value as its level") {
  WindowStore store(gauges(2), store_options());
  WindowStore without(gauges(2), store_options());
  const auto slot_of = [](WindowStore& each, int slot, double b) {
    add(each, "e", slot, {slot % 3 * 1.0, b});
    if (std::isnan(b)) each.clear_batch();
    if (std::isnan(b)) each.flush();
    return std::vector<float>(each.batch().windows);
  };
  for (int slot = 0; slot < 8; ++slot)
    for (WindowStore* each : {&store, &without}) slot_of(*each, slot, kMissing);
  CHECK_FALSE(store.element(0).baseline(1).started());
  const std::vector<float> first = slot_of(store, 8, 50);
  CHECK(store.batch().masks == std::vector<std::uint8_t>{0});
  CHECK(first[7] == 0);  // newest slot, second KPI
  CHECK(store.element(0).baseline(1).level == 50);
  const std::vector<float> second = slot_of(store, 9, 53);
  CHECK(second[7] == doctest::Approx(3).epsilon(0.05));  // in the network's scale
  // The other KPI is what it is without.
  CHECK(first[6] == slot_of(without, 8, kMissing)[6]);
  CHECK(second[6] == slot_of(without, 9, kMissing)[6]);
  CHECK(without.batch().masks == std::vector<std::uint8_t>{2});
}

TEST_CASE("a KPI that disappears is carried, then masked, and comes back to the level it had") {
  WindowStore store(gauges(2), store_options());
  std::vector<std::uint8_t> masks;
  const auto flushed = [&](int slot, double b) {
    add(store, "e", slot, {0, b});
    store.clear_batch();
    store.flush();
    masks.insert(masks.end(), store.batch().masks.begin(), store.batch().masks.end());
  };
  for (int slot = 0; slot < 8; ++slot) add(store, "e", slot, {0, 50});
  const double level = store.element(0).baseline(1).level;
  const int gap = gauges(2).max_gap;
  for (int slot = 8; slot < 8 + gap + 2; ++slot) flushed(slot, kMissing);
  std::vector<std::uint8_t> expected(static_cast<std::size_t>(gap), 0);
  expected.insert(expected.end(), {2, 2});
  CHECK(masks == expected);
  CHECK(store.element(0).baseline(1).level == level);
  add(store, "e", 8 + gap + 2, {0, 53});
  CHECK(store.batch().masks == std::vector<std::uint8_t>{0});
  CHECK(store.batch().windows[7] > 2);  // seen from where it was
}

TEST_CASE("a carried value is seen but not learned from") {
  WindowStore store(gauges(2, 4, 2), store_options());
  for (int slot = 0; slot < 3; ++slot) add(store, "e", slot, {1.0 * slot, 7});
  const double level = store.element(0).baseline(0).level;
  add(store, "e", 3, {kMissing, 7});
  CHECK(add(store, "e", 4, {kMissing, 7}) == Lines{"e@3 scored"});
  CHECK(store.element(0).baseline(0).level == level);
  CHECK(store.batch().windows[6] > 0);  // 2 seen from a level near 1
  CHECK(store.batch().masks[0] == 0);
}

}  // namespace window_store_test
}  // namespace faultprint::ingest
