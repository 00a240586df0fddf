#include <doctest/doctest.h>

#include <cmath>
#include <set>

#include "daemon/simulation/incident_plan.h"
#include "daemon/simulation/labels.h"
#include "ingest/incidents.h"
#include "tests/unit/error_of.h"
#include "tests/unit/file_bytes.h"
#include "tests/unit/simulated.h"

namespace faultprint::daemon::simulation {
namespace simulation_incidents_test {

using test::calm_network;
using test::Reports;
using test::reports;

Options with_faults(const std::vector<std::string>& faults, double per_day) {
  Options options = calm_network(30, 4);
  options.faults = faults;
  options.incidents_per_day = per_day;
  return options;
}

// What `ingest` reads from the rows of both parts.
ingest::Incidents labels_of(const Options& options) {
  const Network network = make_network(options.elements, options.seed);
  const IncidentPlan plan = plan_incidents(network, options);
  std::string text = "element,start,end,fault_type\n";
  for (const std::string& row :
       label_rows(plan, network, options.period, options.first_slot(), options.end_slot()))
    text += row + "\n";
  const test::TempFile file(text);
  return ingest::Incidents::read({file.path()}, options.period);
}

// Counters remember what a fault did to them.
bool same_but_counters(const std::vector<double>& a, const std::vector<double>& b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (i == kTraffic || i == kSignalling || i == kBackhaulLost) continue;
    if (a[i] != b[i] && !(std::isnan(a[i]) && std::isnan(b[i]))) return false;
  }
  return true;
}

TEST_CASE("a simulated fault changes what its label or an ignore row covers, and nothing else") {
  const Options options = with_faults({}, 12);
  const ingest::Incidents labels = labels_of(options);
  const Reports faulty = reports(options);
  std::map<std::string, int> changed;
  for (const auto& [where, calm] : reports(calm_network(30, 4))) {
    const std::string& label = labels.label(where.first, where.second * options.period.count());
    const bool same = same_but_counters(calm, faulty.at(where));
    if (label == ingest::kNormal && !same)
      FAIL_CHECK(where.first << " differs in slot " << where.second << ", which is normal");
    changed[label] += same ? 0 : 1;
  }
  for (const FaultType& type : fault_types()) {
    CAPTURE(type.name);
    CHECK(changed[type.name] > 0);
  }
  CHECK(changed[ingest::kIgnore] > 0);
}

// Mean over the label's slots of the busy hours, with the fault and without.
struct Shift {
  double with = 0;
  double without = 0;
  int count = 0;
};

Shift shift(const std::string& fault, const std::string& label, int field) {
  const Options options = with_faults({fault}, 10);
  const ingest::Incidents labels = labels_of(options);
  const Reports faulty = reports(options);
  Shift result;
  for (const auto& [where, calm] : reports(calm_network(30, 4))) {
    const auto hour = where.second / 4 % 24;
    if (hour < 9 || hour > 21) continue;
    if (labels.label(where.first, where.second * options.period.count()) != label) continue;
    const double with = faulty.at(where)[static_cast<std::size_t>(field)];
    const double without = calm[static_cast<std::size_t>(field)];
    if (std::isnan(with) || std::isnan(without)) continue;
    result.with += with;
    result.without += without;
    ++result.count;
  }
  return result;
}

TEST_CASE("each simulated fault moves the KPIs it is known by, its own and its neighbours'") {
  struct Case {
    const char* fault;
    int field;
    double least;  // ratio of the field's sum with and without the fault
    double most;
    bool neighbours = false;
  };
  const std::vector<Case> cases = {
      {"antenna_tilt", kCqi, 0.7, 0.95},
      {"antenna_tilt", kUsers, 1.02, 2, true},
      {"backhaul_loss", kThroughput, 0, 0.3},
      {"backhaul_loss", kUsers, 1.05, 2, true},
      {"cell_outage", kRrcAttempts, 0, 0},
      {"cell_outage", kAvailable, 0, 0},
      {"cell_outage", kUsers, 1.1, 2, true},
      {"clock_loss", kTimingError, 10, 1000},
      {"crash_loop", kAvailable, 0.3, 0.9},
      {"event_congestion", kUsers, 2, 12},
      {"event_congestion", kUsers, 1.2, 3, true},
      {"feeder_loss", kImbalance, 2, 20},
      {"licence_limit", kRrcSuccesses, 0.4, 0.95},
      {"pci_confusion", kHandoverSuccesses, 0.5, 0.9},
      {"pci_confusion", kHandoverSuccesses, 0.8, 0.99, true},
      {"power_saving_stuck", kPrbDownlink, 1.2, 3},
      {"power_saving_stuck", kThroughput, 0.2, 0.8},
      {"signalling_storm", kRrcAttempts, 1.7, 8},
      {"signalling_storm", kCpu, 1.3, 4},
      {"sleeping_cell", kRrcAttempts, 0.001, 0.3},
      {"sleeping_cell", kAvailable, 1, 1},
      {"transport_degradation", kBackhaulDelay, 1.5, 15},
      {"uplink_interference", kRrcSuccesses, 0.7, 0.99},
  };
  std::set<std::string> shown;
  for (const Case& c : cases) {
    CAPTURE(c.fault);
    CAPTURE(field_names()[static_cast<std::size_t>(c.field)]);
    CAPTURE(c.neighbours);
    const Shift found = shift(c.fault, c.neighbours ? ingest::kIgnore : c.fault, c.field);
    REQUIRE(found.count > 20);
    CHECK(found.with / found.without >= c.least);
    CHECK(found.with / found.without <= c.most);
    shown.insert(c.fault);
  }
  CHECK(shown.size() == fault_types().size());
}

TEST_CASE("simulated incidents keep apart, leave a calm start and never cross the split") {
  Options options;
  options.incidents_per_day = 20;
  const Network network = make_network(options.elements, options.seed);
  const IncidentPlan plan = plan_incidents(network, options);
  std::map<int, std::vector<std::pair<std::int64_t, std::int64_t>>> of_cell;
  std::map<std::string, std::size_t> of_type;
  for (const PlannedIncident& incident : plan.incidents) {
    CHECK(incident.first_slot >= options.first_slot() + 36 + kWindow);
    const bool held_out = incident.first_slot >= options.first_held_out();
    CHECK(incident.end_slot <= (held_out ? options.end_slot() : options.first_held_out()));
    CHECK(incident.end_slot - incident.first_slot >= 4);
    ++of_type[incident.type->name];
    for (const StruckCell& struck : incident.cells) {
      for (const auto& [begin, end] : of_cell[struck.cell])
        CHECK((incident.first_slot >= end + kWindow || incident.end_slot + kWindow <= begin));
      of_cell[struck.cell].emplace_back(incident.first_slot, incident.end_slot);
    }
  }
  CHECK(plan.wanted == 270);  // 20 a day on 13.5 days
  CHECK(plan.incidents.size() > 200);
  CHECK(of_type.size() == fault_types().size());
}

TEST_CASE("simulated fault types come in turn") {
  Options options;
  options.faults = {"cell_outage", "pci_confusion", "feeder_loss"};
  options.incidents_per_day = 3;
  const IncidentPlan plan = plan_incidents(make_network(60, 1), options);
  std::map<std::string, int> of_type;
  for (const auto& incident : plan.incidents) ++of_type[incident.type->name];
  REQUIRE(of_type.size() == 3);
  for (const auto& [name, count] : of_type) CHECK(std::abs(count - of_type["cell_outage"]) <= 2);
}

TEST_CASE("labels of simulated incidents name the cell, or all of a site or an area") {
  const Network network = make_network(30, 1);
  CHECK(network.cells[4].name == "area01-site0002-2");
  CHECK(site_glob(network.cells[4]) == "area01-site0002-*");
  CHECK(area_glob(network.cells[4]) == "area01-*");
  const Options options = with_faults({"signalling_storm", "backhaul_loss", "sleeping_cell"}, 9);
  for (const auto& incident : plan_incidents(network, options).incidents)
    for (const StruckCell& struck : incident.cells)
      CHECK(ingest::glob_matches(incident.element,
                                 network.cells[static_cast<std::size_t>(struck.cell)].name) ==
            struck.own);
}

TEST_CASE("a simulation without room for incidents, or of an unknown fault, says so") {
  Options options;
  options.duration = std::chrono::hours(24);
  CHECK(test::error_of([&] { Simulation simulation(options); }) ==
        "--days, --period: the part to train on has 67 periods; incidents need at least 100 (the "
        "baselines' start, a window, and the longest incident)");
  options.duration = std::chrono::hours(72);
  options.held_out = 0.1;
  CHECK(test::error_of([&] { Simulation simulation(options); }) ==
        "--held-out: the part held out has 29 periods; incidents need at least 52, or give 0");
  options.held_out = 0;
  options.faults = {"cell_outage", "gremlins"};
  const std::string error = test::error_of([&] { Simulation simulation(options); });
  options.faults = {};
  options.incidents_per_day = 0;
  options.duration = std::chrono::hours(1);
  CHECK(Simulation(options).records() == 60 * 4);  // to measure load with, an hour will do
  CHECK(error.rfind("--faults: 'gremlins' is no fault type; there are antenna_tilt, ", 0) == 0);
}

}  // namespace simulation_incidents_test
}  // namespace faultprint::daemon::simulation
