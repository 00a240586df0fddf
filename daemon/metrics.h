// Everything the daemon tells Prometheus, in one place: nothing outside metrics* knows
// prometheus-cpp. All methods are thread-safe. monitoring/metrics.md lists each metric.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "daemon/http_limits.h"
#include "daemon/inventory.h"
#include "ingest/kafka_consumer.h"
#include "ingest/reject_reason.h"

namespace faultprint::daemon {

struct ActiveAlarm;

enum class Stage { poll, decode, window, score, output, snapshot, count_ };
enum class SelfTestOutcome { passed, failed, missing, count_ };
enum class Outcome { normal, fault, unknown, not_scored, count_ };

const char* name(Stage stage);
const char* name(Outcome outcome);
const char* name(SelfTestOutcome outcome);

class Metrics {
 public:
  // max_alarm_series: active alarms shown as series of their own; further ones are only counted.
  explicit Metrics(int max_alarm_series = 1000);
  ~Metrics();

  void records(std::uint64_t count, std::uint64_t bytes);
  void records_skipped(std::uint64_t count);  // gone from the log before they were read
  // Since the last call, by what became of them; reason none: used.
  void samples(const ingest::RejectCounts& counts);
  void unknown_kpis(std::uint64_t count);
  // Which groups of elements there are: what is told of each has the label element_group. Until
  // then, and for {""}, there are none, and no such label.
  void groups(const std::vector<std::string>& names);
  void windows(std::uint64_t count, const std::string& group = "");  // scored by the encoder
  void verdicts(Outcome outcome, std::uint64_t count, const std::string& group = "");
  void stage_time(Stage stage, double seconds);  // one micro-batch
  // Wall time from the first record of a micro-batch being read to its verdicts being out.
  void verdict_latency(double seconds);
  // Once, before the first element: what the process holds now is not the elements'.
  // Of several groups the longest times count.
  void stream(double period_s, double lateness_s, double bytes_per_element,
              const std::string& group = "");
  void workers_predicted(double bytes);  // that all workers will hold, besides elements
  void elements(const ingest::TopicPartition& where, std::size_t count,
                const std::string& group = "");
  void silent_elements(const ingest::TopicPartition& where, std::size_t count,
                       const std::string& group = "");
  void lag(const ingest::TopicPartition& where, std::int64_t records);
  void watermark(const ingest::TopicPartition& where, double unix_seconds,
                 const std::string& group = "");
  void partition_revoked(const ingest::TopicPartition& where);  // drops its gauges

  // One series faultprint_alarm_active{element,fault_type,severity} 1 while it is active, with
  // further labels of the inventory; all stay as given at the raise. alarm_id as in the alarm
  // events.
  void alarm_raised(const std::string& alarm_id, const std::string& element,
                    const std::string& fault_type, const std::string& severity,
                    const AlarmLabels& more = {});
  // One without a series of its own: its group's alarm has one.
  void alarm_folded(const std::string& alarm_id, const std::string& element,
                    const std::string& fault_type, const std::string& severity,
                    const std::string& group = "");
  void alarm_cleared(const std::string& alarm_id);
  // Its partition went to another process: gone from here, but not counted as cleared.
  void alarm_handed_over(const std::string& alarm_id);
  // An alarm known from a snapshot: active, but not counted as raised.
  void alarm_restored(const std::string& alarm_id, const std::string& element,
                      const std::string& fault_type, const std::string& severity,
                      const AlarmLabels& more = {}, bool folded = false);
  // What one that is up says by now, once it was raised or restored: faultprint_alarm_info.
  void alarm_told(const ActiveAlarm& alarm);
  void alarm_withheld();  // by planned work
  void alarm_flapping();  // held up from now on
  void relearned(std::uint64_t elements);
  void in_several_partitions(std::size_t elements);
  void control_record(bool taken);
  void alarm_late();  // an event of long ago, without a series for now

  // Those that alarms may be raised with: counted from zero, so that the first one is an increase.
  void fault_types(const std::vector<std::string>& names, const std::string& group = "");
  struct Model {
    std::string group;  // "": there are none
    std::string fingerprint;
    std::string encoder;
  };
  void models(const std::vector<Model>& models, bool usable);
  void model(const std::string& fingerprint, const std::string& encoder, bool usable);
  void self_test(SelfTestOutcome outcome);  // of the newest model looked at
  void ready(bool ready);
  void loaded(double unix_seconds);  // the configuration, at the start
  void reload(bool succeeded, double unix_seconds);
  void snapshot_written(double unix_seconds, std::size_t bytes);
  void snapshot_failed();
  void outputs_failed(std::uint64_t count);  // writes of verdicts or alarm events, tried again
  void clock_stepped();                      // the wall clock jumped
  void http_connections(std::size_t now);
  void http_dropped(HttpDrop reason);
  void web_config(bool usable);           // what http.web_config_file names, when last looked at
  void last_record(double unix_seconds);  // wall-clock time of the last record read
  void last_verdict(double unix_seconds);

  std::string render() const;  // the text exposition format, version 0.0.4

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace faultprint::daemon
