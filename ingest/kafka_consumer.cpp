#include "ingest/kafka_consumer.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "ingest/kafka_consumer_impl.h"

namespace faultprint::ingest {

namespace {

using Kind = KafkaErrors::Kind;
constexpr int kCommitTimeoutMs = 5000;
constexpr int kHopelessCommitTimeoutMs = 500;  // while no broker answers: a stop must not take long
constexpr int kProbeTimeoutMs = 100;           // while no broker answers
constexpr int kQuietProbeTimeoutMs = 500;      // while nothing comes, and all seems well
constexpr std::chrono::seconds kProbeEvery{1};

Properties default_properties(const std::string& client_id) {
  Properties properties = {
      {"client.id", client_id},
      {"fetch.wait.max.ms", "100"},
      {"auto.commit.interval.ms", "500"},
      // The shortest that brokers allow by default: a killed daemon's partitions stay orphaned for
      // as long. Heartbeats come from librdkafka's own thread, however busy this one is.
      {"session.timeout.ms", "6000"},
      {"heartbeat.interval.ms", "2000"},
      // A topic that is not there yet is named, and found once it is.
      {"topic.metadata.refresh.interval.ms", "10000"},
      {"topic.metadata.propagation.max.ms", "1000"}};
  if (rd_kafka_version() >= 0x02020000) {
    properties["fetch.queue.backoff.ms"] = "5";
  } else {
    // A full queue stops fetching for a whole second, which this version cannot shorten. With the
    // default of 100,000 messages a consumer that takes 1.5 us a record reaches 172k records/s on
    // the mock cluster, with these limits 241k; 128 MB are faster only for one that does nothing
    // with its records, and cost 100 MB more.
    properties["queued.min.messages"] = "1000000";
    properties["queued.max.messages.kbytes"] = "65536";
  }
  return properties;
}

KafkaConf consumer_conf(const config::KafkaConfig& kafka, const std::string& client_id) {
  return make_conf(kafka, default_properties(client_id),
                   {{"group.id", kafka.group_id},
                    // Of an offset that the log does not hold, as it was cut or made again:
                    // kafka.start is for those who have none (see place()).
                    {"auto.offset.reset", "earliest"},
                    {"enable.auto.commit", "true"},
                    {"enable.auto.offset.store", "false"},
                    {"enable.partition.eof", "false"}});
}

PartitionList single(const TopicPartition& where, std::int64_t offset) {
  PartitionList list(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(list.get(), where.topic.c_str(), where.partition)->offset =
      offset;
  return list;
}

}  // namespace

void KafkaConsumer::Impl::on_error(rd_kafka_t* client, int code, const char* reason, void* opaque) {
  auto& self = *static_cast<Impl*>(opaque);
  if (code == RD_KAFKA_RESP_ERR__FATAL) {
    char fatal[512] = "";
    rd_kafka_fatal_error(client, fatal, sizeof fatal);
    self.errors.set(Kind::fatal, "", fatal);
    return;
  }
  if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) {
    self.connected = false;
    if (self.errors.has(Kind::connection)) return;  // that one says why
  }
  self.errors.set(Kind::connection, "", reason);
}

bool KafkaConsumer::Impl::commit() {
  // Not rd_kafka_commit(): without a coordinator that one waits far longer than a stop may take.
  rd_kafka_queue_t* const queue = rd_kafka_queue_new(client.get());
  rd_kafka_resp_err_t error = rd_kafka_commit_queue(client.get(), nullptr, queue, nullptr, nullptr);
  if (!error) {
    rd_kafka_event_t* const event =
        rd_kafka_queue_poll(queue, connected ? kCommitTimeoutMs : kHopelessCommitTimeoutMs);
    error = event == nullptr ? RD_KAFKA_RESP_ERR__TIMED_OUT : rd_kafka_event_error(event);
    if (event != nullptr) rd_kafka_event_destroy(event);
  }
  rd_kafka_queue_destroy(queue);
  if (!error || error == RD_KAFKA_RESP_ERR__NO_OFFSET) return true;
  errors.set(Kind::connection, "", std::string("commit: ") + rd_kafka_err2str(error));
  return false;
}

void KafkaConsumer::Impl::note_problem(const rd_kafka_message_t& message) {
  const std::string text = rd_kafka_message_errstr(&message);
  log_kafka(kSyslogWarning, text);
  if (message.rkt == nullptr) {
    errors.set(Kind::group, "", text);
  } else {
    errors.set(Kind::topic, rd_kafka_topic_name(message.rkt), text);
  }
}

// A broker has answered, with a record or without one.
void KafkaConsumer::Impl::note_alive(const rd_kafka_message_t* message) {
  if (!connected.load(std::memory_order_relaxed)) connected = true;
  if (!errors.any()) return;
  errors.clear(Kind::connection);
  if (message != nullptr) errors.clear(Kind::topic, rd_kafka_topic_name(message->rkt));
}

void KafkaConsumer::Impl::note_topics() {
  if (config.start != "latest" || found_topics) return;
  const rd_kafka_metadata_t* metadata = nullptr;
  if (rd_kafka_metadata(client.get(), 1, nullptr, &metadata, kQuietProbeTimeoutMs)) return;
  found_topics.emplace();
  for (int i = 0; i < metadata->topic_cnt; ++i)
    (*found_topics)[metadata->topics[i].topic] = metadata->topics[i].partition_cnt;
  rd_kafka_metadata_destroy(metadata);
}

// librdkafka does not tell when a broker has come back, and not in every version soon when the last
// one has gone: while nothing comes, only a request shows it.
void KafkaConsumer::Impl::probe() {
  if (std::chrono::steady_clock::now() < next_probe) return;
  const bool well = connected && !errors.has(Kind::connection);
  const rd_kafka_metadata_t* metadata = nullptr;
  const auto error = rd_kafka_metadata(client.get(), 0, nullptr, &metadata,
                                       well ? kQuietProbeTimeoutMs : kProbeTimeoutMs);
  if (!error) {
    rd_kafka_metadata_destroy(metadata);
    note_topics();
    note_alive(nullptr);
  } else if (well) {
    connected = false;
    errors.set(Kind::connection, "", std::string("no broker answers: ") + rd_kafka_err2str(error));
  }
  next_probe = std::chrono::steady_clock::now() + kProbeEvery;
}

void KafkaConsumer::Impl::subscribe() {
  const PartitionList topics(
      rd_kafka_topic_partition_list_new(static_cast<int>(config.topics.size())));
  for (const std::string& topic : config.topics) {
    rd_kafka_topic_partition_list_add(topics.get(), topic.c_str(), RD_KAFKA_PARTITION_UA);
  }
  const auto error = rd_kafka_subscribe(client.get(), topics.get());
  if (error) throw std::runtime_error(std::string("kafka.topics: ") + rd_kafka_err2str(error));
}

KafkaConsumer::KafkaConsumer(const config::KafkaConfig& kafka, const std::string& client_id,
                             RebalanceListener& listener)
    : impl_(std::make_unique<Impl>(kafka, listener)) {
  KafkaConf conf = consumer_conf(kafka, client_id);
  rd_kafka_conf_set_opaque(conf.get(), impl_.get());
  rd_kafka_conf_set_error_cb(conf.get(), Impl::on_error);
  rd_kafka_conf_set_rebalance_cb(conf.get(), Impl::on_rebalance);
  impl_->client = make_client(RD_KAFKA_CONSUMER, std::move(conf));
  rd_kafka_poll_set_consumer(impl_->client.get());
  impl_->subscribe();
}

KafkaConsumer::~KafkaConsumer() {
  try {
    close();
  } catch (const std::exception& error) {
    log_kafka(kSyslogWarning, std::string("close: ") + error.what());
  }
}

std::optional<KafkaRecord> KafkaConsumer::poll(std::chrono::milliseconds timeout) {
  if (impl_->closed) return std::nullopt;
  rd_kafka_message_t* const message =
      rd_kafka_consumer_poll(impl_->client.get(), static_cast<int>(timeout.count()));
  std::optional<KafkaRecord> record;
  if (message != nullptr) record.emplace(message);
  if (impl_->failure) std::rethrow_exception(std::exchange(impl_->failure, nullptr));
  if (impl_->errors.has(Kind::fatal)) throw std::runtime_error(impl_->errors.worst());
  if (message == nullptr) {
    if (timeout.count() > 0) impl_->probe();  // not within a run of records
  } else if (message->err) {
    impl_->note_problem(*message);
    record.reset();
  } else {
    impl_->note_alive(message);
  }
  return record;
}

void KafkaConsumer::store_offset(const TopicPartition& where, std::int64_t offset) {
  // Fails only for a partition that is no longer ours: then there is nothing to store.
  rd_kafka_offsets_store(impl_->client.get(), single(where, offset).get());
}

void KafkaConsumer::commit_at(const TopicPartition& where, std::int64_t offset) {
  // Not by store_offset(): librdkafka drops a stored offset that is below the committed one.
  rd_kafka_commit(impl_->client.get(), single(where, offset).get(), 1);
}

bool KafkaConsumer::commit() { return impl_->commit(); }

std::int64_t KafkaConsumer::lag(const TopicPartition& where, std::int64_t next_offset) const {
  std::int64_t low = -1;
  std::int64_t high = -1;
  const auto error = rd_kafka_get_watermark_offsets(impl_->client.get(), where.topic.c_str(),
                                                    where.partition, &low, &high);
  if (error || high < 0) return -1;
  return std::max<std::int64_t>(0, high - next_offset);
}

std::int64_t KafkaConsumer::offset_for_time(const TopicPartition& where, std::int64_t time_us,
                                            std::chrono::milliseconds timeout) {
  const PartitionList list = single(where, time_us / 1000);
  const auto error = rd_kafka_offsets_for_times(impl_->client.get(), list.get(),
                                                static_cast<int>(timeout.count()));
  const rd_kafka_topic_partition_t& found = list->elems[0];
  return error || found.err || found.offset < 0 ? -1 : found.offset;
}

PartitionLimits KafkaConsumer::limits(const TopicPartition& where,
                                      std::chrono::milliseconds timeout) {
  std::int64_t low = -1;
  std::int64_t high = -1;
  const auto error =
      rd_kafka_query_watermark_offsets(impl_->client.get(), where.topic.c_str(), where.partition,
                                       &low, &high, static_cast<int>(timeout.count()));
  return error ? PartitionLimits() : PartitionLimits{low, high};
}

bool KafkaConsumer::starts_at_end(const TopicPartition& where) const {
  return impl_->starts_at_end(where.topic, where.partition);
}

std::int64_t KafkaConsumer::timestamp_before(const TopicPartition& where, std::int64_t offset,
                                             std::chrono::milliseconds timeout) {
  if (!impl_->lookup) impl_->lookup = std::make_unique<KafkaLookup>(impl_->config);
  return impl_->lookup->timestamp_before(where.topic, where.partition, offset, timeout);
}

bool KafkaConsumer::connected() const { return impl_->connected; }

std::string KafkaConsumer::last_error() const { return impl_->errors.worst(); }

std::string KafkaConsumer::topic_error(const std::string& topic) const {
  return impl_->errors.text(Kind::topic, topic);
}

void KafkaConsumer::close() {
  if (std::exchange(impl_->closed, true)) return;
  if (const auto error = rd_kafka_consumer_close(impl_->client.get())) {
    log_kafka(kSyslogWarning, std::string("close: ") + rd_kafka_err2str(error));
  }
  impl_->connected = false;
  if (impl_->failure) std::rethrow_exception(std::exchange(impl_->failure, nullptr));
}

}  // namespace faultprint::ingest
