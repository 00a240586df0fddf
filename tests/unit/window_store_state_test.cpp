// A store's bytes in a snapshot.
#include <doctest/doctest.h>

#include <algorithm>

#include "ingest/window_store.h"
#include "stream_helpers.h"

namespace faultprint::ingest {
namespace window_store_state_test {

using test::kMissing;
using test::kPeriod;
using test::sample;
using test::store_options;

const std::vector<std::string> kElements{"leaf1", "leaf2", "spine1", "leaf11"};

config::InputSpec mixed() {
  config::InputSpec spec = test::gauges(4, 5, 6);
  spec.kpis[1].kind = config::KpiKind::counter;
  spec.kpis[2].kind = config::KpiKind::delta;
  spec.kpis[3].kind = config::KpiKind::flag;
  return spec;
}

WindowStore::Options late() {
  auto options = store_options();
  options.lateness = config::Microseconds(2 * kPeriod);
  return options;
}

// A stream with gaps, disorder, late records, partial records and a silence beyond forget_after.
std::vector<KpiSample> stream(std::uint64_t seed, int records) {
  std::mt19937_64 random(seed);
  std::vector<KpiSample> result;
  std::vector<double> counters(kElements.size(), 0);
  for (int i = 0; i < records; ++i) {
    const auto e = random() % kElements.size();
    const std::int64_t at = i / 4 + static_cast<std::int64_t>(random() % 3);
    if (e == 3 && i > records / 3 && i < records / 3 + 160) continue;
    counters[e] += static_cast<double>(random() % 1000);
    std::vector<double> values{static_cast<double>(random() % 100), counters[e],
                               static_cast<double>(random() % 7),
                               static_cast<double>(random() % 2)};
    for (double& x : values)
      if (random() % 9 == 0) x = kMissing;
    result.push_back(sample(kElements[e], at, values));
  }
  return result;
}

// Everything a batch says, element by element (elements are numbered anew after a restart).
std::string told(const WindowStore& store) {
  const Batch& batch = store.batch();
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < batch.slots.size(); ++i) {
    const CompletedSlot& s = batch.slots[i];
    StateWriter line;
    line.put(std::string_view(store.element_name(s.element)));
    line.put(s.slot);
    line.put(static_cast<std::int32_t>(s.not_scored));
    line.put(static_cast<std::uint8_t>(s.fresh));
    const std::size_t bytes = store.layout().mask_bytes;
    line.put_all(std::span(batch.masks).subspan(i * bytes, bytes));
    const std::size_t cells = store.layout().cells();
    if (s.row >= 0)
      line.put_all(
          std::span(batch.windows).subspan(static_cast<std::size_t>(s.row) * cells, cells));
    lines.push_back(line.take());
  }
  std::stable_sort(lines.begin(), lines.end(),
                   [&](const auto& a, const auto& b) { return a.substr(0, 12) < b.substr(0, 12); });
  std::string all;
  for (const auto& line : lines) all += line;
  return all;
}

std::string bytes_of(const WindowStore& store) {
  StateWriter out;
  store.write(out);
  return out.take();
}

TEST_CASE("a store restored at any record goes on byte for byte as an undisturbed one") {
  const auto records = stream(1, 700);
  for (std::size_t cut = 1; cut < records.size(); cut += 37) {
    CAPTURE(cut);
    WindowStore undisturbed(mixed(), late());
    for (std::size_t i = 0; i < cut; ++i) undisturbed.add(records[i], 0);
    undisturbed.clear_batch();
    const std::string bytes = bytes_of(undisturbed);
    WindowStore restored(mixed(), late());
    StateReader in(bytes);
    restored.read(in);
    CHECK(in.at_end());
    CHECK(bytes_of(restored) == bytes);
    for (std::size_t i = cut; i < records.size(); ++i) {
      REQUIRE(undisturbed.add(records[i], 0) == restored.add(records[i], 0));
      REQUIRE(told(undisturbed) == told(restored));
      if (i % 5 != 0) continue;
      undisturbed.clear_batch();
      restored.clear_batch();
    }
  }
}

TEST_CASE("read replaces whatever the store held") {
  const auto records = stream(2, 200);
  WindowStore store(mixed(), late());
  for (const auto& record : records) store.add(record, 0);
  store.clear_batch();
  const std::string bytes = bytes_of(store);
  WindowStore other(mixed(), late());
  for (const char* element : {"x", "y", "z", "q", "r", "s"})
    other.add(sample(element, 9, {1, 1, 1, 1}), 0);
  StateReader in(bytes);
  other.read(in);
  CHECK(other.batch().slots.empty());
  CHECK(other.elements() == store.elements());
  CHECK(bytes_of(other) == bytes);
}

TEST_CASE("a snapshot in the middle of a batch is a programming error") {
  WindowStore store(mixed(), late());
  store.add(sample("e", 9, {1, 1, 1, 1}), 0);
  StateWriter out;
  CHECK_THROWS_AS(store.write(out), std::logic_error);
}

TEST_CASE("a snapshot while an element is departing is a programming error too") {
  auto options = store_options();
  WindowStore store(test::gauges(2), options);
  for (const char* element : {"silent", "e", "f", "g"}) store.add(sample(element, 0, {1, 1}), 0);
  for (const char* element : {"e", "f", "g"}) {
    store.clear_batch();
    store.add(sample(element, 20, {1, 1}), 0);
  }
  store.clear_batch();
  for (const char* element : {"e", "f", "g"}) {
    store.add(sample(element, 20, {kMissing, kMissing}), 0);
  }
  for (const char* element : {"e", "f", "g"}) {
    if (store.batch().departed.empty()) store.clear_batch();
    store.add(sample(element, 21, {1, kMissing}), 0);
  }
  REQUIRE(store.batch().departed.size() == 1);
  StateWriter out;
  bool refused = false;
  try {
    store.write(out);
  } catch (const std::logic_error&) {
    refused = true;
  }
  if (!refused) {
    WindowStore restored(test::gauges(2), options);
    StateReader in(out.bytes());
    restored.read(in);
    CHECK(in.at_end());
    CHECK(restored.elements() == 3);
  }
}

TEST_CASE("the state of another configuration is refused") {
  WindowStore store(mixed(), late());
  store.add(sample("e", 9, {1, kMissing, 1, 1}), 0);
  const std::string bytes = bytes_of(store);
  auto other_window = mixed();
  other_window.window = 6;
  auto other_kpis = mixed();
  other_kpis.kpis.pop_back();
  auto other_period = mixed();
  other_period.period *= 2;
  for (const auto& spec : {other_window, other_kpis, other_period}) {
    WindowStore other(spec, late());
    StateReader in(bytes);
    CHECK_THROWS_AS(other.read(in), StateError);
    CHECK(other.elements() == 0);
  }
}

TEST_CASE("more elements than max_elements allows are refused") {
  WindowStore store(mixed(), late());
  for (const char* element : {"a", "b", "c", "d", "e"})
    store.add(sample(element, 9, {1, kMissing, 1, 1}), 0);
  const std::string bytes = bytes_of(store);
  auto options = late();
  options.max_elements = 2;
  WindowStore other(mixed(), options);
  StateReader in(bytes);
  CHECK_THROWS_AS(other.read(in), StateError);
}

// A state with an open slot, an element in its start, and one past it.
std::string small_state() {
  WindowStore store(mixed(), late());
  for (int slot = 0; slot < 8; ++slot) store.add(sample("old", slot, {1, 2.0 * slot, 1, 0}), 0);
  store.add(sample("young", 7, {1, 2, 3, 0}), 0);
  store.add(sample("young", 8, {1, kMissing, 3, 0}), 0);
  store.clear_batch();
  return bytes_of(store);
}

TEST_CASE("a state cut at any length is a StateError and leaves the store as it was") {
  const std::string bytes = small_state();
  WindowStore store(mixed(), late());
  store.add(sample("kept", 3, {1, kMissing, 1, 1}), 0);
  const std::string before = bytes_of(store);
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    CAPTURE(length);
    StateReader in(std::string_view(bytes).substr(0, length));
    REQUIRE_THROWS_AS(store.read(in), StateError);
    REQUIRE(bytes_of(store) == before);
  }
}

