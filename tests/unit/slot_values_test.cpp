#include "ingest/slot_values.h"

#include <doctest/doctest.h>

#include <cmath>

#include "stream_helpers.h"

namespace faultprint::ingest {
namespace slot_values_test {

using config::KpiKind;
using config::KpiScale;
using doctest::Approx;
using test::kMissing;
using test::kSecond;

// One element's memory, fed slot by slot.
class Slots {
 public:
  explicit Slots(std::vector<config::KpiSpec> kpis, int max_gap = 3)
      : values_(spec(kpis, max_gap)) {
    counters_.resize(values_.counters());
    gauges_.resize(values_.gauges());
    carried.resize(values_.columns());
  }
  std::vector<double> next(const std::vector<double>& fields, std::int64_t time_us = 0) {
    std::vector<double> out(values_.columns(), 77);
    values_.compute(fields, time_us, counters_, gauges_, out, carried);
    return out;
  }
  const SlotValues& values() const { return values_; }
  std::vector<std::uint8_t> carried;

 private:
  static config::InputSpec spec(const std::vector<config::KpiSpec>& kpis, int max_gap) {
    config::InputSpec spec;
    spec.kpis = kpis;
    spec.max_gap = max_gap;
    return spec;
  }
  SlotValues values_;
  std::vector<CounterMemory> counters_;
  std::vector<GaugeMemory> gauges_;
};

TEST_CASE("a counter is its rate per second since its last reading") {
  Slots slots({test::kpi("c", KpiKind::counter)});
  CHECK(std::isnan(slots.next({1000}, 0)[0]));  // the first sample has nothing before it
  CHECK(slots.next({1500}, 10 * kSecond)[0] == Approx(50));
  CHECK(slots.next({1500}, 20 * kSecond)[0] == 0.0);
  CHECK(slots.next({1502}, 20 * kSecond + kSecond / 2)[0] == Approx(4));
}

TEST_CASE("a counter's first sample may come at time zero and still counts as read") {
  Slots slots({test::kpi("c", KpiKind::counter)});
  slots.next({0}, 0);
  CHECK(slots.next({30}, 10 * kSecond)[0] == Approx(3));
}

TEST_CASE("a counter over missing slots is the mean rate, and is never carried") {
  Slots slots({test::kpi("c", KpiKind::counter)});
  slots.next({100}, 0);
  CHECK(std::isnan(slots.next({kMissing}, 10 * kSecond)[0]));
  CHECK(std::isnan(slots.next({})[0]));
  CHECK_FALSE(slots.carried[0]);
  CHECK(slots.next({400}, 30 * kSecond)[0] == Approx(10));
}

TEST_CASE("a counter that was reset misses one slot and goes on from there") {
  Slots slots({test::kpi("c", KpiKind::counter)});
  slots.next({5000}, 0);
  CHECK(std::isnan(slots.next({20}, 10 * kSecond)[0]));
  CHECK(slots.next({120}, 20 * kSecond)[0] == Approx(10));
}

TEST_CASE("a counter that wraps, of whatever width, is as one that was reset") {
  for (const double most : {4294967295.0, 18446744073709551615.0}) {
    Slots slots({test::kpi("c", KpiKind::counter)});
    slots.next({most}, 0);
    CHECK(std::isnan(slots.next({7}, 10 * kSecond)[0]));
    CHECK(slots.next({107}, 20 * kSecond)[0] == Approx(10));
  }
}

TEST_CASE("two counter readings at one time give no rate") {
  Slots slots({test::kpi("c", KpiKind::counter)});
  slots.next({10}, 5 * kSecond);
  CHECK(std::isnan(slots.next({20}, 5 * kSecond)[0]));
  CHECK(slots.next({30}, 10 * kSecond)[0] == Approx(2));
}

TEST_CASE("a ratio is missing below min_attempts, without attempts and where a part is missing") {
  Slots slots({test::ratio("r", "bad", "all", 20)});
  CHECK(slots.next({5, 20})[0] == Approx(0.25));
  CHECK(std::isnan(slots.next({5, 19.9})[0]));
  CHECK(std::isnan(slots.next({0, 0})[0]));
  CHECK(std::isnan(slots.next({kMissing, 50})[0]));
  CHECK(std::isnan(slots.next({5, kMissing})[0]));
  CHECK_FALSE(slots.carried[0]);
  Slots any({test::ratio("r", "bad", "all", 0)});
  CHECK(std::isnan(any.next({0, 0})[0]));
  CHECK(std::isnan(any.next({3, 0})[0]));
  CHECK(any.next({3, 1e-9})[0] == Approx(3e9));
}

TEST_CASE("a field shared by two ratios is read once") {
  Slots slots({test::ratio("r", "bad", "all", 1), test::ratio("s", "good", "all", 1)});
  CHECK(slots.values().fields() == 3);
  const auto values = slots.next({1, 4, 2});
  CHECK(values[0] == Approx(0.25));
  CHECK(values[1] == Approx(0.5));
}

TEST_CASE("in an open slot deltas add and all others take the last") {
  Slots slots({test::kpi("d", KpiKind::delta), test::kpi("g"), test::kpi("c", KpiKind::counter),
               test::ratio("r", "n", "m", 1)});
  std::vector<double> open{3, 3, 3, kMissing, 8};
  const std::vector<double> report{4, 4, kMissing, 2, 9};
  slots.values().merge(open, report);
  CHECK(open == std::vector<double>{7, 4, 3, 2, 9});
  std::vector<double> empty(5, kMissing);
  slots.values().merge(empty, report);
  CHECK(empty[0] == 4);
  CHECK(std::isnan(empty[2]));
}

TEST_CASE("a delta is never carried") {
  Slots slots({test::kpi("d", KpiKind::delta)});
  CHECK(slots.next({9})[0] == 9);
  CHECK(std::isnan(slots.next({})[0]));
  CHECK_FALSE(slots.carried[0]);
}

TEST_CASE("a gauge is carried over max_gap slots and then missing") {
  Slots slots({test::kpi("g")}, 2);
  CHECK(std::isnan(slots.next({})[0]));  // nothing to carry yet
  CHECK(slots.next({42})[0] == 42);
  CHECK_FALSE(slots.carried[0]);
  CHECK(slots.next({})[0] == 42);
  CHECK(slots.carried[0]);
  CHECK(slots.next({kMissing})[0] == 42);
  CHECK(std::isnan(slots.next({})[0]));
  CHECK_FALSE(slots.carried[0]);
  CHECK(slots.next({43})[0] == 43);
  CHECK(slots.next({})[0] == 43);  // a new value starts a new gap
}

TEST_CASE("with max_gap 0 nothing is carried") {
  Slots slots({test::kpi("g")}, 0);
  slots.next({42});
  CHECK(std::isnan(slots.next({})[0]));
}

TEST_CASE("a gauge silent for longer than its age can count stays missing") {
  Slots slots({test::kpi("g")}, 3);
  slots.next({42});
  for (int i = 0; i < 3; ++i) slots.next({});
  for (int i = 0; i < 140000; ++i) REQUIRE(std::isnan(slots.next({})[0]));
}

TEST_CASE("a flag is 0 or 1, whatever is reported, and carried like a gauge") {
  Slots slots({test::kpi("f", KpiKind::flag)}, 1);
  CHECK(slots.next({0})[0] == 0);
  CHECK(slots.next({-3.5})[0] == 1);
  CHECK(slots.next({})[0] == 1);
  CHECK(slots.carried[0]);
  CHECK(std::isnan(slots.next({})[0]));
}

TEST_CASE("a log scale is sign(x) log(1 + |x|), and what is carried is on that scale") {
  Slots slots({test::kpi("g", KpiKind::gauge, KpiScale::log),
               test::kpi("c", KpiKind::counter, KpiScale::log)});
  auto values = slots.next({std::exp(2.0) - 1, 0}, 0);
  CHECK(values[0] == Approx(2));
  values = slots.next({-(std::exp(2.0) - 1), 1000}, 10 * kSecond);
  CHECK(values[0] == Approx(-2));
  CHECK(values[1] == Approx(std::log(101.0)));  // of the rate, not of the reading
  CHECK(slots.next({})[0] == Approx(-2).epsilon(1e-6));
}

TEST_CASE("tokens pass as they are, a later report replaces a text whole, and gaps carry it") {
  Slots slots({test::kpi("g"), test::state("s"), test::text("t", config::TokenSplit::words, 3)}, 1);
  REQUIRE(slots.values().columns() == 5);
  REQUIRE(slots.values().fields() == 5);
  std::vector<double> open{1, 900, 7, 8, 9};
  slots.values().merge(open, std::vector<double>{kMissing, kMissing, 5, 0, 0});
  CHECK(open == std::vector<double>{1, 900, 5, 0, 0});
  CHECK(slots.next(open) == std::vector<double>{1, 900, 5, 0, 0});
  CHECK(slots.next({2, kMissing, kMissing, kMissing, kMissing}) ==
        std::vector<double>{2, 900, 5, 0, 0});
  CHECK(slots.carried == std::vector<std::uint8_t>{0, 1, 1, 1, 1});
  const auto gone = slots.next({3, kMissing, kMissing, kMissing, kMissing});
  for (std::size_t i = 1; i < 5; ++i) CHECK(std::isnan(gone[i]));
}

TEST_CASE("each KPI of one kind has its own memory") {
  Slots slots({test::kpi("g"), test::kpi("c", KpiKind::counter), test::kpi("h"),
               test::kpi("e", KpiKind::counter)});
  slots.next({1, 100, 2, 1000}, 0);
  const auto values = slots.next({kMissing, 200, kMissing, 3000}, 10 * kSecond);
  CHECK(values == std::vector<double>{1, 10, 2, 200});
}

}  // namespace slot_values_test
}  // namespace faultprint::ingest
