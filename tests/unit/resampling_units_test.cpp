#include "daemon/resampling_units.h"

#include <doctest/doctest.h>

#include "stream_helpers.h"

namespace faultprint::daemon {
namespace resampling_units_test {

using test::kPeriod;

constexpr int kWindow = 12;
constexpr std::int64_t kHour = 360;  // slots of 10 s

struct History {
  explicit History(std::vector<ingest::Incident> rows)
      : incidents(std::move(rows)),
        labels(incidents, config::Microseconds(kPeriod)),
        units(config::Microseconds(kPeriod), kWindow) {}

  int add(const std::string& element, std::int64_t slot) {
    return units.add(element, slot, labels.at(element, slot, false));
  }

  ingest::Incidents incidents;
  SlotLabels labels;
  ResamplingUnits units;
};

TEST_CASE("an incident is one unit on all its elements, the windows that still hold it included") {
  History h({test::incident_of("leaf*", 100 * kPeriod, 120 * kPeriod, "loss")});
  std::vector<int> seen;
  for (std::int64_t slot = 90; slot < 200; ++slot) {
    seen.push_back(h.add("leaf1", slot));
    h.add("leaf2", slot);
  }
  const int incident = h.units.of_incident(*h.incidents.faults()[0]);
  for (std::int64_t slot = 90; slot < 200; ++slot) {
    CAPTURE(slot);
    // The last slot inside is 119: a window of 12 that ends at 130 holds it, one at 131 does not.
    CHECK((seen[static_cast<std::size_t>(slot - 90)] == incident) == (slot >= 100 && slot <= 130));
    CHECK(h.units.at("leaf1", slot) == seen[static_cast<std::size_t>(slot - 90)]);
    CHECK((h.units.at("leaf2", slot) == incident) == (slot >= 100 && slot <= 130));
  }
  CHECK(h.units.incidents() == 1);
  CHECK(h.units.normal_blocks() == 4);  // before and after, of each element
  CHECK(h.units.slots()[static_cast<std::size_t>(incident)] == 2 * 31);
}

TEST_CASE("normal is cut into hours of one element, and by a gap of more than a window") {
  History h({});
  const int first = h.add("leaf1", 1000);
  CHECK(h.add("spine1", 1000) != first);
  CHECK(h.add("leaf1", 1012) == first);
  CHECK(h.add("leaf1", 1012 + kWindow + 1) != first);
  const int second = h.add("leaf1", 1030);
  for (std::int64_t slot = 1031; slot < 1025 + kHour; ++slot) CHECK(h.add("leaf1", slot) == second);
  CHECK(h.add("leaf1", 1025 + kHour) != second);
  CHECK(h.units.kinds() == std::vector<int>(4, 0));
  CHECK(h.units.names() ==
        std::vector<std::string>{"leaf1@1000", "spine1@1000", "leaf1@1025", "leaf1@1385"});
  CHECK(h.units.fault_types() == std::vector<std::string>{""});
}

TEST_CASE("where windows are long, a stretch is two of them") {
  const ingest::Incidents none;
  const config::Microseconds period(15 * 60 * test::kSecond);
  SlotLabels labels(none, period);
  ResamplingUnits units(period, 20);
  for (std::int64_t slot = 0; slot < 120; ++slot)
    CHECK(units.add("cell", slot, labels.at("cell", slot, false)) == slot / 40);
}

TEST_CASE("kinds are the fault types, one incident after another is another unit") {
  History h({test::incident_of("a", 20 * kPeriod, 30 * kPeriod, "loss"),
             test::incident_of("a", 35 * kPeriod, 40 * kPeriod, "flap"),
             test::incident_of("a", 60 * kPeriod, 70 * kPeriod, "loss")});
  std::vector<int> kinds;
  for (const std::int64_t slot : {10, 25, 32, 36, 41, 55, 65})
    kinds.push_back(h.units.kinds()[static_cast<std::size_t>(h.add("a", slot))]);
  CHECK(kinds == std::vector<int>{0, 1, 1, 2, 2, 0, 1});
  CHECK(h.units.incidents() == 3);
}

TEST_CASE(
    "a slot that was not watched goes to the unit before it, an element never seen has none") {
  History h({});
  const int unit = h.add("a", 100);
  CHECK(h.units.at("a", 100) == unit);
  CHECK(h.units.at("a", 500) == unit);
  CHECK(h.units.at("a", 3) == unit);
  CHECK(h.units.at("b", 3) == -1);
}

}  // namespace resampling_units_test
}  // namespace faultprint::daemon
