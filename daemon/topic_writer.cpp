#include "daemon/topic_writer.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <thread>

#include "ingest/kafka_reach.h"

namespace faultprint::daemon {
namespace {

// Records are queued: of a broker that is away nothing would be heard before the last of them.
void require_broker(const config::KafkaConfig& kafka, std::chrono::milliseconds patience) {
  ingest::KafkaReach reach(kafka);
  if (const std::string trouble = reach.trouble(patience); !trouble.empty())
    throw std::runtime_error("kafka: " + trouble);
}

}  // namespace

TopicWriter::TopicWriter(const config::KafkaConfig& kafka, std::string topic,
                         std::vector<std::string> fields, const Pace& pace,
                         std::chrono::milliseconds patience)
    : producer_(kafka),
      topic_(std::move(topic)),
      fields_(std::move(fields)),
      pace_(pace) {
  require_broker(kafka, patience);
  started_ = Clock::now();
}

void TopicWriter::wait(std::int64_t time_us) {
  double due_s = 0;
  if (pace_.rate > 0) due_s = static_cast<double>(waits_) / pace_.rate;
  if (pace_.speed > 0) {
    // A late record waits for nothing: only what is newer than all before takes time.
    const double gap = static_cast<double>(time_us - newest_us_.value_or(time_us)) * 1e-6;
    event_s_ += std::clamp(gap, 0.0, pace_.longest_gap_s);
    due_s = std::max(due_s, event_s_ / pace_.speed);
  }
  newest_us_ = std::max(time_us, newest_us_.value_or(time_us));
  ++waits_;
  if (due_s <= 0) return;
  const auto due =
      started_ + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(due_s));
  std::this_thread::sleep_until(due);
}

void TopicWriter::write(const HistoryRecord& record) {
  producer_.send(topic_, record.element, to_json_record(record, fields_), record.time_us);
}

void TopicWriter::flush() { producer_.flush(std::chrono::seconds(60)); }

std::string to_json_record(const HistoryRecord& record, const std::vector<std::string>& fields) {
  nlohmann::ordered_json kpis = nlohmann::ordered_json::object();
  const std::size_t numbers = fields.size() - record.texts.size();
  for (std::size_t i = 0; i < numbers; ++i)
    if (!std::isnan(record.values[i])) kpis[fields[i]] = record.values[i];
  for (std::size_t i = numbers; i < fields.size(); ++i)
    if (!record.texts[i - numbers].empty()) kpis[fields[i]] = record.texts[i - numbers];
  nlohmann::ordered_json json;
  json["element"] = record.element;
  if (record.time_us % 1'000'000 == 0)
    json["time"] = record.time_us / 1'000'000;
  else
    json["time"] = static_cast<double>(record.time_us) * 1e-6;
  json["kpis"] = kpis;
  return json.dump();
}

}  // namespace faultprint::daemon
