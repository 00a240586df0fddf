// The daily profile, alone and within a store of 15-minute KPIs.
#include "ingest/daily_profile.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <random>

#include "ingest/window_store.h"
#include "stream_helpers.h"

namespace faultprint::ingest {
namespace daily_profile_test {

using config::DayProfile;
using doctest::Approx;

constexpr std::int64_t kQuarterUs = 900'000'000;
constexpr int kDaySlots = 96;
constexpr std::int64_t kMonday = 4 * kDaySlots;  // 1970-01-05
constexpr double kPi = 3.14159265358979323846;

config::InputSpec quarters(DayProfile profile, int kpis = 1) {
  config::InputSpec spec = test::gauges(kpis, 4, 36);
  spec.period = config::Microseconds(kQuarterUs);
  spec.baseline.fast = 120;
  spec.baseline.profile = profile;
  return spec;
}

WindowStore::Options quarter_options() {
  auto options = test::store_options();
  options.forget_after = std::chrono::hours(24);
  return options;
}

double wave(std::int64_t slot) {
  return std::sin(2 * kPi * static_cast<double>(slot % kDaySlots) / kDaySlots);
}

KpiSample record(const std::string& element, std::int64_t slot, const std::vector<double>& values) {
  KpiSample sample;
  sample.element = element;
  sample.time_us = slot * kQuarterUs + 1'000'000;
  sample.values = values;
  return sample;
}

// The newest deviation of the first KPI for each element that has one.
using Deviations = std::map<std::string, float>;
void collect(WindowStore& store, Deviations& found) {
  const Batch& batch = store.batch();
  const std::size_t cells = store.layout().cells();
  for (const CompletedSlot& done : batch.slots)
    if (done.row >= 0)
      found[store.element_name(done.element)] =
          batch.windows[(static_cast<std::size_t>(done.row) + 1) * cells - store.layout().columns];
  store.clear_batch();
}

using Value = std::function<double(int element, std::int64_t slot)>;

// Elements e0, e1, ... with noise of 1 about `value`.
class Group {
 public:
  Group(int elements, Value value) : elements_(elements), value_(std::move(value)) {}

  Deviations report(WindowStore& store, std::int64_t slot) {
    Deviations found;
    for (int e = 0; e < elements_; ++e) {
      const std::string name = "e" + std::to_string(e);
      const double x = value_(e, slot) + noise_(random_);
      REQUIRE(store.add(record(name, slot, {x}), 0) == RejectReason::none);
      collect(store, found);
    }
    return found;
  }
  // Root mean square of the deviations in those slots.
  double spread(WindowStore& store, std::int64_t from, std::int64_t to) {
    double squares = 0;
    double n = 0;
    for (std::int64_t slot = from; slot < to; ++slot)
      for (const auto& [name, d] : report(store, slot)) {
        squares += double{d} * double{d};
        n += 1;
      }
    return std::sqrt(squares / n);
  }