// With a wild time there, before all times and after them.
void refuses_wild_time(const std::string& bytes, std::size_t place, const char* why) {
  for (const std::int64_t wild : {std::int64_t{-1}, std::numeric_limits<std::int64_t>::max()}) {
    StateWriter number;
    number.put(wild);
    std::string damaged = bytes;
    damaged.replace(place, sizeof wild, number.bytes());
    WindowStore store(mixed(), late());
    StateReader in(damaged);
    CHECK_THROWS_WITH_AS(store.read(in), why, StateError);
  }
}

TEST_CASE("an element whose next slot or newest record is at no time is refused") {
  const std::string bytes = small_state();
  const std::size_t next_slot = bytes.find("old") + 3;
  for (const std::size_t place : {next_slot, next_slot + sizeof(std::int64_t)})
    refuses_wild_time(bytes, place, "an element is at no time");
}

TEST_CASE("a watermark, or what moves it, at no time is refused") {
  constexpr std::size_t kWatermark = 16;            // columns, window, period
  constexpr std::size_t kLeader = kWatermark + 17;  // count, settled, element
  for (const std::size_t place : {kWatermark, kLeader})
    refuses_wild_time(small_state(), place, "the watermark is at no time");
}

TEST_CASE("a state with any byte flipped is read or refused, never more") {
  const std::string bytes = small_state();
  int refused = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (const unsigned flip : {0x01U, 0x80U, 0xffU}) {
      std::string damaged = bytes;
      damaged[i] = static_cast<char>(static_cast<unsigned char>(damaged[i]) ^ flip);
      WindowStore store(mixed(), late());
      StateReader in(damaged);
      try {
        store.read(in);
      } catch (const StateError&) {
        ++refused;
        continue;
      }
      CHECK(store.elements() <= 2);
    }
  }
  CHECK(refused > 100);  // every length, count and number of the header at least
}

}  // namespace window_store_state_test
}  // namespace faultprint::ingest
