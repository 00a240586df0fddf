// One worker: a consumer of its own, the partitions it was given, and the way from their records to
// verdicts, in micro-batches. What workers share (models, plans, outputs, metrics, the boards of
// alarms and control, ElementHomes) is immutable or thread-safe.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "config/config.h"
#include "daemon/alarm_board.h"
#include "daemon/control_board.h"
#include "daemon/element_homes.h"
#include "daemon/metrics.h"
#include "daemon/outputs.h"
#include "daemon/partition_view.h"
#include "daemon/snapshot.h"
#include "daemon/worker_group.h"
#include "ingest/decoder.h"
#include "ingest/kafka_consumer.h"

namespace faultprint::daemon {

class Worker : public ingest::RebalanceListener {
 public:
  // rules: for each of the configuration's groups, whose own alarm rules do not count.
  Worker(int number, const config::Config& config, std::vector<GroupRules> rules,
         const SnapshotStore& snapshots, Outputs& outputs, Metrics& metrics, AlarmBoard& board,
         const ControlBoard& control, ElementHomes& homes);
  ~Worker() override;  // stops

  void start();  // on a thread of its own
  void stop();   // drains: everything read is given out, offsets committed, the group left

  // What that thread does, for who gives it none (tests/simulation): join, rounds as long as they
  // say true (false: it has ended by itself, see finished()), leave.
  void join();
  bool go_round();
  void leave();

  // Takes effect between two batches, in a partition that is catching up at that one's end.
  void reload(std::vector<GroupRules> rules);

  // For the service's thread: what it does, and when it last went round its loop.
  bool joined() const { return joined_; }  // the group has given it its partitions
  std::string trouble() const;             // "" when all is well
  std::chrono::steady_clock::time_point last_round() const { return last_round_.load(); }
  bool finished() const { return finished_; }  // ended by itself: trouble() says why
  // What it knows of an element, as JSON: an object for each of its partitions that has it. Given
  // between two batches; broken when it ends before, or too many wait.
  std::future<std::vector<std::string>> ask(const std::string& element);
  std::vector<PartitionView> partitions() const;

 private:
  struct Partition {
    ingest::TopicPartition where;
    std::vector<std::unique_ptr<GroupShare>> shares;  // of the groups that read its topic
    bool chooses = false;             // among elements: several groups read it, or one of some
    std::int64_t next_offset = -1;    // after the last record read
    std::int64_t stored_offset = -1;  // handed to the consumer for committing
    std::int64_t live_from = -1;      // verdicts of records before it are out already
    bool dirty = false;               // something read since the last snapshot
    std::int64_t heard_us = 0;        // as of PartitionView
    std::int64_t end = -1;            // when it was assigned; -1: not known, until a record comes
    bool reload_due = false;          // once it has caught up
    bool touched = false;             // by a record of this round

    bool pending() const {
      return std::any_of(shares.begin(), shares.end(),
                         [](const auto& share) { return share->pipeline.pending(); });
    }
    std::size_t elements() const {
      std::size_t count = 0;
      for (const auto& share : shares) count += share->pipeline.store().elements();
      return count;
    }
  };
  struct Place {  // of what is given out
    Partition* partition;
    GroupShare* share;
  };
  struct GivenOut {
    std::array<std::uint64_t, static_cast<std::size_t>(Outcome::count_)> verdicts{};
    std::uint64_t windows = 0;

    bool any() const {
      return std::any_of(verdicts.begin(), verdicts.end(), [](auto count) { return count > 0; });
    }
  };
  using PartitionKey = std::pair<const void*, std::int32_t>;  // topic handle, partition

  std::vector<ingest::PartitionOffset> assigned(
      const std::vector<ingest::PartitionOffset>& committed) override;
  void revoked(const std::vector<ingest::TopicPartition>& partitions, bool lost) override;
  bool waits() override;

