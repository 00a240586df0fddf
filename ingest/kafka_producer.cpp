#include "ingest/kafka_producer.h"

#include <algorithm>
#include <map>
#include <optional>
#include <stdexcept>
#include <utility>

#include "ingest/kafka_conf.h"

namespace faultprint::ingest {

namespace {

// Of the topic; over when its rights or the topic itself come back.
bool is_refusal(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED ||
         error == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
         error == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC || error == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION;
}

std::string bytes_of(const void* bytes, std::size_t size) {
  return size == 0 ? "" : std::string(static_cast<const char*>(bytes), size);
}

}  // namespace

struct KafkaProducer::Impl {
  struct View {
    const std::string& topic;
    std::string_view key;
    std::string_view value;
    std::int64_t time_us;
  };
  struct Record {
    std::string topic;
    std::string key;
    std::string value;
    std::int64_t time_us;
    std::size_t bytes() const { return key.size() + value.size(); }
    operator View() const { return {topic, key, value, time_us}; }
  };

  static void on_delivery(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
    auto& self = *static_cast<Impl*>(opaque);
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR || !self.undelivered.empty()) return;
    if (self.refused == Refused::wait && is_refusal(message->err)) {
      self.hold({rd_kafka_topic_name(message->rkt), bytes_of(message->key, message->key_len),
                 bytes_of(message->payload, message->len),
                 rd_kafka_message_timestamp(message, nullptr) * 1000},
                reinterpret_cast<std::uintptr_t>(message->_private), message->err);
      return;
    }
    self.undelivered = std::string("kafka: a record for ") + rd_kafka_topic_name(message->rkt) +
                       " was not delivered: " + rd_kafka_err2str(message->err);
  }
  static void on_error(rd_kafka_t* client, int code, const char* reason, void* opaque) {
    auto& self = *static_cast<Impl*>(opaque);
    self.last_error = reason;
    if (code != RD_KAFKA_RESP_ERR__FATAL || !self.undelivered.empty()) return;
    char fatal[512] = "";
    rd_kafka_fatal_error(client, fatal, sizeof fatal);
    self.undelivered = std::string("kafka: ") + fatal;
  }

  void hold(Record record, std::uint64_t number, std::optional<rd_kafka_resp_err_t> why) {
    if (why) trouble = "kafka: " + record.topic + ": " + rd_kafka_err2str(*why);
    held_bytes += record.bytes();
    held.emplace(number, std::move(record));
  }
  rd_kafka_resp_err_t produce(const View& record, std::uint64_t number);
  void send_held(std::size_t most);
  bool flush(std::chrono::milliseconds timeout) const {
    return !rd_kafka_flush(client.get(), static_cast<int>(timeout.count()));
  }

  void throw_if_undelivered() const {
    if (!undelivered.empty()) throw std::runtime_error(undelivered);
  }

  Refused refused = Refused::fail;
  std::uint64_t sent = 0;
  std::map<std::uint64_t, Record> held;  // by the number at which they were sent
  std::size_t held_bytes = 0;
  std::string trouble;      // of the last one held
  std::string undelivered;  // the first record that was lost, and why
  std::string last_error;   // of the connection
  KafkaHandle client;       // goes first: its callbacks use the others
};

rd_kafka_resp_err_t KafkaProducer::Impl::produce(const View& record, std::uint64_t number) {
  for (;;) {
    throw_if_undelivered();
    const rd_kafka_resp_err_t error = rd_kafka_producev(
        client.get(), RD_KAFKA_V_TOPIC(record.topic.c_str()),
        RD_KAFKA_V_KEY(record.key.data(), record.key.size()),
        RD_KAFKA_V_VALUE(const_cast<char*>(record.value.data()), record.value.size()),
        RD_KAFKA_V_TIMESTAMP(record.time_us / 1000),
        RD_KAFKA_V_OPAQUE(reinterpret_cast<void*>(static_cast<std::uintptr_t>(number))),
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
    if (error != RD_KAFKA_RESP_ERR__QUEUE_FULL) return error;
    // Ends at the latest when message.timeout.ms gives up a record.
    rd_kafka_poll(client.get(), 100);
  }
}

// The first ones held; what is refused again is held again.
void KafkaProducer::Impl::send_held(std::size_t most) {
  for (std::size_t left = std::min(most, held.size()); left > 0; --left) {
    auto first = held.extract(held.begin());
    held_bytes -= first.mapped().bytes();
    if (const auto error = produce(first.mapped(), first.key()))
      hold(std::move(first.mapped()), first.key(), error);
  }
}

KafkaProducer::KafkaProducer(const config::KafkaConfig& kafka, Refused refused)
    : impl_(std::make_unique<Impl>()) {
  impl_->refused = refused;
  // One request at a time: a broker that starts again knows no producer whose newest record is
  // older than a day (producer.id.expiration.ms), as after an outage or of a recording. It then
  // takes what comes first, be it the second of two requests, and the first, tried again, is lost.
  KafkaConf conf = make_conf(kafka,
                             {{"enable.idempotence", "true"},
                              {"max.in.flight", "1"},
                              {"linger.ms", "5"},
                              {"client.id", "faultprint"}},
                             {});
  rd_kafka_conf_set_opaque(conf.get(), impl_.get());
  rd_kafka_conf_set_dr_msg_cb(conf.get(), Impl::on_delivery);
  rd_kafka_conf_set_error_cb(conf.get(), Impl::on_error);
  impl_->client = make_client(RD_KAFKA_PRODUCER, std::move(conf));
}

KafkaProducer::~KafkaProducer() = default;

void KafkaProducer::send(const std::string& topic, std::string_view key, std::string_view value,
                         std::int64_t time_us) {
  rd_kafka_poll(impl_->client.get(), 0);
  const std::uint64_t number = ++impl_->sent;
  if (!impl_->held.empty())  // after those before it
    return impl_->hold({topic, std::string(key), std::string(value), time_us}, number, {});
  Impl::View record{topic, key, value, time_us};
  const rd_kafka_resp_err_t error = impl_->produce(record, number);
  if (!error) return;
  if (impl_->refused == Refused::fail || !is_refusal(error))
    throw std::runtime_error("kafka: " + topic + ": " + rd_kafka_err2str(error));
  impl_->hold({topic, std::string(key), std::string(value), time_us}, number, error);
}

bool KafkaProducer::delivered(std::chrono::milliseconds timeout) {
  const bool all = impl_->flush(timeout);
  // One of those held first: where it is refused, so would be the others.
  for (std::size_t some = 1; all && !impl_->held.empty(); some = impl_->held.size()) {
    const std::uint64_t first = impl_->held.begin()->first;
    impl_->send_held(some);
    if (!impl_->flush(timeout)) return false;
    if (!impl_->held.empty() && impl_->held.begin()->first == first) return false;
  }
  if (all) impl_->trouble.clear();
  return all;
}

std::string KafkaProducer::trouble() const { return impl_->trouble; }
std::size_t KafkaProducer::held() const { return impl_->held_bytes; }

void KafkaProducer::flush(std::chrono::milliseconds timeout) {
  rd_kafka_t* const client = impl_->client.get();
  const auto error = rd_kafka_flush(client, static_cast<int>(timeout.count()));
  impl_->throw_if_undelivered();
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return;
  std::string what = "kafka: " + std::to_string(rd_kafka_outq_len(client)) +
                     " records not delivered within " + std::to_string(timeout.count()) + " ms";
  if (!impl_->last_error.empty()) what += ": " + impl_->last_error;
  throw std::runtime_error(what);
}

}  // namespace faultprint::ingest
