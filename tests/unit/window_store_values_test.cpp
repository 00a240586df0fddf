// Feeds that report one value a record: they fill the slots that whole records would.
#include <doctest/doctest.h>

#include <random>
#include <vector>

#include "decoding.h"
#include "stream_helpers.h"

namespace faultprint::ingest {
namespace window_store_values_test {

using test::kPeriod;

// A gauge, a counter and a delta.
config::InputSpec spec() {
  config::InputSpec input = test::gauges(3);
  input.kpis[1].kind = config::KpiKind::counter;
  input.kpis[2].kind = config::KpiKind::delta;
  return input;
}

struct Report {
  std::string element;
  std::int64_t slot;
  std::vector<double> values;
};

std::vector<Report> reports() {
  std::mt19937 random(7);
  std::vector<Report> all;
  for (int slot = 0; slot < 30; ++slot)
    for (const char* element : {"e1", "e2", "e3", "e4"})
      all.push_back(
          {element,
           slot,
           {static_cast<double>(random() % 100), slot * 50.0 + static_cast<double>(random() % 10),
            static_cast<double>(random() % 20)}});
  return all;
}

// The records of one report, a value each, in any order.
std::vector<std::string> records_of(const Report& report, std::mt19937& random) {
  std::vector<std::string> records;
  for (std::size_t k = 0; k < 3; ++k)
    records.push_back(R"({"element":")" + report.element + R"(","time":)" +
                      std::to_string(report.slot * 10 + 1) + R"(,"kpi":")" +
                      std::string(1, static_cast<char>('a' + k)) + R"(","value":)" +
                      std::to_string(report.values[k]) + "}");
  std::shuffle(records.begin(), records.end(), random);
  return records;
}

RejectReason add(WindowStore& store, Decoder& decoder, const std::string& record) {
  KpiSample sample;
  RejectReason reason = RejectReason::empty;
  decoder.begin({record});
  while (decoder.next(sample, reason))
    if (reason == RejectReason::none) reason = store.add(sample, 0);
  return reason;
}

TEST_CASE("one value a record completes the slots and windows that whole records do") {
  WindowStore whole(spec(), test::store_options());
  for (const Report& r : reports()) whole.add(test::sample(r.element, r.slot, r.values), 0);
  WindowStore single(spec(), test::store_options());
  test::Decoding decoding("json_value", {"a", "b", "c"});
  std::mt19937 random(5);
  for (const Report& r : reports())
    for (const std::string& record : records_of(r, random))
      CHECK(add(single, decoding.decoder(), record) == RejectReason::none);
  CHECK(test::told(single) == test::told(whole));
  CHECK(single.batch().rows > 50);
  CHECK(single.batch().windows == whole.batch().windows);
}

TEST_CASE("values of elements and slots that are mixed meet in their own slot") {
  auto options = test::store_options();
  options.lateness = config::Microseconds(2 * kPeriod);
  WindowStore whole(spec(), options);
  WindowStore single(spec(), options);
  test::Decoding decoding("json_value", {"a", "b", "c"});
  std::mt19937 random(5);
  std::vector<std::string> records;
  const auto flush = [&] {
    // An element begins with the first slot it is seen in.
    if (single.elements() > 0) std::shuffle(records.begin(), records.end(), random);
    for (const std::string& record : records)
      CHECK(add(single, decoding.decoder(), record) == RejectReason::none);
    records.clear();
  };
  for (const Report& r : reports()) {
    whole.add(test::sample(r.element, r.slot, r.values), 0);
    for (const std::string& record : records_of(r, random)) records.push_back(record);
    if (records.size() == 12 * 2) flush();  // two slots of four elements
  }
  flush();
  whole.flush();
  single.flush();
  CHECK(single.batch().rows == whole.batch().rows);
  std::vector<float> of_whole = whole.batch().windows;
  std::vector<float> of_single = single.batch().windows;
  std::sort(of_whole.begin(), of_whole.end());  // elements complete in another order
  std::sort(of_single.begin(), of_single.end());
  CHECK(of_single == of_whole);
}

// What follows makes the windows that it makes where the first slot came as one record.
void check_windows_as_of(WindowStore& store, const std::vector<double>& first) {
  WindowStore once(spec(), test::store_options());
  once.add(test::sample("e", 0, first), 0);
  for (int slot = 1; slot < 8; ++slot)
    for (WindowStore* each : {&store, &once})
      each->add(test::sample("e", slot, {1.0 * slot, 2.0 * slot, 3}), 0);
  CHECK(store.batch().rows > 0);
  CHECK(store.batch().windows == once.batch().windows);
}

TEST_CASE("the same record again while its slot is open is a duplicate, and adds nothing") {
  WindowStore store(spec(), test::store_options());
  test::Decoding decoding("json_value", {"a", "b", "c"});
  const auto value = [&](const std::string& kpi, const std::string& more) {
    return add(store, decoding.decoder(),
               R"({"element":"e","time":1,"kpi":")" + kpi + R"(","value":2)" + more + "}");
  };
  CHECK(value("c", "") == RejectReason::none);
  CHECK(value("c", "") == RejectReason::duplicate);
  CHECK(value("a", "") == RejectReason::none);
  CHECK(value("c", "") == RejectReason::duplicate);
  CHECK(value("c", R"(,"port":2)") == RejectReason::none);  // another report of the same
  CHECK(value("b", "") == RejectReason::none);
  REQUIRE(store.batch().slots.size() == 1);
  CHECK(value("b", "") == RejectReason::late);
  check_windows_as_of(store, {2, 2, 4});
}

TEST_CASE("things of one record that say the same are not each other's duplicates") {
  WindowStore store(spec(), test::store_options());
  const std::string record = "two things";
  auto thing = test::sample("e", 0, {test::kMissing, test::kMissing, 2});
  thing.record = record;
  CHECK(store.add(thing, 0) == RejectReason::none);
  thing.part = 1;
  CHECK(store.add(thing, 0) == RejectReason::none);
  CHECK(store.add(thing, 0) == RejectReason::duplicate);
}

TEST_CASE(
    "a value that comes twice: a gauge keeps the last, a delta adds, and a late one is late") {
  WindowStore store(spec(), test::store_options());
  test::Decoding decoding("json_value", {"a", "b", "c"});
  const auto value = [&](const std::string& kpi, int slot, double x) {
    return add(store, decoding.decoder(),
               R"({"element":"e","time":)" + std::to_string(slot * 10 + 1) + R"(,"kpi":")" + kpi +
                   R"(","value":)" + std::to_string(x) + "}");
  };
  CHECK(value("a", 0, 1) == RejectReason::none);
  CHECK(value("c", 0, 2) == RejectReason::none);
  CHECK(value("a", 0, 5) == RejectReason::none);
  CHECK(value("c", 0, 3) == RejectReason::none);
  CHECK(store.batch().slots.empty());
  CHECK(value("b", 0, 1) == RejectReason::none);
  CHECK(store.batch().slots.size() == 1);
  CHECK(value("a", 0, 9) == RejectReason::late);
  check_windows_as_of(store, {5, 1, 5});
}

}  // namespace window_store_values_test
}  // namespace faultprint::ingest
