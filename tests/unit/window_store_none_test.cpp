// `baseline: none`, recorded files, and the carry-over from training.
#include <doctest/doctest.h>

#include "ingest/window_store.h"
#include "stream_helpers.h"

namespace faultprint::ingest {
namespace window_store_none_test {

using test::gauges;
using test::kMissing;
using test::sample;
using test::store_options;
using test::told;
using Lines = std::vector<std::string>;
using Floats = std::vector<float>;

config::InputSpec none(int kpis, int window) {
  config::InputSpec spec = gauges(kpis, window);
  spec.baseline.none = true;
  spec.network.assign(static_cast<std::size_t>(kpis), {10, 2});
  return spec;
}

WindowStore::Options files() {
  auto options = store_options();
  options.per_element_watermark = true;
  return options;
}

void add(WindowStore& store, std::string_view element, std::int64_t slot,
         const std::vector<double>& values) {
  REQUIRE(store.add(sample(element, slot, values), 0) == RejectReason::none);
}

TEST_CASE("baseline none: deviations are from the network's mean in its deviations") {
  WindowStore store(none(2, 2), store_options());
  add(store, "e", 0, {10, 12});
  add(store, "e", 1, {8, 99});
  CHECK(told(store) == Lines{"e@0 filling fresh", "e@1 scored"});
  CHECK(store.batch().windows == Floats{0, 1, -1, 10});
}

TEST_CASE("baseline none: a series shorter than the window is padded in front and scored once") {
  WindowStore store(none(1, 4), files());
  add(store, "short", 7, {12});
  add(store, "short", 8, {14});
  add(store, "long", 3, {10});
  for (int slot = 4; slot < 8; ++slot) add(store, "long", slot, {10.0 + slot});
  store.flush();
  CHECK(told(store) == Lines{"short@7 filling fresh", "long@3 filling fresh", "long@4 filling",
                             "long@5 filling", "long@6 scored", "long@7 scored", "short@8 scored"});
  CHECK(Floats(store.batch().windows.end() - 4, store.batch().windows.end()) == Floats{0, 0, 1, 2});
}

TEST_CASE("baseline none: a series of just one window is scored once") {
  WindowStore store(none(1, 3), files());
  for (int slot = 0; slot < 3; ++slot) add(store, "e", slot, {10});
  store.flush();
  CHECK(told(store) == Lines{"e@0 filling fresh", "e@1 filling", "e@2 scored"});
}

TEST_CASE("baseline none: a series that stops short of a window is scored even before a long gap") {
  WindowStore store(none(1, 4), files());
  add(store, "e", 0, {12});
  add(store, "e", 1, {14});
  add(store, "e", 100, {10});  // anew: longer than forget_after
  store.flush();
  CHECK(told(store) == Lines{"e@0 filling fresh", "e@1 scored", "e@100 scored fresh"});
}

TEST_CASE("baseline none: live, a short series is never scored, as nobody knows that it ended") {
  WindowStore store(none(1, 4), store_options());
  add(store, "e", 0, {12});
  add(store, "e", 1, {12});
  CHECK(told(store) == Lines{"e@0 filling fresh", "e@1 filling"});
}

TEST_CASE("a window is not scored when more than half of its cells are masked") {
  auto spec = none(2, 2);
  spec.max_gap = 0;
  auto options = store_options();
  options.per_element_watermark = true;
  WindowStore store(spec, options);
  add(store, "e", 0, {10, 10});
  add(store, "e", 1, {10, kMissing});
  add(store, "e", 2, {kMissing, 10});        // cells missing: 1 of 4 at slot 1, 2 at slot 2
  add(store, "e", 3, {kMissing, kMissing});  // 3 of 4
  add(store, "e", 4, {10, 10});              // 2 of 4
  store.flush();
  CHECK(told(store) ==
        Lines{"e@0 filling fresh", "e@1 scored", "e@2 scored", "e@3 masked", "e@4 scored"});
  // Which KPIs of the newest slot are masked, and that their deviation is zero.
  CHECK(store.batch().masks == std::vector<std::uint8_t>{0, 2, 1, 3, 0});
  CHECK(store.batch().windows == Floats{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
}

TEST_CASE("of more than half the cells, an absent optional KPI is none") {
  auto spec = none(10, 2);
  spec.max_gap = 0;
  for (std::size_t k = 1; k < 9; ++k) spec.kpis[k].optional = true;
  WindowStore store(spec, files());
  std::vector<double> values(10, kMissing);
  values[0] = values[9] = 10;
  add(store, "e", 0, values);
  add(store, "e", 1, values);
  values[0] = kMissing;
  add(store, "e", 2, values);  // 1 of 4
  values[9] = kMissing;
  add(store, "e", 3, values);  // 3 of 4
  values[0] = values[9] = 10;
  add(store, "e", 4, values);  // 2 of 4
  store.flush();
  CHECK(told(store) ==
        Lines{"e@0 filling fresh", "e@1 scored", "e@2 scored", "e@3 masked", "e@4 scored"});
  CHECK(store.batch().masks ==
        std::vector<std::uint8_t>{0xfe, 0x01, 0xfe, 0x01, 0xff, 0x01, 0xff, 0x03, 0xfe, 0x01});
}

TEST_CASE("the mask of more than eight KPIs names the right ones") {
  auto spec = none(11, 2);
  spec.max_gap = 0;
  WindowStore store(spec, files());
  std::vector<double> values(11, 10);
  add(store, "e", 0, values);
  values[0] = values[7] = values[8] = values[10] = kMissing;
  add(store, "e", 1, values);
  store.flush();
  CHECK(store.batch().masks == std::vector<std::uint8_t>{0, 0, 0x81, 0x05});
}

TEST_CASE("flush completes every open slot of every element") {
  WindowStore store(gauges(2, 4, 2), [] {
    auto options = files();
    options.lateness = config::Microseconds(50 * test::kPeriod);
    return options;
  }());
  add(store, "e", 5, {1, kMissing});
  add(store, "f", 6, {1, kMissing});
  add(store, "f", 8, {1, kMissing});
  CHECK(told(store).empty());
  store.flush();
  CHECK(told(store) ==
        Lines{"e@5 learning fresh", "f@6 learning fresh", "f@7 learning", "f@8 masked"});
  store.clear_batch();
  store.flush();
  CHECK(told(store).empty());
}

TEST_CASE("recorded files: elements need not be interleaved") {
  WindowStore store(gauges(1, 4, 2), files());
  for (const char* element : {"e", "f"})
    for (int slot = 0; slot < 40; ++slot) add(store, element, slot, {1});
  CHECK(store.batch().slots.size() == 80);
}

TEST_CASE("mode values: transformed values alone, what is carried is missing") {
  auto spec = gauges(1);
  spec.kpis[0].scale = config::KpiScale::log;
  auto options = files();
  options.mode = WindowStore::Mode::values;
  WindowStore store(spec, options);
  add(store, "e", 0, {std::exp(1.0) - 1});
  add(store, "e", 2, {0});
  store.flush();
  REQUIRE(store.batch().values.size() == 3);
  CHECK(store.batch().values[0] == doctest::Approx(1));
  CHECK(std::isnan(store.batch().values[1]));
  CHECK(store.batch().values[2] == 0);
}

// Slots 0 .. 9 of "e" as training saw them.
std::shared_ptr<const CarryOver> trained(const config::InputSpec& spec) {
  WindowStore store(spec, files());
  for (int slot = 0; slot < 10; ++slot) add(store, "e", slot, {50.0 + slot % 3});
  store.flush();
  return std::make_shared<const CarryOver>(store.carry_over());
}

TEST_CASE("carry-over: an element within one window of its last trained slot goes on") {
  const auto spec = gauges(1, 4, 4);
  const auto kept = trained(spec);
  for (const int slot : {10, 11, 13}) {
    CAPTURE(slot);
    WindowStore live(spec, store_options(), kept);
    add(live, "e", slot, {50});
    WindowStore whole(spec, files());
    for (int s = 0; s < 10; ++s) add(whole, "e", s, {50.0 + s % 3});
    add(whole, "e", slot, {50});
    whole.flush();
    REQUIRE(live.batch().slots.size() == 1);
    CHECK(live.batch().slots[0].not_scored == NotScored::none);
    CHECK(live.batch().slots[0].slot == slot);
    CHECK(live.batch().windows ==
          Floats(whole.batch().windows.end() - 4, whole.batch().windows.end()));
  }
}

TEST_CASE("carry-over: beyond one window, before the last trained slot, or elsewhere, it starts") {
  const auto spec = gauges(1, 4, 4);
  const auto kept = trained(spec);
  for (const int slot : {14, 5, 9, 1000}) {
    CAPTURE(slot);
    WindowStore live(spec, store_options(), kept);
    add(live, "e", slot, {50});
    CHECK(told(live) == Lines{"e@" + std::to_string(slot) + " learning fresh"});
  }
  WindowStore live(spec, store_options(), kept);
  add(live, "f", 10, {50});
  CHECK(told(live) == Lines{"f@10 learning fresh"});
}

TEST_CASE("another model's network figures serve elements that begin from then on") {
  WindowStore store(gauges(1, 2, 1), store_options());
  add(store, "e", 0, {0});
  store.begin_with({{0, 5}}, nullptr);
  add(store, "f", 0, {0});
  CHECK(store.element(0).baseline(0).first_variance == doctest::Approx(30.0 / 31));
  CHECK(store.element(1).baseline(0).first_variance == doctest::Approx(25 * 30.0 / 31));
}

}  // namespace window_store_none_test
}  // namespace faultprint::ingest
