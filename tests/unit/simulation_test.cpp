#include "daemon/simulation/simulation.h"

#include <doctest/doctest.h>
#include <zlib.h>

#include <cmath>

#include "daemon/simulation/kpis.h"
#include "tests/unit/simulated.h"

namespace faultprint::daemon::simulation {
namespace simulation_test {

using test::calm_network;
using test::csv;
using test::Reports;
using test::reports;

int hour(std::int64_t slot) { return static_cast<int>(slot / 4 % 24); }

std::uint32_t checksum(const std::string& text) {
  return static_cast<std::uint32_t>(
      crc32(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size())));
}

TEST_CASE("simulated load swings over the day and, at offices, over the week") {
  constexpr std::int64_t kHour = 3'600'000'000;
  constexpr std::int64_t kMonday = 1767571200000000;
  const auto at = [](Surroundings where, int day, int hours) {
    return load_share(where, kMonday + (24 * day + hours) * kHour);
  };
  CHECK(at(Surroundings::homes, 0, 20) > 10 * at(Surroundings::homes, 0, 4));
  CHECK(at(Surroundings::offices, 0, 11) > 0.8);
  CHECK(at(Surroundings::offices, 6, 11) < 0.3 * at(Surroundings::offices, 0, 11));
  CHECK(at(Surroundings::homes, 6, 20) > at(Surroundings::homes, 0, 20));
  CHECK(at(Surroundings::traffic, 1, 8) > 2 * at(Surroundings::traffic, 1, 12));
}

TEST_CASE("a simulated load swings as much as is asked for") {
  CHECK(swung(0.05, 1) == 0.05);
  CHECK(swung(0.05, 0) == swung(1, 0));
  CHECK(std::log(swung(1, 0.5) / swung(0.05, 0.5)) == doctest::Approx(std::log(20) / 2));
  const auto users = [](double swing) {  // in the evening to those at four in the morning
    Options options = calm_network(24, 3);
    options.swing = swing;
    double night = 0;
    double evening = 0;
    for (const auto& [where, values] : reports(options)) {
      if (std::isnan(values[kUsers])) continue;
      if (hour(where.second) == 4) night += values[kUsers];
      if (hour(where.second) == 18) evening += values[kUsers];
    }
    return evening / night;
  };
  CHECK(users(1) > 5);
  CHECK(users(0) == doctest::Approx(1).epsilon(0.2));
}

TEST_CASE("simulated cells have a busy hour, and nights in which a ratio is not defined") {
  double night = 0;
  double evening = 0;
  int undefined = 0;
  int none = 0;
  for (const auto& [where, values] : reports(calm_network(24, 3))) {
    const double attempts = values[kRrcAttempts];
    if (hour(where.second) == 4) {
      night += attempts;
      undefined += attempts < kAttempts ? 1 : 0;
      none += values[kHandoverAttempts] == 0 ? 1 : 0;
    }
    if (hour(where.second) == 18) evening += attempts;
    CHECK(values[kRrcSuccesses] <= attempts);
    CHECK(values[kErabDrops] <= values[kErabReleases]);
    CHECK(values[kHandoverSuccesses] <= values[kHandoverAttempts]);
  }
  CHECK(evening > 5 * night);
  CHECK(undefined > 20);  // of 288
  CHECK(none > 5);
}

TEST_CASE("simulated counters only rise, but for restarts, which take all of them back") {
  int restarts = 0;
  const Reports all = reports(calm_network(24, 5));
  for (auto it = all.begin(); std::next(it) != all.end(); ++it) {
    const auto& [before, old] = *it;
    const auto& [after, now] = *std::next(it);
    if (before.first != after.first || now[kTraffic] >= old[kTraffic]) continue;
    ++restarts;
    CHECK(now[kSignalling] < old[kSignalling]);
    CHECK(now[kBackhaulLost] <= old[kBackhaulLost]);
  }
  CHECK(restarts >= 4);  // 10 are expected
  CHECK(restarts <= 20);
}

TEST_CASE("simulated records are lost, late or in part as often as asked for") {
  Options options = calm_network(60, 4);
  options.missing = 0.04;
  options.late = 0.05;
  Simulation simulation(options);
  HistoryRecord record;
  double arrived = 0;
  double late = 0;
  double in_part = 0;
  std::int64_t newest = 0;
  while (simulation.next(record)) {
    ++arrived;
    newest = std::max(newest, record.time_us);
    late += record.time_us < newest ? 1 : 0;
    in_part += std::isnan(record.values[kRrcAttempts]) || std::isnan(record.values[kUsers]) ||
                       std::isnan(record.values[kBackhaulDelay])
                   ? 1
                   : 0;
  }
  const auto all = static_cast<double>(simulation.records());
  CHECK(1 - arrived / all == doctest::Approx(0.04).epsilon(0.25));
  CHECK(late / arrived == doctest::Approx(0.05).epsilon(0.1));
  CHECK(in_part / arrived == doctest::Approx(0.04).epsilon(0.1));
  CHECK(simulation.progress() >= 1);
}

TEST_CASE("nothing lost or late: a record of each cell and slot, in time order") {
  Simulation simulation(calm_network(5, 2));
  HistoryRecord record;
  std::size_t arrived = 0;
  std::int64_t newest = 0;
  for (; simulation.next(record); ++arrived) {
    CHECK(record.time_us >= newest);
    newest = record.time_us;
  }
  CHECK(arrived == simulation.records());
  CHECK(arrived == 5 * 2 * 96);
}

// 9 cells, 4 days, everything that may happen. The checksum is what it has been from the start:
// another machine, library or compiler must give the same bytes, and a change of the simulation is
// a change of every figure measured with it.
TEST_CASE("the same options give the same bytes everywhere, and another seed other ones") {
  Options options;
  options.elements = 9;
  options.duration = std::chrono::hours(96);
  options.held_out = 0;
  options.incidents_per_day = 6;
  const std::string text = csv(options);
  CHECK(checksum(text) == 4239318767);
  CHECK(text == csv(options));
  options.seed = 2;
  CHECK(text != csv(options));
}

TEST_CASE("neighbours are near, mutual as a rule, and weigh less the farther they are") {
  const Network network = make_network(75, 3);
  CHECK(network.sites == 25);
  CHECK(network.areas == 4);
  int mutual = 0;
  int pairs = 0;
  for (std::size_t i = 0; i < network.cells.size(); ++i) {
    const auto& neighbours = network.cells[i].neighbours;
    REQUIRE(neighbours.size() == 6);
    CHECK(neighbours.front().weight == 1);
    CHECK(neighbours.back().weight < 1);
    for (const Neighbour& n : neighbours) {
      CHECK(n.cell != static_cast<int>(i));
      const auto& back = network.cells[static_cast<std::size_t>(n.cell)].neighbours;
      ++pairs;
      mutual += std::any_of(back.begin(), back.end(),
                            [&](const Neighbour& b) { return b.cell == static_cast<int>(i); })
                    ? 1
                    : 0;
    }
  }
  CHECK(mutual > pairs * 2 / 3);
  CHECK(make_network(1, 1).cells.front().neighbours.empty());
}

}  // namespace simulation_test
}  // namespace faultprint::daemon::simulation
