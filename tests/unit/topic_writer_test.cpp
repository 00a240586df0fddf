#include "daemon/topic_writer.h"

#include <doctest/doctest.h>

#include <limits>

#include "error_of.h"
#include "ingest/kafka_mock.h"

namespace faultprint::daemon {
namespace topic_writer_test {

using Clock = std::chrono::steady_clock;

// How long waits for records of those event seconds take; nothing is sent.
double seconds(const Pace& pace, const std::vector<int>& times) {
  static const ingest::KafkaMock mock;
  config::KafkaConfig kafka;
  kafka.brokers = mock.brokers();
  TopicWriter writer(kafka, "kpi", {"a"}, pace);
  const auto began = Clock::now();
  for (const int time : times) writer.wait(std::int64_t{time} * 1'000'000);
  return std::chrono::duration<double>(Clock::now() - began).count();
}

TEST_CASE("records to a topic keep the rate, or the speed of event time, asked for") {
  const std::vector<int> times = {1000, 1010, 1000, 1010, 1020, 9000, 9010};
  CHECK(seconds({}, times) < 0.05);
  const double by_rate = seconds({.rate = 60}, times);  // six waits of a 60th
  CHECK(by_rate >= 0.09);
  CHECK(by_rate < 0.2);
  CHECK(seconds({.speed = 100}, {1000, 1010}) >= 0.099);
  // 10 + 0 (late) + 10 + 15 (a gap cut short) + 10 event seconds
  const double by_speed = seconds({.speed = 450, .longest_gap_s = 15}, times);
  CHECK(by_speed >= 0.09);
  CHECK(by_speed < 0.2);
}

TEST_CASE("where no broker answers, that is said before any record") {
  config::KafkaConfig kafka;
  kafka.brokers = "127.0.0.1:1";
  const std::string error = test::error_of(
      [&] { TopicWriter(kafka, "kpi", {"a"}, Pace(), std::chrono::milliseconds(300)); });
  CHECK(error.starts_with("kafka: no broker answers: "));
}

TEST_CASE("a history record as JSON leaves out what is missing") {
  const double missing = std::numeric_limits<double>::quiet_NaN();
  const HistoryRecord record{1498754414000000, "leaf1", {4.5, missing, missing}, {"up"}};
  CHECK(to_json_record(record, {"a", "b", "state"}) ==
        R"({"element":"leaf1","time":1498754414,"kpis":{"a":4.5,"state":"up"}})");
}

}  // namespace topic_writer_test
}  // namespace faultprint::daemon
