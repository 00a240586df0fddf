#include "daemon/dataset.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "daemon/network_statistics.h"
#include "error_of.h"
#include "file_bytes.h"
#include "hand_made_model.h"

namespace faultprint::daemon {
namespace dataset_test {

using doctest::Approx;
using ingest::Incident;
using ingest::Incidents;
using test::kMissing;
using test::kSecond;

Incident incident(const std::string& element, std::int64_t first_slot, std::int64_t end_slot,
                  const std::string& type) {
  return test::incident_of(element, first_slot * test::kPeriod, end_slot * test::kPeriod, type);
}

// A small wave on both KPIs; a is 20 higher where `high` says so. Slots from 1000, on two elements.
std::string csv(int slots, const std::function<bool(const std::string&, int)>& high) {
  std::string text = "time,element,a,b\n";
  for (int i = 0; i < slots; ++i)
    for (const char* element : {"e", "f"}) {
      const int slot = 1000 + i;
      const int wave = i % 4 < 2 ? 1 : -1;
      text += std::to_string(slot * 10 + 3) + "," + element + "," +
              std::to_string(wave + (high(element, slot) ? 20 : 0)) + "," +
              std::to_string(2 * wave) + "\n";
    }
  return text;
}

Dataset read(const std::string& history, const Incidents& incidents, DatasetOptions options = {},
             const config::Config& config = test::hand_made_config()) {
  const test::Folder folder;
  test::write_bytes(folder.file("h.csv"), history);
  return read_dataset(config, {{folder.file("h.csv")}, {}}, incidents, options, {});
}

// The row of a window, by element ("e" is 0) and newest slot; -1 where there is none.
int row_of(const Dataset& data, int element, std::int64_t slot) {
  for (std::size_t i = 0; i < data.windows.size(); ++i)
    if (data.windows.elements[i] == element && data.windows.slots[i] == slot)
      return static_cast<int>(i);
  return -1;
}

bool during_1040(const std::string& element, int slot) {
  return element == "e" && slot >= 1040 && slot < 1048;
}

TEST_CASE("a slot carries the label that holds at its start") {
  Incident row = incident("e", 10, 20, "loss");
  row.start_us += 1;  // slot 10 began before it
  row.end_us -= 1;    // slot 19 is inside, slot 20 not
  const Incidents incidents({row});
  SlotLabels labels(incidents, config::Microseconds(test::kPeriod));
  CHECK(*labels.at("e", 10, false).name == "normal");
  CHECK(labels.at("e", 10, false).row == nullptr);
  CHECK(*labels.at("e", 11, false).name == "loss");
  CHECK(labels.at("e", 19, false).row == &incidents.rows()[0]);
  CHECK(*labels.at("e", 20, false).name == "normal");
  CHECK(*labels.at("f", 11, false).name == "normal");
}

TEST_CASE(
    "a label's run counts slots in a row, and begins anew after a gap, a change or a restart") {
  const Incidents incidents({incident("e", 3, 6, "loss"), incident("e", 6, 8, "flap")});
  SlotLabels labels(incidents, config::Microseconds(test::kPeriod));
  std::vector<int> runs;
  for (int slot = 0; slot < 10; ++slot) {
    runs.push_back(labels.at("e", slot, slot == 0).run);
    labels.at("f", slot, slot == 0);  // does not touch e's
  }
  CHECK(runs == std::vector<int>{1, 2, 3, 1, 2, 3, 1, 2, 1, 2});
  CHECK(labels.at("f", 10, false).run == 11);
  CHECK(labels.at("f", 12, false).run == 1);  // slot 11 was never completed
  CHECK(labels.at("f", 13, false).run == 2);
  CHECK(labels.at("f", 14, true).run == 1);
}

TEST_CASE("windows are labelled by their newest slot, from the first one scored") {
  const auto data = read(csv(80, during_1040), Incidents({incident("e", 1040, 1048, "loss")}));
  CHECK(data.windows.class_names == std::vector<std::string>{"normal", "loss"});
  CHECK(data.elements == 2);
  CHECK(row_of(data, 0, 1003) == -1);  // learning
  REQUIRE(row_of(data, 0, 1004) >= 0);
  CHECK(data.windows.size() == 2 * (80 - 4));
  for (int slot = 1004; slot < 1080; ++slot) {
    CAPTURE(slot);
    const auto row = static_cast<std::size_t>(row_of(data, 0, slot));
    CHECK(data.windows.labels[row] == (slot >= 1040 && slot < 1048 ? 1 : 0));
    CHECK(data.windows.incidents[row] == (slot >= 1040 && slot < 1048 ? 0 : -1));
    CHECK(data.windows.labels[static_cast<std::size_t>(row_of(data, 1, slot))] == 0);
  }
  CHECK(data.windows.windows.rows() == static_cast<Eigen::Index>(data.windows.size()));
  CHECK(data.windows.windows.cols() == 8);
  // The newest slot of a fault's first window: far above its baseline.
  CHECK(data.windows.windows(row_of(data, 0, 1040), 6) > 5);
  CHECK(data.windows.windows(row_of(data, 0, 1040), 4) < 5);
  CHECK(data.first_us == 1001 * test::kPeriod);
  CHECK(data.last_us == 1080 * test::kPeriod);
  CHECK(data.incidents == std::map<std::string, std::size_t>{{"loss", 1}});
  CHECK(data.carry_over.size() == 2);
}

TEST_CASE("windows about an uncertain start or end are neither normal nor fault") {
  // The ticket came two slots late and was closed two slots early.
  Incident late = incident("e", 1042, 1046, "loss");
  late.uncertainty_us = 2 * test::kPeriod;
  const auto data =
      read(csv(80, during_1040), Incidents({late}, config::Microseconds(test::kPeriod)));
  CHECK(row_of(data, 0, 1039) >= 0);
  CHECK(row_of(data, 0, 1048) >= 0);
  std::vector<int> labels;
  for (int slot = 1040; slot < 1048; ++slot) {
    const int row = row_of(data, 0, slot);
    labels.push_back(row < 0 ? -1 : data.windows.labels[static_cast<std::size_t>(row)]);
  }
  // The middle third of four slots holds one slot's start at least.
  CHECK(std::count(labels.begin(), labels.end(), 0) == 0);
  CHECK(std::count(labels.begin(), labels.end(), 1) >= 1);
  CHECK(labels[0] == -1);
  CHECK(labels[7] == -1);
  CHECK(data.incidents == std::map<std::string, std::size_t>{{"loss", 1}});
  for (int slot = 1040; slot < 1048; ++slot) CHECK(row_of(data, 1, slot) >= 0);  // f was healthy
}

TEST_CASE("a window of normal is pure when all its slots are, a fault's by the share asked for") {
  for (const double share : {0.0, 0.5, 1.0}) {
    CAPTURE(share);
    DatasetOptions options;
    options.pure_share = share;
    const auto data =
        read(csv(80, during_1040), Incidents({incident("e", 1040, 1048, "loss")}), options);
    const auto pure = [&](std::int64_t slot) {
      return data.windows.pure[static_cast<std::size_t>(row_of(data, 0, slot))] != 0;
    };
    CHECK(pure(1039));
    CHECK(pure(1040) == (share <= 0.25));
    CHECK(pure(1041) == (share <= 0.5));
    CHECK(pure(1042) == (share <= 0.75));
    CHECK(pure(1043));
    CHECK_FALSE(pure(1048));
    CHECK_FALSE(pure(1050));
    CHECK(pure(1051));
  }
}

TEST_CASE("windows of an incident that look calm are not used") {
  // Labelled for 20 slots, but only the first 8 move.
  const auto data = read(csv(80, during_1040), Incidents({incident("e", 1040, 1060, "loss")}));
  CHECK(data.calm_deviation == 2.0F);
  int unused = 0;
  for (int slot = 1040; slot < 1060; ++slot) {
    CAPTURE(slot);
    const bool used = data.windows.labels[static_cast<std::size_t>(row_of(data, 0, slot))] == 1;
    if (slot < 1048) CHECK(used);
    if (slot >= 1052) CHECK_FALSE(used);  // none of its 4 slots moves
    unused += used ? 0 : 1;
  }
  CHECK(data.calm == static_cast<std::size_t>(unused));
}

TEST_CASE("a subtle fault is kept: calm gives way until a fifth of its windows is left") {
  const auto data = read(csv(80, [](const auto&, int) { return false; }),
                         Incidents({incident("e", 1040, 1060, "loss")}));
  CHECK(data.calm_deviation < 2.0F);
  const auto left = std::count(data.windows.labels.begin(), data.windows.labels.end(), 1);
  CHECK(left >= 4);
}

TEST_CASE("rows to ignore give no window, and with `normal` rows nothing else is normal") {
  const auto ignored =
      read(csv(80, during_1040),
           Incidents({incident("e", 1040, 1048, "loss"), incident("*", 1060, 1070, "ignore")}));
  CHECK(row_of(ignored, 0, 1059) >= 0);
  CHECK(row_of(ignored, 0, 1060) == -1);
  CHECK(row_of(ignored, 1, 1069) == -1);
  CHECK(row_of(ignored, 0, 1070) >= 0);
  const auto stretches =
      read(csv(80, during_1040),
           Incidents({incident("e", 1040, 1048, "loss"), incident("e", 1010, 1020, "normal")}));
  CHECK(stretches.normal_seen == 10);
  CHECK(stretches.windows.size() == 18);
}

TEST_CASE("a fault type without a window is no class") {
  const auto data = read(
      csv(80, during_1040),
      Incidents({incident("elsewhere", 1040, 1048, "alpha"), incident("e", 1040, 1048, "loss")}));
  CHECK(data.windows.class_names == std::vector<std::string>{"normal", "loss"});
  CHECK(std::count(data.windows.labels.begin(), data.windows.labels.end(), 1) == 8);
  CHECK(data.windows.incidents[static_cast<std::size_t>(row_of(data, 0, 1040))] == 1);
}

TEST_CASE("of many normal windows a uniform sample is kept, the same for the same seed") {
  DatasetOptions options;
  options.max_normal = 200;
  const Incidents incidents({incident("e", 1040, 1048, "loss")});
  const auto data = read(csv(1000, during_1040), incidents, options);
  CHECK(data.normal_seen == 2 * 996 - 8);
  CHECK(std::count(data.windows.labels.begin(), data.windows.labels.end(), 0) == 200);
  CHECK(std::count(data.windows.labels.begin(), data.windows.labels.end(), 1) == 8);
  double mean = 0;
  for (std::size_t i = 0; i < data.windows.size(); ++i)
    if (data.windows.labels[i] == 0)
      mean += static_cast<double>(data.windows.slots[i] - 1500) / 200;
  CHECK(std::abs(mean) < 4 * 288 / std::sqrt(200.0));  // uniform over 1004 .. 1999
  CHECK(read(csv(1000, during_1040), incidents, options).windows.slots == data.windows.slots);
}

TEST_CASE("the network's figures come from normal slots, within elements") {
  const auto data = read(csv(80, during_1040), Incidents({incident("e", 1040, 1048, "loss")}));
  REQUIRE(data.input.network.size() == 2);
  CHECK(std::abs(data.input.network[0].mean) < 0.1);  // the 20s are left out
  // Runs of four slots, two at 1 and two at -1: sqrt(4 / 3).
  CHECK(data.input.network[0].deviation == Approx(std::sqrt(4.0 / 3)).epsilon(0.01));
  CHECK(data.input.network[1].deviation == Approx(2 * std::sqrt(4.0 / 3)).epsilon(0.01));
}

TEST_CASE("baseline none: mean and deviation of all values, incidents included") {
  auto config = test::hand_made_config();
  config.group().stream.baseline.none = true;
  const auto data =
      read(csv(80, during_1040), Incidents({incident("e", 1040, 1048, "loss")}), {}, config);
  CHECK(data.input.network[0].mean == Approx(8 * 20 / 160.0).epsilon(1e-6));
  CHECK(data.input.network[0].deviation == Approx(std::sqrt(1 + 400 * 0.05 - 1)).epsilon(1e-6));
  CHECK(data.calm == 0);
  CHECK(data.calm_deviation == 0);
}

TEST_CASE("baseline none: what is to be ignored has no part in mean and deviation") {
  auto config = test::hand_made_config();
  config.group().stream.baseline.none = true;
  const auto high = [](const std::string& e, int slot) { return e == "f" && slot >= 1040; };
  const Incidents ignoring({incident("f", 1040, 2000, "ignore")});
  const auto network = read(csv(80, high), ignoring, {}, config).input.network;
  CHECK(network[0].mean == Approx(0).epsilon(0.01));
  CHECK(network[0].deviation == Approx(1).epsilon(0.05));
}

TEST_CASE("network statistics: the median over runs of `start` slots, each within its element") {
  config::InputSpec input = test::gauges(1, 4, 3);
  NetworkStatistics statistics(input);
  const auto add = [&](std::uint32_t element, const std::vector<double>& values) {
    for (const double x : values) statistics.add(element, {&x, 1});
  };
  add(0, {0, 2, 4});                // deviation 2
  add(1, {100, 103, 106});          // 3
  add(0, {0, 1000, 2000});          // 1000: one disturbed run of five
  add(2, {7, kMissing, 8});         // sqrt(.5), of what is there
  add(1, {5, kMissing, kMissing});  // of one value: none
  add(3, {50, 54});                 // 2.83, an open run
  const auto network = statistics.result();
  REQUIRE(network.size() == 1);
  CHECK(network[0].deviation == Approx(std::sqrt(8.0)).epsilon(1e-6));
  CHECK(network[0].mean == Approx((6 + 309 + 3000 + 15 + 5 + 104) / 14.0));
}

TEST_CASE("a KPI that was never seen has neither mean nor deviation") {
  NetworkStatistics statistics(test::gauges(1));
  CHECK(statistics.result()[0] == config::NetworkKpi{0, 0});
}

TEST_CASE("rejected records are counted, and history of no use is an error") {
  const auto data = read(csv(80, during_1040) + "10,e,1,1\n", Incidents());
  CHECK(data.rejects[static_cast<std::size_t>(ingest::RejectReason::late)] == 1);
  CHECK(data.rejects[0] == 160);  // those used
  const auto error = [](const std::string& history) {
    return test::error_of([&] { read(history, Incidents()); });
  };
  CHECK(error("time,element,a,b\n10000,e,1,2\n").find("are its columns, period and window") !=
        std::string::npos);
  std::string newest_first = "time,element,a,b\n";
  for (int slot = 1080; slot > 1000; --slot) newest_first += std::to_string(slot * 10) + ",e,1,2\n";
  CHECK(error(newest_first)
            .find("no window could be made of the history: 79 of 80 records were "
                  "rejected, most as ") == 0);
}

}  // namespace dataset_test
}  // namespace faultprint::daemon