 private:
  int elements_;
  Value value_;
  std::mt19937_64 random_{7};
  std::normal_distribution<double> noise_;
};

double amplitude_of(int element) { return 3 + 0.5 * element; }  // 3 .. 6.5

double swinging(int element, std::int64_t slot) {
  return 100.0 * element + amplitude_of(element) * wave(slot);
}

TEST_CASE("a day that all elements have, each in its own size, is learned and expected") {
  WindowStore store(quarters(DayProfile::daily), quarter_options());
  Group group(8, swinging);
  group.spread(store, kMonday, kMonday + 12 * kDaySlots);
  CHECK(group.spread(store, kMonday + 12 * kDaySlots, kMonday + 14 * kDaySlots) < 1.15);
  const auto peak = store.layout().profile->place(kDaySlots / 4);
  const auto trough = store.layout().profile->place(kDaySlots * 3 / 4);
  for (int e = 0; e < 8; ++e) {
    CAPTURE(e);
    const Element& element = store.element(static_cast<std::uint32_t>(e));
    const double high = element.swing_at(store.layout(), 0, peak);
    const double low = element.swing_at(store.layout(), 0, trough);
    CHECK(high - low == Approx(2 * amplitude_of(e)).epsilon(0.1));
    CHECK(std::abs(element.baseline(0).level + (high + low) / 2 - 100.0 * e) < 0.6);
  }
}

TEST_CASE("without a profile the same day is one long deviation") {
  WindowStore store(quarters(DayProfile::none), quarter_options());
  Group group(8, swinging);
  group.spread(store, kMonday, kMonday + 12 * kDaySlots);
  CHECK(store.layout().profile == nullptr);
  // The scale has followed the swing: a fault of four deviations is lost in it.
  CHECK(std::sqrt(store.element(7).baseline(0).variance) > 3);
}

TEST_CASE("a fault at the day's peak shows in full, and the day after is as expected") {
  WindowStore store(quarters(DayProfile::daily), quarter_options());
  const std::int64_t strike = kMonday + 12 * kDaySlots + kDaySlots / 4;
  Group group(8, [&](int e, std::int64_t slot) {
    return swinging(e, slot) + (e == 3 && slot >= strike && slot < strike + 8 ? 8 : 0);
  });
  group.spread(store, kMonday, strike);
  for (std::int64_t slot = strike; slot < strike + 8; ++slot) {
    const Deviations found = group.report(store, slot);
    CHECK(found.at("e3") > 3.5);
    CHECK(std::abs(found.at("e4")) < 5);
  }
  CHECK(group.spread(store, strike + 8, strike + kDaySlots) < 1.25);
  CHECK(std::abs(group.spread(store, strike + kDaySlots, strike + kDaySlots + 8)) < 1.4);
}

TEST_CASE("weekly expects a weekend unlike a weekday, daily does not") {
  const auto working_week = [](int e, std::int64_t slot) {
    const bool weekend = (slot - kMonday) / kDaySlots % 7 >= 5;
    return 100.0 * e + (weekend ? -0.2 : 1.0) * 5 * wave(slot);
  };
  const auto fifth_saturday = [&](DayProfile profile) {
    WindowStore store(quarters(profile), quarter_options());
    Group group(8, working_week);
    const std::int64_t saturday = kMonday + (4 * 7 + 5) * kDaySlots;
    group.spread(store, kMonday, saturday);
    return group.spread(store, saturday, saturday + kDaySlots);
  };
  const double weekly = fifth_saturday(DayProfile::weekly);
  CHECK(weekly < 1.4);
  CHECK(fifth_saturday(DayProfile::daily) > weekly + 0.4);
}

TEST_CASE("what training measured is expected from an element's first window on") {
  config::InputSpec spec = quarters(DayProfile::daily);
  WindowStore before(spec, quarter_options());
  Group group(8, swinging);
  group.spread(before, kMonday, kMonday + 14 * kDaySlots);
  before.give_profile(spec.network);
  CHECK(spec.network[0].shape.size() == 24);
  CHECK(config::input_spec_from_json(config::to_json(spec)).network == spec.network);
  WindowStore store(spec, quarter_options());
  Group later(8, swinging);
  CHECK(later.spread(store, kMonday + 20 * kDaySlots, kMonday + 21 * kDaySlots) < 1.25);
}

TEST_CASE("a profile is restored to the same bytes, and goes on as the one that was not") {
  for (const DayProfile profile : {DayProfile::daily, DayProfile::weekly}) {
    const config::InputSpec spec = quarters(profile);
    WindowStore store(spec, quarter_options());
    Group group(5, swinging);
    group.spread(store, kMonday, kMonday + 100);
    Deviations ignored;
    store.add(record("e0", kMonday + 100, {3}), 0);  // seen, and not yet taught
    collect(store, ignored);
    StateWriter bytes;
    store.write(bytes);
    WindowStore restored(spec, quarter_options());
    StateReader in(bytes.bytes());
    restored.read(in);
    CHECK(in.at_end());
    StateWriter again;
    restored.write(again);
    CHECK(again.bytes() == bytes.bytes());
    for (std::int64_t slot = kMonday + 101; slot < kMonday + 300; ++slot)
      for (WindowStore* const one : {&store, &restored}) {
        one->add(record("e1", slot, {20 * wave(slot)}), 0);
        one->add(record("e2", slot, {7 * wave(slot)}), 0);
        one->clear_batch();
      }
    StateWriter left;
    StateWriter right;
    store.write(left);
    restored.write(right);
    CHECK(left.bytes() == right.bytes());
  }
}

TEST_CASE("the order of elements within a slot changes no bit of what they see") {
  const auto run = [](bool backwards) {
    WindowStore store(quarters(DayProfile::weekly), quarter_options());
    std::vector<Deviations> all;
    for (std::int64_t slot = kMonday; slot < kMonday + 3 * kDaySlots; ++slot) {
      Deviations& found = all.emplace_back();
      for (int i = 0; i < 7; ++i) {
        const int e = backwards ? 6 - i : i;
        const double noise = static_cast<double>((slot * 31 + e * 17) % 23) / 11;
        store.add(record("e" + std::to_string(e), slot, {swinging(e, slot) + noise}), 0);
        if (e % 3 == 0) collect(store, found);  // other batches, too
      }
      collect(store, found);
    }
    return all;
  };
  CHECK(run(false) == run(true));
}

TEST_CASE("a flag has no usual day: it is seen as without a profile") {
  const auto seen = [](DayProfile profile) {
    auto spec = quarters(profile);
    spec.kpis[0].kind = config::KpiKind::flag;
    WindowStore store(spec, quarter_options());
    std::vector<Deviations> all;
    for (std::int64_t slot = kMonday; slot < kMonday + 2 * kDaySlots; ++slot) {
      store.add(record("e", slot, {slot % kDaySlots < 30 ? 1.0 : 0.0}), 0);
      collect(store, all.emplace_back());
    }
    return all;
  };
  CHECK(seen(DayProfile::daily) == seen(DayProfile::none));
}

TEST_CASE("a value carried over a gap keeps its deviation while the day goes on") {
  auto spec = quarters(DayProfile::daily, 2);
  WindowStore store(spec, quarter_options());
  std::int64_t slot = kMonday;
  for (; slot < kMonday + 8 * kDaySlots; ++slot) {  // ends where the wave is steepest
    store.add(record("e", slot, {5 * wave(slot), static_cast<double>(slot % 3)}), 0);
    store.clear_batch();
  }
  store.add(record("e", slot, {5 * wave(slot), 1}), 0);
  Deviations last;
  collect(store, last);
  for (const std::int64_t next : {slot + 1, slot + 2}) {
    store.add(record("e", next, {test::kMissing, 1}), 0);
    store.add(record("e", next + 1, {test::kMissing, test::kMissing}), 0);  // ends `next`
    Deviations carried;
    collect(store, carried);
    CHECK(carried == last);
  }
}

bool finite(const WindowStore& store) {
  const auto& layout = store.layout();
  for (std::uint32_t id = 0; id < store.elements(); ++id)
    for (std::size_t k = 0; k < layout.numbers; ++k) {
      const KpiBaseline& baseline = store.element(id).baseline(k);
      const KpiSwing& swing = store.element(id).swing(layout, k);
      if (!std::isfinite(baseline.level) || !std::isfinite(baseline.variance) ||
          !std::isfinite(swing.amplitude) || !std::isfinite(swing.weight))
        return false;
      for (std::int64_t hour = 0; hour < 168; ++hour)
        if (!(std::abs(layout.profile->shape(k, layout.profile->place(4 * hour))) <= 200))
          return false;
    }
  const auto& windows = store.batch().windows;
  return std::all_of(windows.begin(), windows.end(),
                     [](float d) { return std::abs(d) <= kMaxDeviation; });
}

TEST_CASE("whatever comes, all stays finite") {
  std::mt19937_64 random(5);
  const std::vector<std::function<double(std::int64_t)>> streams{
      [](std::int64_t) { return 0.0; },
      [](std::int64_t) { return 4294967295.0; },
      [](std::int64_t slot) { return slot % 2 == 0 ? 1e300 : -1e300; },
      [](std::int64_t slot) { return slot % 97 == 0 ? 1e18 : 1e-18; },
      [](std::int64_t slot) { return slot < kMonday + 200 ? 0.0 : 1e6 * wave(slot); },
      [&](std::int64_t) { return std::ldexp(1.0, static_cast<int>(random() % 100)); }};
  for (std::size_t i = 0; i < streams.size(); ++i) {
    CAPTURE(i);
    WindowStore store(quarters(DayProfile::weekly), quarter_options());
    for (std::int64_t slot = kMonday; slot < kMonday + 1000; ++slot) {
      for (const char* name : {"a", "b", "c"}) store.add(record(name, slot, {streams[i](slot)}), 0);
      CHECK(finite(store));
      store.clear_batch();
    }
  }
}

TEST_CASE("a leap of years finds the hours it should") {
  WindowStore store(quarters(DayProfile::weekly), quarter_options());
  Group group(3, swinging);
  const auto peak = store.layout().profile->place(kMonday + kDaySlots / 4);
  const auto trough = store.layout().profile->place(kMonday + kDaySlots * 3 / 4);
  const auto height = [&] {
    return store.layout().profile->shape(0, peak) - store.layout().profile->shape(0, trough);
  };
  group.spread(store, kMonday, kMonday + 10 * kDaySlots);
  const double before = height();
  CHECK(before > 1);
  const std::int64_t later = 7 * kDaySlots * 52 * 40;
  group.spread(store, later, later + 40);
  CHECK(finite(store));
  CHECK(height() == Approx(before).epsilon(0.2));
}

TEST_CASE("between hours the place runs straight on, over midnight and the week's end too") {
  const DailyProfile profile(quarters(DayProfile::weekly));
  for (const std::int64_t slot : {std::int64_t{0}, kMonday - 1, kMonday, std::int64_t{-1}}) {
    const auto place = profile.place(slot);
    REQUIRE(place.count == 4);
    CHECK(place.shares[0] + place.shares[1] == Approx(1));
    CHECK(place.shares[2] + place.shares[3] == Approx(1));
    CHECK((place.knots[0] + 1) % 24 == place.knots[1]);
    CHECK((place.knots[2] - 24 + 1) % 168 == place.knots[3] - 24);
    CHECK((place.knots[2] - 24) % 24 == place.knots[0]);
  }
  // 00:00 to 00:15 of a Thursday, the week's first hour: between 23:30 and 00:30.
  const auto midnight = profile.place(0);
  CHECK(midnight.knots == std::array<std::uint16_t, 4>{23, 0, 24 + 167, 24});
  CHECK(midnight.shares[1] == Approx(0.625));
}

TEST_CASE("a damaged profile is refused") {
  const config::InputSpec spec = quarters(DayProfile::daily);
  const DailyProfile profile(spec);
  StateWriter out;
  profile.write(out);
  for (const double wrong : {std::nan(""), 1e9}) {
    std::string bytes = out.bytes();
    bytes.replace(0, sizeof wrong, reinterpret_cast<const char*>(&wrong), sizeof wrong);
    DailyProfile other(spec);
    StateReader in(bytes);
    CHECK_THROWS_WITH_AS(other.read(in), "the daily profile is damaged", StateError);
  }
}

TEST_CASE("an element's swing takes memory only where there is a profile") {
  const ElementLayout plain(quarters(DayProfile::none, 12));
  const ElementLayout daily(quarters(DayProfile::daily, 12));
  CHECK(daily.memory->objects.block_bytes() - plain.memory->objects.block_bytes() ==
        12 * sizeof(KpiSwing));
}

}  // namespace daily_profile_test
}  // namespace faultprint::ingest
