// States and texts on their way into windows.
#include <doctest/doctest.h>

#include "stream_helpers.h"

namespace faultprint::ingest {
namespace window_store_tokens_test {

using config::TokenSplit;
using test::kMissing;
using test::sample;

// A gauge, a state and a text of three words; window of 2 slots after a start of 2.
config::InputSpec spec() {
  config::InputSpec input = test::gauges(1, 2, 2);
  input.kpis.push_back(test::state("s"));
  input.kpis.push_back(test::text("t", TokenSplit::words, 3));
  input.max_gap = 1;
  return input;
}

const std::vector<double> kGone{kMissing, kMissing, kMissing, kMissing};

// The record of a gauge of 0 with these tokens.
KpiSample record(std::int64_t slot, std::vector<double> tokens) {
  tokens.insert(tokens.begin(), 0.0);
  return sample("e", slot, tokens);
}

std::vector<float> newest(const WindowStore& store) {
  const auto& windows = store.batch().windows;
  return {windows.end() - 5, windows.end()};
}

TEST_CASE("tokens pass the baseline untouched, from the first slots on") {
  WindowStore store(spec(), test::store_options());
  store.add(record(0, {900, 7, 8, 0}), 0);
  store.add(record(1, {901, 7, 0, 0}), 0);
  store.add(record(2, {900, 9, 9, 9}), 0);
  REQUIRE(store.batch().rows == 1);
  CHECK(store.batch().windows == std::vector<float>{0, 901, 7, 0, 0, 0, 900, 9, 9, 9});
}

TEST_CASE("a state is carried over max_gap slots, then it is token 0 and masked as one KPI") {
  WindowStore store(spec(), test::store_options());
  for (int slot = 0; slot < 3; ++slot) store.add(record(slot, {900, 7, 8, 0}), 0);
  store.add(record(4, {kMissing, 5, 0, 0}), 0);
  store.add(record(6, {900, 5, 0, 0}), 0);
  // Slot 4's state is two slots old; its text is its own, and carried to slot 5.
  const auto& batch = store.batch();
  REQUIRE(batch.slots.size() == 7);
  const std::size_t masks = store.layout().mask_bytes;
  REQUIRE(masks == 1);
  CHECK(batch.masks[2] == 0);
  CHECK(batch.masks[3] == 0);
  CHECK(batch.masks[4] == 0b010);
  CHECK(batch.masks[5] == 0b010);
  CHECK(batch.masks[6] == 0);
  CHECK(newest(store) == std::vector<float>{0, 900, 5, 0, 0});
}

TEST_CASE("a text counts as one KPI among those that are missing, however long it is") {
  config::InputSpec input = spec();
  input.kpis.back().length = 64;
  WindowStore store(input, test::store_options());
  std::vector<double> values(66, kMissing);
  values[0] = 0;
  values[1] = 900;
  for (int slot = 0; slot < 5; ++slot) store.add(sample("e", slot, values), 0);
  store.flush();
  CHECK(test::told(store).back() == "e@4 scored");
}

TEST_CASE("a snapshot keeps tokens, started or not") {
  for (const int slots : {1, 5}) {
    CAPTURE(slots);
    WindowStore store(spec(), test::store_options());
    for (int slot = 0; slot < slots; ++slot)
      store.add(record(slot, {900.0 + slot, 7, 8.0 + slot, 0}), 0);
    store.clear_batch();
    StateWriter out;
    store.write(out);
    WindowStore other(spec(), test::store_options());
    StateReader in(out.bytes());
    other.read(in);
    CHECK(in.at_end());
    for (WindowStore* either : {&store, &other})
      for (int slot = slots; slot < slots + 4; ++slot)
        either->add(slot == slots ? record(slot, kGone) : record(slot, {5, 6, 7, 8}), 0);
    for (WindowStore* either : {&store, &other}) either->flush();
    CHECK(other.batch().windows == store.batch().windows);
    CHECK(test::told(other) == test::told(store));
    CHECK(store.batch().rows > 0);
  }
}

TEST_CASE("numbers take as much memory as without tokens: a token has no baseline") {
  const ElementMemory numbers(test::gauges(4));
  config::InputSpec input = test::gauges(4);
  input.kpis.push_back(test::state("s"));
  const ElementMemory both(input);
  CHECK(both.objects.block_bytes() <= numbers.objects.block_bytes() + BlockPool::kAlignment);
}

}  // namespace window_store_tokens_test
}  // namespace faultprint::ingest
