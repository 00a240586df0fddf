// The verdicts that bench_load waits for, as they come.
#pragma once

#include <librdkafka/rdkafka.h>

#include <cstdint>
#include <cstdio>
#include <ctime>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "bench/load_records.h"

namespace faultprint::bench {

// The end of a topic as it is now, and on.
class Reader {
 public:
  Reader(const std::string& brokers, const std::string& topic) {
    char error[512] = "";
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    for (const auto& [key, value] : {std::pair{"bootstrap.servers", brokers.c_str()},
                                     {"group.id", "bench-load"},
                                     {"enable.auto.commit", "false"},
                                     {"fetch.wait.max.ms", "100"},
                                     {"queued.min.messages", "1000000"}})
      if (rd_kafka_conf_set(conf, key, value, error, sizeof error) != RD_KAFKA_CONF_OK)
        throw std::runtime_error(error);
    client_ = rd_kafka_new(RD_KAFKA_CONSUMER, conf, error, sizeof error);
    if (client_ == nullptr) throw std::runtime_error(error);
    rd_kafka_poll_set_consumer(client_);
    std::int64_t low = 0;
    std::int64_t end = 0;
    if (rd_kafka_query_watermark_offsets(client_, topic.c_str(), 0, &low, &end, 10000) !=
        RD_KAFKA_RESP_ERR_NO_ERROR)
      throw std::runtime_error(topic + ": its end is not known");
    rd_kafka_topic_partition_list_t* list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, topic.c_str(), 0)->offset = end;
    rd_kafka_assign(client_, list);
    rd_kafka_topic_partition_list_destroy(list);
  }
  ~Reader() {
    rd_kafka_consumer_close(client_);
    rd_kafka_destroy(client_);
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  // False when none came in that time.
  template <typename Take>
  bool take(int timeout_ms, const Take& take) {
    rd_kafka_message_t* message = rd_kafka_consumer_poll(client_, timeout_ms);
    if (message == nullptr) return false;
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR)
      take(std::string_view(static_cast<const char*>(message->payload), message->len));
    const bool good = message->err == RD_KAFKA_RESP_ERR_NO_ERROR;
    rd_kafka_message_destroy(message);
    return good;
  }

 private:
  rd_kafka_t* client_ = nullptr;
};

// A verdict's element and slot, by its id ("cell-100000007@2023-11-14T22:14:00Z").
struct Place {
  long element = -1;
  long slot = 0;

  explicit Place(std::string_view verdict) {
    const auto at = verdict.find("cell-");
    if (at == std::string_view::npos || at + kNumberDigits + 26 > verdict.size()) return;
    const std::string id(verdict.substr(at + 5, kNumberDigits + 21));
    std::tm t{};
    long number = 0;
    if (std::sscanf(id.c_str(), "%9ld@%d-%d-%dT%d:%d:%dZ", &number, &t.tm_year, &t.tm_mon,
                    &t.tm_mday, &t.tm_hour, &t.tm_min, &t.tm_sec) != 7)
      return;
    t.tm_year -= 1900;
    t.tm_mon -= 1;
    element = number - kFirstNumber;
    slot = (timegm(&t) - kBegin) / kPeriod_s - 1;  // its time is the slot's end
  }
};

}  // namespace faultprint::bench
