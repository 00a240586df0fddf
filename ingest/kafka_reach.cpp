#include "ingest/kafka_reach.h"

namespace faultprint::ingest {

KafkaReach::KafkaReach(const config::KafkaConfig& kafka) {
  KafkaConf conf = make_conf(without_group(kafka), {{"client.id", "faultprint-reach"}}, {});
  rd_kafka_conf_set_opaque(conf.get(), this);
  rd_kafka_conf_set_error_cb(conf.get(), on_error);
  client_ = make_client(RD_KAFKA_CONSUMER, std::move(conf));
}

void KafkaReach::on_error(rd_kafka_t*, int code, const char* reason, void* opaque) {
  auto& self = *static_cast<KafkaReach*>(opaque);
  // "All brokers are down" follows the one that says why.
  if (code != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN || self.reason_.empty()) self.reason_ = reason;
}

std::string KafkaReach::trouble(std::chrono::milliseconds timeout) {
  const rd_kafka_metadata_t* metadata = nullptr;
  const auto error =
      rd_kafka_metadata(client_.get(), 0, nullptr, &metadata, static_cast<int>(timeout.count()));
  rd_kafka_poll(client_.get(), 0);
  if (error) return "no broker answers: " + (reason_.empty() ? rd_kafka_err2str(error) : reason_);
  rd_kafka_metadata_destroy(metadata);
  reason_.clear();
  return "";
}

}  // namespace faultprint::ingest
