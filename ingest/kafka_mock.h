// librdkafka's built-in mock cluster: real Kafka protocol on a loopback port, nothing to install.
// It keeps 5 MiB a partition: for demonstrations and tests.
#pragma once

#include <memory>
#include <string>

namespace faultprint::ingest {

class KafkaMock {
 public:
  KafkaMock();  // one broker; throws std::runtime_error when it cannot start
  ~KafkaMock();

  const std::string& brokers() const;  // host:port
  void create_topic(const std::string& topic, int partitions);
  // For tests: takes the broker away and back.
  void set_broker_up(bool up);
  // For tests: so many writes fail as they do without the right to write.
  void refuse_writes(int requests);
  // For tests: the next write fails as where brokers have lost what they knew of its producer,
  // which ends an idempotent one for good.
  void lose_producer();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace faultprint::ingest
