#include "daemon/control_reading.h"

#include "daemon/clock.h"
#include "daemon/log.h"

namespace faultprint::daemon {
namespace {

constexpr auto kControlWait = std::chrono::milliseconds(200);
constexpr auto kShowEvery = std::chrono::seconds(1);  // well within ControlPlans::kLeadUs
constexpr auto kWarnEvery = std::chrono::seconds(1);  // of bad records, which anyone may write

}  // namespace

ControlReading::ControlReading(const config::KafkaConfig& kafka, ControlBoard& board,
                               Metrics& metrics)
    : topic_(kafka.control_topic),
      board_(board),
      metrics_(metrics),
      reader_(kafka, kafka.control_topic, "faultprint-control"),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

ControlReading::~ControlReading() {
  thread_.request_stop();
  thread_.join();
}

std::string ControlReading::trouble() const {
  const std::lock_guard lock(mutex_);
  return trouble_;
}

void ControlReading::run(const std::stop_token& stop) {
  bool changed = false;  // since it was shown: each showing is a copy
  Clock::time_point next_show;
  while (!stop.stop_requested()) {
    changed = take(reader_.poll(kControlWait)) || changed;
    // At the start once, with all of it. A partition that is added later holds nothing back.
    if (!whole_ && !reader_.whole()) {
      tell_trouble(reader_.trouble());
      continue;
    }
    if (!whole_ || (changed && Clock::now() >= next_show)) {
      board_.show(plans_);
      changed = false;
      next_show = Clock::now() + kShowEvery;
    }
    if (!whole_)
      log::info(
          "control topic read",
          {{"topic", topic_}, {"maintenance", plans_.works()}, {"relearn", plans_.relearned()}});
    whole_ = true;
    tell_trouble(reader_.trouble());
  }
}

// Whether plans have changed.
bool ControlReading::take(const std::vector<ingest::KafkaTopicReader::Record>& records) {
  bool changed = false;
  for (const auto& record : records) {
    const std::string why =
        plans_.add({record.time_us, record.partition, record.offset}, record.payload);
    metrics_.control_record(why.empty());
    changed = changed || why.empty();
    if (why.empty()) continue;
    ++not_told_;
    if (Clock::now() < next_warning_) continue;
    next_warning_ = Clock::now() + kWarnEvery;
    log::warning("control record refused", {{"topic", topic_},
                                            {"partition", record.partition},
                                            {"offset", record.offset},
                                            {"reason", why},
                                            {"records", not_told_}});
    not_told_ = 0;
  }
  return changed;
}

void ControlReading::tell_trouble(const std::string& now) {
  {
    const std::lock_guard lock(mutex_);
    if (trouble_ == now) return;
    trouble_ = now;
  }
  if (!now.empty()) log::error("control topic", {{"topic", topic_}, {"reason", now}});
}

}  // namespace faultprint::daemon
