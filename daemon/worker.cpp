#include "daemon/worker.h"

#include <algorithm>
#include <cmath>
#include <system_error>

#include "config/reference.h"
#include "daemon/clock.h"
#include "daemon/freed_memory.h"
#include "daemon/log.h"

namespace faultprint::daemon {
namespace {

constexpr int kBatchRecords = 4096;
constexpr std::size_t kBatchWindows = 256;  // stay in the cache until they are scored
constexpr int kClockEach = 32;              // records
constexpr auto kBatchTime = std::chrono::milliseconds(50);
constexpr auto kIdle = std::chrono::milliseconds(100);
constexpr std::size_t kManyElements = 1000;
constexpr int kTimedEach = 32;  // records: reading the clock costs a tenth of decoding one

}  // namespace

Worker::Worker(int number, const config::Config& config, std::vector<GroupRules> rules,
               const SnapshotStore& snapshots, Outputs& outputs, Metrics& metrics,
               AlarmBoard& board, const ControlBoard& control, ElementHomes& homes)
    : number_(number),
      config_(config),
      snapshots_(snapshots),
      outputs_(outputs),
      metrics_(metrics),
      board_(board),
      control_(control),
      control_plans_(control.plans()),
      homes_(homes),
      last_round_(Clock::now()) {
  for (std::size_t i = 0; i < config.groups.size(); ++i)
    groups_.push_back(
        std::make_unique<WorkerGroup>(config, config.groups[i], std::move(rules.at(i))));
}

Worker::~Worker() { stop(); }

void Worker::start() {
  join();
  try {
    thread_ = std::jthread([this](const std::stop_token& stop) {
      while (!stop.stop_requested() && go_round()) {
      }
      leave();
    });
  } catch (const std::system_error&) {  // no more threads: the consumer is not to outlive the rest
    consumer_.reset();
    throw;
  }
}

void Worker::join() {
  // Static members of a group need a name each.
  if (const auto own = config_.kafka.properties.find("group.instance.id");
      own != config_.kafka.properties.end() && config_.kafka.workers > 1)
    own->second = config::resolve(own->second) + "-" + std::to_string(number_);
  consumer_ = std::make_unique<ingest::KafkaConsumer>(
      config_.kafka, "faultprint-" + std::to_string(number_), *this);
  next_snapshot_ = Clock::now() + config_.state.snapshot_every;
  next_report_ = Clock::now();
}

void Worker::stop() {
  if (!thread_.joinable()) return;
  stopping_ = true;
  thread_.request_stop();
  thread_.join();
}

std::string Worker::trouble() const {
  const std::lock_guard lock(mutex_);
  return trouble_;
}

void Worker::set_trouble(const std::string& text) {
  const std::lock_guard lock(mutex_);
  trouble_ = text;
}

bool Worker::go_round() {
  try {
    round();
  } catch (const std::exception& e) {
    end(e);
  }
  return !finished_;
}

void Worker::leave() {
  try {
    if (!finished_) consumer_->close();  // tells revoked(), which gives everything out
  } catch (const std::exception& e) {
    end(e);
  }
  drop_questions();
  consumer_.reset();
}

// A failure (outputs lost by the disk, or more than are held back) ends the worker: offsets stay
// where all is out.
void Worker::end(const std::exception& why) {
  failed_ = true;
  set_trouble(why.what());
  log::error("worker ended", {{"worker", number_}, {"error", why.what()}});
  finished_ = true;
}

void Worker::round() {
  last_round_ = Clock::now();
  adopt_reload();
  adopt_control();
  drain();
  give_out();
  answer_questions();
  if (Clock::now() >= next_store_) store_offsets();
  snapshot_if_due();
  if (Clock::now() >= next_report_) report();
}

// Takes what Kafka has, bounded in count and time. False when nothing came.
bool Worker::drain() {
  decode_s_ = window_s_ = 0;
  auto record = consumer_->poll(kIdle);
  if (!record) return false;
  const auto first = began_ = Clock::now();
  now_us_ = unix_now_us();
  int count = 0;
  ready_windows_ = 0;
  for (;; ++count) {
    take(*record);
    if (count >= kBatchRecords || ready_windows_ >= kBatchWindows) break;
    if (count % kClockEach == kClockEach - 1 && Clock::now() - first >= kBatchTime) break;
    record = consumer_->poll(std::chrono::milliseconds(0));
    if (!record) break;
  }
  const double all = seconds(Clock::now() - first);
  metrics_.stage_time(Stage::poll, std::max(0.0, all - decode_s_ - window_s_));
  metrics_.stage_time(Stage::decode, decode_s_);
  metrics_.stage_time(Stage::window, window_s_);
  metrics_.last_record(unix_now());
  return true;
}

Worker::Partition* Worker::find(const ingest::KafkaRecord& record) {
  const PartitionKey key{record.topic_handle(), record.partition()};
  if (last_found_ != nullptr && key == last_key_) return last_found_;  // records come in runs
  last_key_ = key;
  if (const auto known = by_handle_.find(key); known != by_handle_.end())
    return last_found_ = known->second;
  const auto found = partitions_.find({std::string(record.topic()), record.partition()});
  last_found_ = nullptr;
  if (found == partitions_.end()) return nullptr;
  by_handle_.emplace(key, found->second.get());
  return last_found_ = found->second.get();
}

void Worker::take(const ingest::KafkaRecord& record) {
  Partition* partition = find(record);
  if (partition == nullptr) return;  // revoked meanwhile
  if (record.offset() < partition->next_offset) begin_anew(*partition, record.offset());
  if (partition->next_offset >= 0 && record.offset() > partition->next_offset)
    look_for_skipped(*partition, record.offset());
  // Up to where verdicts are out, records only rebuild the state.
  if (partition->next_offset <= partition->live_from && record.offset() >= partition->live_from)
    catch_up_end(*partition);
  if (!partition->touched) {
    partition->touched = true;
    touched_.push_back(partition);
  }
  ++records_;
  const std::string_view payload = record.payload();
  bytes_ += payload.size();
  // From here on: what its samples complete may be given out before all of them are dealt with.
  partition->next_offset = record.offset() + 1;
  partition->dirty = true;
  partition->heard_us = steady_us(began_);
  partition->end = std::max<std::int64_t>(partition->end, 0);
  const std::int64_t stamp = record.timestamp_us();
  if (partition->chooses) things_.begin();
  for (const auto& share : partition->shares) {
    TopicDecoder& topic = *share->decoder;
    headers_.clear();
    for (const std::string& name : topic.wanted_headers)
      headers_.emplace_back(name, record.header(name));
    topic.decoder->begin({payload, record.key(), stamp, &headers_});
    take_samples(*partition, *share, stamp_of(stamp));
  }
  if (partition->chooses) things_.count(rejects_);
}

// All that the record holds, before offsets can be stored: an offset stands for whole records.
void Worker::take_samples(Partition& partition, GroupShare& share, std::int64_t stamp_us) {
  const bool timed = records_ % kTimedEach == 0;
  auto before = timed ? Clock::now() : Clock::time_point();
  ingest::RejectReason reason = ingest::RejectReason::none;
  ingest::Decoder& decoder = *share.decoder->decoder;
  while (decoder.next(sample_, reason)) {
    const auto decoded = timed ? Clock::now() : Clock::time_point();
    if (partition.chooses) {
      choose(partition, share, reason, stamp_us);
    } else {
      if (reason == ingest::RejectReason::none) reason = add(share, stamp_us);
      ++rejects_[static_cast<std::size_t>(reason)];
    }
    if (timed) {
      decode_s_ += seconds(decoded - before) * kTimedEach;
      window_s_ += seconds(Clock::now() - decoded) * kTimedEach;
    }
    finish(partition, share);
    if (timed) before = Clock::now();
  }
}

ingest::RejectReason Worker::add(GroupShare& share, std::int64_t stamp_us) {
  unknown_kpis_ += sample_.unknown_kpis;
  const std::size_t before = share.pipeline.store().batch().rows;
  const ingest::RejectReason reason = share.pipeline.add(sample_, stamp_us);
  ready_windows_ += share.pipeline.store().batch().rows - before;
  return reason;
}

// The first group that has a glob for the element has it.
void Worker::choose(const Partition& partition, GroupShare& share, ingest::RejectReason reason,
                    std::int64_t stamp_us) {
  if (reason != ingest::RejectReason::none) return things_.note(sample_.part, reason);
  const auto owner =
      std::find_if(partition.shares.begin(), partition.shares.end(),
                   [&](const auto& any) { return any->group.takes(sample_.element); });
  if (owner == partition.shares.end())
    things_.note(sample_.part, ingest::RejectReason::no_group);
  else if (owner->get() == &share)
    things_.settle(sample_.part, add(share, stamp_us));
  else
    things_.note(sample_.part, ingest::RejectReason::other_kpis);  // it tells what becomes of it
}

// What one record completed beyond a batch's measure, as after an outage of many elements, or where
// it holds very many samples.
void Worker::finish(Partition& partition, GroupShare& share) {
  Partition* const alone = &partition;
  if (share.pipeline.store().batch().rows >= kBatchWindows) give_out({&alone, 1});
  while (share.pipeline.unfinished()) {
    give_out({&alone, 1});
    share.pipeline.resume();
    last_round_ = Clock::now();
  }
}

// A producer whose clock is ahead stamps its records ahead too: then this machine's clock counts.
std::int64_t Worker::stamp_of(std::int64_t record_us) const {
  return record_us > 0 ? std::min(record_us, now_us_) : now_us_;
}

void Worker::snapshot_if_due() {
  if (!snapshots_.enabled() || Clock::now() < next_snapshot_) return;
  next_snapshot_ = Clock::now() + config_.state.snapshot_every;
  std::size_t elements = 0;
  for (auto& [where, partition] : partitions_) {
    last_round_ = Clock::now();
    elements += partition->elements();
    if (!snapshot(*partition)) break;  // the others would wait as long
  }
  // Of the snapshots there is little; more of records that were fetched ahead, while it caught up.
  if (elements >= kManyElements) give_back_freed_memory();
}

// Between batches, after everything before next_offset is out. False when it could not be written.
bool Worker::snapshot(Partition& partition) {
  if (!snapshots_.enabled() || !partition.dirty || partition.next_offset < partition.live_from)
    return true;
  bool written = true;
  const auto before = Clock::now();
  try {
    // A snapshot stands for what is out: until then the next one is waited for.
    if (!outputs_.sync(std::chrono::seconds(1))) return true;
    const std::size_t bytes =
        snapshots_.write(partition.where, partition.next_offset, parts_of(partition));
    partition.dirty = false;
    metrics_.snapshot_written(unix_now(), bytes);
  } catch (const OutputLost&) {
    throw;  // what it would stand for has to be read again
  } catch (const std::exception& e) {
    written = false;
    metrics_.snapshot_failed();
    log::error("snapshot failed", {{"partition", partition.where.text()}, {"error", e.what()}});
  }
  metrics_.stage_time(Stage::snapshot, seconds(Clock::now() - before));
  return written;
}

}  // namespace faultprint::daemon