  void round();
  void end(const std::exception& why);
  bool drain();
  void take(const ingest::KafkaRecord& record);
  void begin_anew(Partition& partition, std::int64_t offset);
  void look_for_skipped(const Partition& partition, std::int64_t offset);
  void tell_skipped(const Partition& partition, std::int64_t records, std::int64_t offset);
  std::int64_t lag(const Partition& partition) const;
  void take_samples(Partition& partition, GroupShare& share, std::int64_t stamp_us);
  ingest::RejectReason add(GroupShare& share, std::int64_t stamp_us);
  void choose(const Partition& partition, GroupShare& share, ingest::RejectReason reason,
              std::int64_t stamp_us);
  void finish(Partition& partition, GroupShare& share);
  std::int64_t stamp_of(std::int64_t record_us) const;
  void give_out();
  void give_out(std::span<Partition* const> partitions);
  void give_out(std::span<const Place> places, const LoadedModel& model);
  void count_given(const std::string& group, const GivenOut& given);
  void store_offsets();
  void write_out(const Place& what, std::size_t place, GivenOut& given);
  void add_line(const GroupShare& share, const Verdict& verdict, std::string& lines);
  void tell_relearned(const GroupShare& share, const std::vector<Verdict>& verdicts);
  void catch_up(GroupShare& share, const std::vector<AlarmEvent>& events);
  void write_events(GroupShare& share, const std::vector<AlarmEvent>& made);
  // is_new: not known from before.
  std::vector<AlarmEvent> fold(GroupShare& share, const std::vector<AlarmEvent>& events,
                               bool is_new);
  // Known already, of a stream that has come so far.
  void show(GroupShare& share, const ActiveAlarm& alarm, std::int64_t event_us);
  void show_due(GroupShare& share);
  void show_restored(GroupShare& share);
  void hand_over(const GroupShare& share);
  void answer_questions();
  void drop_questions();
  void show_partitions(std::vector<PartitionView> views);
  void adopt_reload();
  void adopt_reload(Partition& partition);
  void adopt_control();
  AlarmPlans plans_of(const GroupShare& share) const;
  void follow_homes(const GroupShare& share, const ingest::TopicPartition& where);
  void leave_homes(const Partition& partition);
  void tell_of_homes(const std::string& element, const ingest::TopicPartition& where,
                     const ingest::TopicPartition& other);
  void catch_up_end(Partition& partition);
  bool snapshot(Partition& partition);
  void snapshot_if_due();
  void report();
  void report(Partition& partition, std::vector<PartitionView>& views);
  std::unique_ptr<Partition> make_partition(const ingest::TopicPartition& where);
  std::int64_t restore(std::unique_ptr<Partition>& partition, std::int64_t committed);
  void restore_state(std::unique_ptr<Partition>& partition, std::int64_t& offset,
                     std::vector<AlarmEvent>& events);
  std::optional<std::int64_t> read_snapshot(std::unique_ptr<Partition>& partition,
                                            std::vector<AlarmEvent>& events);
  static std::vector<SnapshotPart> parts_of(const Partition& partition);
  std::int64_t find_place(std::unique_ptr<Partition>& partition, std::int64_t committed,
                          std::int64_t snapshot);
  bool younger_than_snapshot(const ingest::TopicPartition& where, std::int64_t offset);
  std::chrono::milliseconds look_up_time() const;
  std::int64_t warm_up_from(const ingest::TopicPartition& where, std::int64_t committed);
  Partition* find(const ingest::KafkaRecord& record);
  void set_trouble(const std::string& text);

  int number_;
  config::Config config_;
  std::vector<std::unique_ptr<WorkerGroup>> groups_;  // in the configuration's order
  const SnapshotStore& snapshots_;
  Outputs& outputs_;
  Metrics& metrics_;
  AlarmBoard& board_;
  const ControlBoard& control_;
  std::uint64_t control_version_ = 0;
  std::shared_ptr<const ControlPlans> control_plans_;
  ElementHomes& homes_;
  int home_lines_ = 0;       // log lines about elements in several partitions, of late
  ingest::Headers headers_;  // of the record at hand
  ingest::KpiSample sample_;
  ThingsOfRecord things_;  // of the record at hand
  Scorer scorer_;
  std::unique_ptr<ingest::KafkaConsumer> consumer_;
  std::map<ingest::TopicPartition, std::unique_ptr<Partition>> partitions_;
  std::map<PartitionKey, Partition*> by_handle_;
  PartitionKey last_key_;
  Partition* last_found_ = nullptr;
  std::vector<Partition*> touched_;
  bool reloads_due_ = false;  // in some partition
  ingest::RejectCounts rejects_{};
  std::uint64_t records_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t unknown_kpis_ = 0;
  std::size_t ready_windows_ = 0;                // of this batch
  std::int64_t now_us_ = 0;                      // at its begin
  std::chrono::steady_clock::time_point began_;  // the same
  bool failed_ = false;  // in the middle of a batch: nothing of it may be kept
  double decode_s_ = 0;
  double window_s_ = 0;
  std::chrono::steady_clock::time_point look_up_until_;
  std::chrono::steady_clock::time_point next_store_;
  std::chrono::steady_clock::time_point next_snapshot_;
  std::chrono::steady_clock::time_point next_report_;
  std::chrono::steady_clock::time_point next_look_;  // whether a log was cut
  std::chrono::steady_clock::time_point next_home_lines_;

  struct Question {
    std::string element;
    std::promise<std::vector<std::string>> answer;
  };
  mutable std::mutex mutex_;  // guards what follows, up to joined_
  std::optional<std::vector<GroupRules>> reload_;
  std::string trouble_;
  std::vector<Question> questions_;
  std::vector<PartitionView> views_;
  std::atomic<bool> joined_ = false;
  std::atomic<bool> finished_ = false;
  std::atomic<bool> stopping_ = false;
  std::atomic<std::chrono::steady_clock::time_point> last_round_;
  std::jthread thread_;
};

}  // namespace faultprint::daemon
