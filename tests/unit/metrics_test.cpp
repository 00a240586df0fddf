#include "daemon/metrics.h"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <thread>
#include <vector>

#include "daemon/active_alarm.h"
#include "tests/unit/exposition.h"

namespace faultprint::daemon {
namespace metrics_test {

const ingest::TopicPartition kWhere{"kpis", 3};

using testing::count;
using testing::fault_in;
using testing::has_line;

void use_everything(Metrics& metrics) {
  metrics.elements(kWhere, 40);
  metrics.silent_elements(kWhere, 2);
  metrics.lag(kWhere, 17);
  metrics.watermark(kWhere, 1700000000.5);
  metrics.alarm_raised("a1", "leaf1", "link_down", "major");
  metrics.model("0123abcd", "dense", true);
  metrics.snapshot_written(1700000001, 4096);
}

TEST_CASE("the reader of these tests accepts no broken exposition") {
  CHECK(fault_in("a 1\na{x=\"y\\\\\",z=\"\"} +Inf\n") == "");
  for (const char* broken :
       {"", "a 1", "a\n", "a x\n", "a{} 1\n", "a{x=\"y} 1\n", "a{x=\"\\t\"} 1\n", "a{x=\"y\"}1\n",
        "a 1\na 2\n", "a{x=\"two\nlines\"} 1\n", "# x\n"}) {
    CAPTURE(broken);
    CHECK(fault_in(broken) != "");
  }
}

TEST_CASE("every documented metric is there, with its help and type") {
  Metrics metrics;
  use_everything(metrics);
  const std::string text = metrics.render();
  const std::map<std::string, std::vector<std::string>> names{
      {"counter", {"faultprint_records_total",         "faultprint_record_bytes_total",
                   "faultprint_samples_total",         "faultprint_records_rejected_total",
                   "faultprint_unknown_kpis_total",    "faultprint_windows_scored_total",
                   "faultprint_verdicts_total",        "faultprint_alarms_raised_total",
                   "faultprint_alarms_cleared_total",  "faultprint_alarms_withheld_total",
                   "faultprint_alarms_late_total",     "faultprint_alarms_flapping_total",
                   "faultprint_alarms_folded_total",   "faultprint_elements_relearned_total",
                   "faultprint_snapshots_total",       "faultprint_snapshot_failures_total",
                   "faultprint_config_reloads_total",  "faultprint_output_failures_total",
                   "faultprint_clock_steps_total",     "faultprint_http_connections_dropped_total",
                   "faultprint_records_skipped_total", "faultprint_control_records_total",
                   "process_cpu_seconds_total"}},
      {"histogram", {"faultprint_stage_duration_seconds", "faultprint_verdict_latency_seconds"}},
      {"gauge",
       {"faultprint_elements",
        "faultprint_elements_silent",
        "faultprint_elements_in_several_partitions",
        "faultprint_consumer_lag_records",
        "faultprint_watermark_timestamp_seconds",
        "faultprint_alarms_active",
        "faultprint_alarm_active",
        "faultprint_alarm_info",
        "faultprint_alarm_series_dropped",
        "faultprint_model_info",
        "faultprint_model_usable",
        "faultprint_ready",
        "faultprint_build_info",
        "faultprint_config_last_reload_successful",
        "faultprint_config_last_reload_success_timestamp_seconds",
        "faultprint_snapshot_last_timestamp_seconds",
        "faultprint_snapshot_bytes",
        "faultprint_last_record_timestamp_seconds",
        "faultprint_last_verdict_timestamp_seconds",
        "faultprint_stream_lateness_seconds",
        "faultprint_stream_period_seconds",
        "faultprint_memory_predicted_bytes",
        "faultprint_http_connections",
        "faultprint_model_self_test",
        "faultprint_web_config_last_reload_successful",
        "process_max_fds",
        "process_start_time_seconds",
        "process_resident_memory_bytes",
        "process_open_fds"}}};
  std::size_t known = 0;
  for (const auto& [type, of_type] : names) {
    known += of_type.size();
    for (const auto& name : of_type) {
      CAPTURE(name);
      CHECK(count(text, std::string("# TYPE ").append(name).append(" ").append(type)) == 1);
      CHECK(count(text, "# HELP " + name + " ") == 1);
      CHECK(count(text, name) > 0);
    }
  }
  CHECK(count(text, "# TYPE ") == known);
  CHECK(fault_in(text) == "");
}

TEST_CASE("reasons, outcomes and stages start at zero, so that a first increase is seen") {
  const std::string text = Metrics().render();
  CHECK(count(text, "faultprint_records_rejected_total{") == ingest::kRejectReasons - 1);
  CHECK(count(text, "faultprint_records_rejected_total{reason=\"none\"}") == 0);
  CHECK(has_line(text, "faultprint_records_rejected_total{reason=\"late\"} 0"));
  CHECK(has_line(text, "faultprint_verdicts_total{verdict=\"not_scored\"} 0"));
  CHECK(has_line(text, "faultprint_stage_duration_seconds_count{stage=\"decode\"} 0"));
  CHECK(has_line(text, "faultprint_alarms_raised_total{fault_type=\"unknown\"} 0"));
  CHECK(has_line(text, "faultprint_config_last_reload_successful 1"));
}

TEST_CASE("what is counted is shown") {
  Metrics metrics;
  metrics.records(3, 700);
  metrics.records(2, 300);
  metrics.records_skipped(7);
  ingest::RejectCounts samples{};
  samples[static_cast<std::size_t>(ingest::RejectReason::none)] = 30;
  samples[static_cast<std::size_t>(ingest::RejectReason::late)] = 4;
  metrics.samples(samples);
  metrics.samples(samples);
  metrics.verdicts(Outcome::fault, 6);
  metrics.stage_time(Stage::score, 0.003);
  metrics.verdict_latency(0.02);
  metrics.last_record(1700000000.25);
  const std::string text = metrics.render();
  CHECK(has_line(text, "faultprint_records_skipped_total 7"));
  CHECK(has_line(text, "faultprint_records_total 5"));
  CHECK(has_line(text, "faultprint_record_bytes_total 1000"));
  CHECK(has_line(text, "faultprint_samples_total 68"));
  CHECK(has_line(text, "faultprint_records_rejected_total{reason=\"late\"} 8"));
  CHECK(has_line(text, "faultprint_verdicts_total{verdict=\"fault\"} 6"));
  CHECK(
      has_line(text, "faultprint_stage_duration_seconds_bucket{stage=\"score\",le=\"0.0025\"} 0"));
  CHECK(has_line(text, "faultprint_stage_duration_seconds_bucket{stage=\"score\",le=\"0.005\"} 1"));
  CHECK(has_line(text, "faultprint_verdict_latency_seconds_bucket{le=\"0.01\"} 0"));
  CHECK(has_line(text, "faultprint_verdict_latency_seconds_bucket{le=\"0.025\"} 1"));
  CHECK(has_line(text, "faultprint_last_record_timestamp_seconds 1700000000.25"));
}

TEST_CASE("a partition's gauges go with it, and an unknown lag is no lag of zero") {
  Metrics metrics;
  use_everything(metrics);
  const std::string labels = "{partition=\"3\",topic=\"kpis\"}";
  CHECK(has_line(metrics.render(), "faultprint_consumer_lag_records" + labels + " 17"));
  metrics.lag(kWhere, -1);
  CHECK(count(metrics.render(), "faultprint_consumer_lag_records{") == 0);
  CHECK(has_line(metrics.render(), "faultprint_elements" + labels + " 40"));
  metrics.partition_revoked(kWhere);
  metrics.partition_revoked(kWhere);
  CHECK(metrics.render().find("topic=") == std::string::npos);
  metrics.elements(kWhere, 5);
  CHECK(has_line(metrics.render(), "faultprint_elements" + labels + " 5"));
}

TEST_CASE("the exposition stays valid whatever elements are called") {
  Metrics metrics;
  int id = 0;
  for (const char* name :
       {"two\nlines", "say \"x\"", "back\\slash", "a\\nb", "caf\xC3\xA9", "\xFF\xFE", "",
        "} 1\nforged{x=\"y\"", "tab\tcr\r", "{{ evil }}", "\xF0\x9F\x93\xA1"}) {
    metrics.alarm_raised(std::to_string(++id), name, name, name);
    metrics.elements({name, 1}, 1);
  }
  metrics.model("f\n\"", "d\\", true);
  const std::string text = metrics.render();
  CHECK(fault_in(text) == "");
  CHECK(has_line(text, R"(faultprint_elements{partition="1",topic="two\nlines"} 1)"));
  CHECK(count(text, R"(faultprint_alarm_active{element="say \"x\"")") == 1);
  CHECK(count(text, "faultprint_alarm_active{element=\"\xEF\xBF\xBD\xEF\xBF\xBD\"") == 1);
  CHECK(count(text, "forged") == 0);
}

TEST_CASE("a reload replaces the model's labels, and no model has none") {
  Metrics metrics;
  CHECK(count(metrics.render(), "faultprint_model_info{") == 0);
  metrics.model("old", "dense", true);
  metrics.model("new", "conv", true);
  CHECK(count(metrics.render(), "faultprint_model_info{") == 1);
  CHECK(
      has_line(metrics.render(), "faultprint_model_info{encoder=\"conv\",fingerprint=\"new\"} 1"));
  CHECK(has_line(metrics.render(), "faultprint_model_usable 1"));
  metrics.model("", "", false);
  CHECK(count(metrics.render(), "faultprint_model_info{") == 0);
  CHECK(has_line(metrics.render(), "faultprint_model_usable 0"));
}

TEST_CASE("a failed reload keeps the time of the last good one") {
  Metrics metrics;
  metrics.reload(true, 100);
  metrics.reload(false, 200);
  const std::string text = metrics.render();
  CHECK(has_line(text, "faultprint_config_last_reload_successful 0"));
  CHECK(has_line(text, "faultprint_config_last_reload_success_timestamp_seconds 100"));
  CHECK(has_line(text, "faultprint_config_reloads_total{result=\"success\"} 1"));
  CHECK(has_line(text, "faultprint_config_reloads_total{result=\"failure\"} 1"));
}

TEST_CASE("the start is a load of the configuration, but no reload") {
  Metrics metrics;
  metrics.loaded(100);
  const std::string text = metrics.render();
  CHECK(has_line(text, "faultprint_config_last_reload_success_timestamp_seconds 100"));
  CHECK(has_line(text, "faultprint_config_reloads_total{result=\"success\"} 0"));
  CHECK(has_line(text, "faultprint_config_reloads_total{result=\"failure\"} 0"));
}

// The value of a series, or -1.
double value_of(const std::string& text, const std::string& series) {
  for (const auto& line : testing::lines(text))
    if (line.rfind(series + " ", 0) == 0) return std::stod(line.substr(series.size() + 1));
  return -1;
}

TEST_CASE("the memory predicted follows the elements as partitions come and go") {
  Metrics metrics;
  const auto predicted = [&] {
    return value_of(metrics.render(), "faultprint_memory_predicted_bytes");
  };
  metrics.elements(kWhere, 7);
  CHECK(predicted() == 0);
  metrics.stream(5, 10, 1e6);
  CHECK(has_line(metrics.render(), "faultprint_stream_period_seconds 5"));
  CHECK(has_line(metrics.render(), "faultprint_stream_lateness_seconds 10"));
  const double before = predicted() - 7e6;
  CHECK(before > 1e6);
  metrics.elements({"kpis", 4}, 10);
  CHECK(predicted() == doctest::Approx(before + 17e6));
  metrics.partition_revoked(kWhere);
  CHECK(predicted() == doctest::Approx(before + 10e6));
}

TEST_CASE("what an alarm says by now is beside its series, whose labels stay") {
  Metrics metrics(1);
  metrics.alarm_raised("a1", "leaf1", "unknown", "major");
  metrics.alarm_raised("a2", "leaf2", "unknown", "major");  // beyond the cap
  ActiveAlarm alarm;
  alarm.fault_type = "link_down";
  alarm.severity = "minor";
  alarm.raised_us = 1498754414000000;
  alarm.reason = "say \"why\"\n\xff";
  for (const char* id : {"a1", "a2", "of another process"}) {
    alarm.id = id;
    metrics.alarm_told(alarm);
  }
  const std::string info =
      "faultprint_alarm_info{element=\"leaf1\",fault_type=\"unknown\",severity=\"major\",";
  std::string text = metrics.render();
  CHECK(fault_in(text) == "");
  CHECK(has_line(text,
                 info + "now=\"link_down\",now_severity=\"minor\",since=\"2017-06-29T16:40:14Z\","
                        "why=\"say \\\"why\\\"\\n\xEF\xBF\xBD\"} 1"));
  CHECK(count(text, "faultprint_alarm_info{") == 1);
  CHECK(has_line(text,
                 "faultprint_alarm_active{element=\"leaf1\",fault_type=\"unknown\",severity="
                 "\"major\"} 1"));
  metrics.alarm_cleared("a1");
  CHECK(count(metrics.render(), info) == 0);
}

TEST_CASE("workers count, gain and lose partitions and alarms while Prometheus scrapes") {
  Metrics metrics(10);
  std::vector<std::jthread> workers;
  workers.reserve(3);
  for (int worker = 0; worker < 3; ++worker) {
    workers.emplace_back([&metrics, worker] {
      const ingest::TopicPartition where{"kpis", worker};
      for (int i = 0; i < 200; ++i) {
        const std::string id = std::to_string(worker) + "-" + std::to_string(i);
        metrics.records(1, 100);
        metrics.elements(where, 10);
        metrics.alarm_raised(id, id, "link_down", "major");
        metrics.model(id, "dense", true);
        metrics.alarm_cleared(id);
        metrics.partition_revoked(where);
      }
    });
  }
  for (int i = 0; i < 20; ++i) CHECK(fault_in(metrics.render()) == "");
  workers.clear();
  CHECK(has_line(metrics.render(), "faultprint_records_total 600"));
}

TEST_CASE("what is told of groups of elements has their names, and none else") {
  Metrics metrics;
  metrics.groups({"routers", "cells"});
  metrics.verdicts(Outcome::fault, 3, "cells");
  metrics.windows(5, "routers");
  metrics.elements({"kpis", 3}, 4, "routers");
  metrics.elements({"kpis", 3}, 6, "cells");
  metrics.models({{"routers", "aa", "dense"}, {"cells", "bb", "conv"}}, true);
  metrics.alarm_raised("cells/x", "x", "loss", "major", {{kGroupLabel, "cells"}});
  metrics.stream(5, 10, 1e6, "routers");
  metrics.stream(900, 60, 2e6, "cells");
  const std::string text = metrics.render();
  for (const char* series :
       {"faultprint_verdicts_total{element_group=\"cells\",verdict=\"fault\"} 3",
        "faultprint_verdicts_total{element_group=\"routers\",verdict=\"fault\"} 0",
        "faultprint_windows_scored_total{element_group=\"routers\"} 5",
        "faultprint_elements{element_group=\"cells\",partition=\"3\",topic=\"kpis\"} 6",
        "faultprint_model_info{element_group=\"cells\",encoder=\"conv\",fingerprint=\"bb\"} 1",
        "faultprint_alarm_active{element=\"x\",fault_type=\"loss\",severity=\"major\","
        "element_group=\"cells\"} 1",
        "faultprint_alarms_active{fault_type=\"loss\",severity=\"major\",element_group=\"cells\"} "
        "1",
        "faultprint_alarms_raised_total{element_group=\"cells\",fault_type=\"loss\"} 1",
        "faultprint_stream_period_seconds 900", "faultprint_stream_lateness_seconds 60"}) {
    CAPTURE(series);
    CHECK(text.find("\n" + std::string(series) + "\n") != std::string::npos);
  }
  CHECK(text.find("faultprint_verdicts_total{verdict=") == std::string::npos);
  CHECK(text.find("faultprint_windows_scored_total 0") == std::string::npos);
  metrics.partition_revoked({"kpis", 3});
  CHECK(metrics.render().find("faultprint_elements{") == std::string::npos);
}

}  // namespace metrics_test
}  // namespace faultprint::daemon
