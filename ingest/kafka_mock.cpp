#include "ingest/kafka_mock.h"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <stdexcept>

#include "ingest/kafka_conf.h"

namespace faultprint::ingest {

namespace {
constexpr std::int32_t kBroker = 1;   // the mock numbers its brokers from 1
constexpr std::int16_t kProduce = 0;  // its number in the protocol

void check(rd_kafka_resp_err_t error, const std::string& what) {
  if (error) throw std::runtime_error("mock cluster: " + what + ": " + rd_kafka_err2str(error));
}
}  // namespace

struct KafkaMock::Impl {
  KafkaHandle client;  // the cluster lives inside this one
  rd_kafka_mock_cluster_t* cluster = nullptr;
  std::string brokers;
};

KafkaMock::KafkaMock() : impl_(std::make_unique<Impl>()) {
  const config::KafkaConfig kafka;
  impl_->client =
      make_client(RD_KAFKA_PRODUCER, make_conf(kafka, {}, {{"test.mock.num.brokers", "1"}}));
  impl_->cluster = rd_kafka_handle_mock_cluster(impl_->client.get());
  if (impl_->cluster == nullptr) throw std::runtime_error("mock cluster: did not start");
  impl_->brokers = rd_kafka_mock_cluster_bootstraps(impl_->cluster);
}

KafkaMock::~KafkaMock() = default;

const std::string& KafkaMock::brokers() const { return impl_->brokers; }

void KafkaMock::create_topic(const std::string& topic, int partitions) {
  check(rd_kafka_mock_topic_create(impl_->cluster, topic.c_str(), partitions, 1), topic);
}

void KafkaMock::set_broker_up(bool up) {
  check(up ? rd_kafka_mock_broker_set_up(impl_->cluster, kBroker)
           : rd_kafka_mock_broker_set_down(impl_->cluster, kBroker),
        up ? "broker up" : "broker down");
}

void KafkaMock::refuse_writes(int requests) {
  for (; requests > 0; --requests)
    rd_kafka_mock_push_request_errors(impl_->cluster, kProduce, 1,
                                      RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
}

void KafkaMock::lose_producer() {
  rd_kafka_mock_push_request_errors(impl_->cluster, kProduce, 1,
                                    RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER);
}

}  // namespace faultprint::ingest
