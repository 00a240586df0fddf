#include "daemon/metrics_alarms.h"

#include <doctest/doctest.h>

#include <string>

#include "daemon/metrics.h"
#include "tests/unit/exposition.h"

namespace faultprint::daemon {
namespace metrics_alarms_test {

using testing::count;
using testing::fault_in;
using testing::has_line;

TEST_CASE("an alarm is one series from its raise to its clearing") {
  Metrics metrics;
  metrics.alarm_raised("a1", "leaf1", "link_down", "major");
  metrics.alarm_raised("a1", "leaf1", "link_down", "major");
  const std::string series =
      "faultprint_alarm_active{element=\"leaf1\",fault_type=\"link_down\",severity=\"major\"} 1";
  const std::string total =
      "faultprint_alarms_active{fault_type=\"link_down\",severity=\"major\"} ";
  CHECK(has_line(metrics.render(), series));
  CHECK(has_line(metrics.render(), total + "1"));
  metrics.alarm_cleared("a1");
  metrics.alarm_cleared("a1");
  const std::string text = metrics.render();
  CHECK(count(text, "faultprint_alarm_active{") == 0);
  CHECK(has_line(text, total + "0"));
  CHECK(has_line(text, "faultprint_alarms_raised_total{fault_type=\"link_down\"} 1"));
  CHECK(has_line(text, "faultprint_alarms_cleared_total 1"));
}

TEST_CASE("alarms that are held up for flapping are counted") {
  Metrics metrics;
  CHECK(has_line(metrics.render(), "faultprint_alarms_flapping_total 0"));
  metrics.alarm_flapping();
  CHECK(has_line(metrics.render(), "faultprint_alarms_flapping_total 1"));
}

TEST_CASE("a folded alarm is counted and has no series of its own") {
  Metrics metrics;
  metrics.alarm_folded("a1", "leaf1", "link_down", "major");
  metrics.alarm_folded("a1", "leaf1", "link_down", "major");
  metrics.alarm_restored("a2", "leaf2", "link_down", "major", {}, true);
  std::string text = metrics.render();
  CHECK(count(text, "faultprint_alarm_active{") == 0);
  const std::string total =
      "faultprint_alarms_active{fault_type=\"link_down\",severity=\"major\"} ";
  CHECK(has_line(text, total + "2"));
  CHECK(has_line(text, "faultprint_alarms_folded_total 1"));
  CHECK(has_line(text, "faultprint_alarms_raised_total{fault_type=\"link_down\"} 1"));
  CHECK(has_line(text, "faultprint_alarm_series_dropped 0"));
  metrics.alarm_cleared("a1");
  metrics.alarm_cleared("a2");
  text = metrics.render();
  CHECK(has_line(text, total + "0"));
  CHECK(has_line(text, "faultprint_alarms_cleared_total 2"));
}

TEST_CASE("what an alarm has become is counted and said, its series' labels stay") {
  Metrics metrics;
  metrics.alarm_raised("a1", "leaf1", "unknown", "warning");
  ActiveAlarm alarm;
  alarm.id = "a1";
  alarm.fault_type = "link_down";
  alarm.severity = "critical";
  metrics.alarm_told(alarm);
  const std::string text = metrics.render();
  CHECK(has_line(text, "faultprint_alarms_active{fault_type=\"unknown\",severity=\"warning\"} 0"));
  CHECK(
      has_line(text, "faultprint_alarms_active{fault_type=\"link_down\",severity=\"critical\"} 1"));
  const std::string raised_as = "{element=\"leaf1\",fault_type=\"unknown\",severity=\"warning\"";
  CHECK(has_line(text, "faultprint_alarm_active" + raised_as + "} 1"));
  CHECK(count(text, "faultprint_alarm_info" + raised_as +
                        ",now=\"link_down\",now_severity=\"critical\",since=") == 1);
  metrics.alarm_cleared("a1");
  CHECK(has_line(metrics.render(),
                 "faultprint_alarms_active{fault_type=\"link_down\",severity=\"critical\"} 0"));
}

TEST_CASE("fault types a model knows are counted from zero") {
  Metrics metrics;
  metrics.fault_types({"link_down", "port_flap"});
  metrics.alarm_raised("a1", "leaf1", "link_down", "major");
  metrics.fault_types({"link_down", "fibre_cut"});
  const std::string text = metrics.render();
  CHECK(has_line(text, "faultprint_alarms_raised_total{fault_type=\"link_down\"} 1"));
  CHECK(has_line(text, "faultprint_alarms_raised_total{fault_type=\"port_flap\"} 0"));
  CHECK(has_line(text, "faultprint_alarms_raised_total{fault_type=\"fibre_cut\"} 0"));
}

TEST_CASE("an alarm restored or handed over is neither raised nor cleared here") {
  Metrics metrics;
  metrics.alarm_restored("a1", "leaf1", "link_down", "major");
  CHECK(count(metrics.render(), "faultprint_alarm_active{") == 1);
  metrics.alarm_handed_over("a1");
  const std::string text = metrics.render();
  CHECK(count(text, "faultprint_alarm_active{") == 0);
  CHECK(count(text, "faultprint_alarms_raised_total{fault_type=\"link_down\"}") == 0);
  CHECK(has_line(text, "faultprint_alarms_cleared_total 0"));
}

TEST_CASE("two alarms with the same labels are one series, until both are cleared") {
  Metrics metrics;
  metrics.alarm_raised("a1", "leaf1", "link_down", "major");
  metrics.alarm_raised("a2", "leaf1", "link_down", "major");
  CHECK(fault_in(metrics.render()) == "");
  CHECK(count(metrics.render(), "faultprint_alarm_active{") == 1);
  CHECK(has_line(metrics.render(),
                 "faultprint_alarms_active{fault_type=\"link_down\",severity=\"major\"} 2"));
  metrics.alarm_cleared("a1");
  CHECK(count(metrics.render(), "faultprint_alarm_active{") == 1);
  metrics.alarm_cleared("a2");
  CHECK(count(metrics.render(), "faultprint_alarm_active{") == 0);
}

TEST_CASE("names that differ only in invalid bytes do not become the same series twice") {
  Metrics metrics;
  metrics.alarm_raised("a1", "leaf\xFE", "link_down", "major");
  metrics.alarm_raised("a2", "leaf\xFF", "link_down", "major");
  CHECK(fault_in(metrics.render()) == "");
  CHECK(count(metrics.render(), "faultprint_alarm_active{") == 1);
}

TEST_CASE("alarms over the cap are counted, and move up when one goes") {
  Metrics metrics(2);
  for (const char* element : {"c", "b", "a"}) {
    metrics.alarm_raised(element, element, "link_down", "minor");
  }
  std::string text = metrics.render();
  CHECK(count(text, "faultprint_alarm_active{") == 2);
  CHECK(count(text, "faultprint_alarm_active{element=\"a\"") == 0);
  CHECK(has_line(text, "faultprint_alarm_series_dropped 1"));
  CHECK(has_line(text, "faultprint_alarms_active{fault_type=\"link_down\",severity=\"minor\"} 3"));
  metrics.alarm_cleared("c");
  text = metrics.render();
  CHECK(count(text, "faultprint_alarm_active{element=\"a\"") == 1);
  CHECK(has_line(text, "faultprint_alarm_series_dropped 0"));
}

TEST_CASE("fault types and severities are bounded where series stay") {
  Metrics metrics(5);
  for (int i = 0; i < 1200; ++i) {
    const std::string id = std::to_string(i);
    metrics.alarm_raised(id, "leaf", "type" + id, i % 2 == 0 ? "major" : "made_up" + id);
    metrics.alarm_cleared(id);
  }
  const std::string text = metrics.render();
  CHECK(count(text, "faultprint_alarms_raised_total{") == 1001);
  CHECK(has_line(text, "faultprint_alarms_raised_total{fault_type=\"other\"} 203"));
  CHECK(count(text, "faultprint_alarms_active{") == 999);
  CHECK(text.find("made_up") == std::string::npos);
}

}  // namespace metrics_alarms_test
}  // namespace faultprint::daemon
