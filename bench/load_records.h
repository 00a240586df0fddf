// The records that bench_load sends: made-up elements, slot after slot.
#pragma once

#include <cstdint>
#include <cstdio>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/kafka_producer.h"

namespace faultprint::bench {

constexpr long kBegin = 1700000040;  // the first slot's time, s
constexpr long kPeriod_s = 60;
constexpr int kIncomplete = 100;  // of so many elements one
constexpr int kFirstNumber = 100000000;
constexpr int kNumberDigits = 9;
constexpr int kTemplates = 997;

inline bool is_incomplete(long element) { return element % kIncomplete == kIncomplete - 1; }

// Records with their values; name and time are written over.
class Records {
 public:
  explicit Records(int kpis) {
    std::mt19937_64 random(7);
    for (int i = 0; i < 2 * kTemplates; ++i) texts_.push_back(text(kpis - i / kTemplates, random));
  }

  const std::string& at(long element, long time_s) {
    std::string& text = texts_[static_cast<std::size_t>((element * 31 + time_s) % kTemplates +
                                                        (is_incomplete(element) ? kTemplates : 0))];
    put(kFirstNumber + element, name_.data() + name_.size(), kNumberDigits);
    text.replace(kNameAt, name_.size(), name_);
    put(time_s, text.data() + kTimeAt + kTimeDigits, kTimeDigits);
    return text;
  }
  std::string_view name() const { return name_; }  // of the last one

 private:
  static constexpr std::size_t kNameAt = 12;
  static constexpr std::size_t kTimeAt = kNameAt + 14 + 9;
  static constexpr int kTimeDigits = 10;

  static void put(long number, char* end, int digits) {
    for (; digits > 0; --digits, number /= 10) *--end = static_cast<char>('0' + number % 10);
  }

  static std::string text(int kpis, std::mt19937_64& random) {
    std::string text = R"({"element":"cell-000000000","time":0000000000,"kpis":{)";
    char value[48];
    for (int k = 0; k < kpis; ++k) {
      std::snprintf(value, sizeof value, "%s\"kpi_%d\":%.3f", k == 0 ? "" : ",", 100 + k,
                    95 + static_cast<double>(random() % 10000) * 0.001);
      text += value;
    }
    return text + "}}";
  }

  std::vector<std::string> texts_;
  std::string name_ = "cell-000000000";
};

struct Load {
  std::string brokers;
  std::string topic;
  long elements = 0;
  int kpis = 0;
  long first_slot = 0;
};

inline config::KafkaConfig kafka_of(const std::string& brokers, const char* linger_ms) {
  config::KafkaConfig kafka;
  kafka.brokers = brokers;
  kafka.properties = {{"linger.ms", linger_ms}, {"queue.buffering.max.messages", "1000000"}};
  return kafka;
}

class Producer {
 public:
  Producer(const Load& load, const char* linger_ms)
      : load_(load), records_(load.kpis), kafka_(kafka_of(load.brokers, linger_ms)) {}

  void send(long record) {
    const long time_s = kBegin + (load_.first_slot + record / load_.elements) * kPeriod_s;
    const std::string& text = records_.at(record % load_.elements, time_s);
    kafka_.send(load_.topic, records_.name(), text, time_s * 1000000);
  }
  void flush() { kafka_.flush(std::chrono::seconds(120)); }

 private:
  const Load& load_;
  Records records_;
  ingest::KafkaProducer kafka_;
};

}  // namespace faultprint::bench
