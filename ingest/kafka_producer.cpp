#include "ingest/kafka_producer.h"

#include <stdexcept>

#include "ingest/kafka_conf.h"

namespace faultprint::ingest {

struct KafkaProducer::Impl {
  static void on_delivery(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
    auto& self = *static_cast<Impl*>(opaque);
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR || !self.undelivered.empty()) return;
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

  void throw_if_undelivered() const {
    if (!undelivered.empty()) throw std::runtime_error(undelivered);
  }

  std::string undelivered;  // the first record that was lost, and why
  std::string last_error;   // of the connection
  KafkaHandle client;       // goes first: its callbacks use the others
};

KafkaProducer::KafkaProducer(const config::KafkaConfig& kafka) : impl_(std::make_unique<Impl>()) {
  KafkaConf conf = make_conf(
      kafka, {{"enable.idempotence", "true"}, {"linger.ms", "5"}, {"client.id", "faultprint"}}, {});
  rd_kafka_conf_set_opaque(conf.get(), impl_.get());
  rd_kafka_conf_set_dr_msg_cb(conf.get(), Impl::on_delivery);
  rd_kafka_conf_set_error_cb(conf.get(), Impl::on_error);
  impl_->client = make_client(RD_KAFKA_PRODUCER, std::move(conf));
}

KafkaProducer::~KafkaProducer() = default;

void KafkaProducer::send(const std::string& topic, std::string_view key, std::string_view value,
                         std::int64_t time_us) {
  rd_kafka_t* const client = impl_->client.get();
  rd_kafka_poll(client, 0);
  for (;;) {
    impl_->throw_if_undelivered();
    const rd_kafka_resp_err_t error = rd_kafka_producev(
        client, RD_KAFKA_V_TOPIC(topic.c_str()), RD_KAFKA_V_KEY(key.data(), key.size()),
        RD_KAFKA_V_VALUE(const_cast<char*>(value.data()), value.size()),
        RD_KAFKA_V_TIMESTAMP(time_us / 1000), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
        RD_KAFKA_V_END);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return;
    if (error != RD_KAFKA_RESP_ERR__QUEUE_FULL) {
      throw std::runtime_error("kafka: " + topic + ": " + rd_kafka_err2str(error));
    }
    // Ends at the latest when message.timeout.ms gives up a record.
    rd_kafka_poll(client, 100);
  }
}

bool KafkaProducer::delivered(std::chrono::milliseconds timeout) {
  const auto error = rd_kafka_flush(impl_->client.get(), static_cast<int>(timeout.count()));
  impl_->throw_if_undelivered();
  return error == RD_KAFKA_RESP_ERR_NO_ERROR;
}

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
