// Load for a running daemon, and what becomes of it: records of made-up elements into a topic, as
// fast as it takes them, at a rate, or with so many under way at most; the time from handing a
// record to librdkafka until its verdict is read from the verdicts topic. bench/load.py runs it.
//
//   bench_load fill BROKERS TOPIC ELEMENTS KPIS FIRST_SLOT SLOTS
//   bench_load pass BROKERS TOPIC ELEMENTS KPIS FIRST_SLOT VERDICTS_TOPIC RATE SECONDS
//   bench_load wait BROKERS VERDICTS_TOPIC SECONDS
//
// RATE 0: with kUnderWay records under way. A pass is of whole slots; it prints one line of names
// and figures. Of every hundredth element the last KPI is missing: its slots wait for the
// watermark, and count apart ("late").
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "bench/load_records.h"
#include "bench/verdict_reader.h"

namespace {

using namespace faultprint::bench;
using Clock = std::chrono::steady_clock;

constexpr long kLateness_s = 2 * kPeriod_s;  // load.py's configuration says the same
constexpr long kUnderWay = 20000;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

// Times of a pass: written by the sending thread, read once a verdict says that it was sent.
class Pass {
 public:
  Pass(const Load& load, std::string verdicts, double rate, double seconds)
      : load_(load), reader_(load.brokers, verdicts), rate_(rate), seconds_(seconds) {
    // Of a pass without a rate the end is the time's.
    const double most = rate > 0 ? rate * seconds : 2e6 * seconds;
    slots_ = std::max(kLeastSlots,
                      static_cast<long>(std::ceil(most / static_cast<double>(load.elements))));
    sent_.resize(static_cast<std::size_t>(slots_ * load.elements));
  }

  void run() {
    std::thread sender([this] { send(); });
    while (!done()) {
      if (reader_.take(100, [this](std::string_view line) { judge(line); })) {
        last_ = Clock::now();
      } else if (seconds_since(last_) > 30) {
        std::fprintf(stderr, "%ld of %ld verdicts came\n", judged_.load(), expected());
        std::exit(1);
      }
    }
    sender.join();
    tell();
  }

 private:
  bool done() const { return all_sent_ && judged_ >= expected(); }
  long expected() const {
    const long slots = count_ / load_.elements;
    return count_ - slots * (load_.elements / kIncomplete);
  }

  void send() {
    Producer producer(load_, "1");
    begin_ = Clock::now();
    for (count_ = 0; count_ < static_cast<long>(sent_.size()); ++count_) {
      if (!may_send(count_)) break;
      sent_[static_cast<std::size_t>(count_)] = Clock::now();
      producer.send(count_);
    }
    sending_s_ = seconds_since(begin_);
    producer.flush();
    all_sent_ = true;
  }

  // Waits till it is this record's turn; false where the time is up.
  bool may_send(long record) const {
    if (rate_ > 0) {
      const std::chrono::duration<double> due(static_cast<double>(record) / rate_);
      const auto at = begin_ + std::chrono::duration_cast<Clock::duration>(due);
      if (at > Clock::now() + std::chrono::milliseconds(1)) std::this_thread::sleep_until(at);
      return true;
    }
    // Of those sent a hundredth is not judged at once.
    while (record - judged_ - record / kIncomplete > kUnderWay)
      std::this_thread::sleep_for(std::chrono::microseconds(200));
    return record % load_.elements != 0 || record == 0 || seconds_since(begin_) < seconds_;
  }

  void judge(std::string_view line) {
    const Place place(line);
    const long slot = place.slot - load_.first_slot;
    if (place.element < 0 || slot < 0 || slot >= slots_) return;
    const auto now = Clock::now();
    const auto since = [&](long record) {
      const auto sent = sent_[static_cast<std::size_t>(record)];
      return std::chrono::duration<double, std::milli>(now - sent).count();
    };
    const long own = slot * load_.elements + place.element;
    if (!is_incomplete(place.element)) {
      latencies_.push_back(since(own));
      ++judged_;
      return;
    }
    // Its slot is over once three elements of the partition have come that far.
    const long closing = (slot + 1 + kLateness_s / kPeriod_s) * load_.elements + kClosing;
    if (closing >= static_cast<long>(sent_.size()) || sent_[closing] == Clock::time_point()) return;
    late_.push_back(since(own));
    late_rest_.push_back(since(closing));
  }

  static double quantile(std::vector<double>& values, double share) {
    if (values.empty()) return std::nan("");
    const auto rank = static_cast<std::size_t>(share * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), values.begin() + static_cast<long>(rank), values.end());
    return values[rank];
  }

  void tell() {
    const double all_s = std::chrono::duration<double>(last_ - begin_).count();
    const long count = count_;
    std::printf("sent %ld sending_s %.3f rate %.0f p50 %.2f p99 %.2f p999 %.2f most %.2f ", count,
                sending_s_, static_cast<double>(count) / all_s, quantile(latencies_, 0.5),
                quantile(latencies_, 0.99), quantile(latencies_, 0.999), quantile(latencies_, 1));
    std::printf("late_p50 %.2f late_p99 %.2f late_rest_p50 %.2f late_rest_p99 %.2f next_slot %ld\n",
                quantile(late_, 0.5), quantile(late_, 0.99), quantile(late_rest_, 0.5),
                quantile(late_rest_, 0.99), load_.first_slot + count / load_.elements);
  }

  static constexpr long kLeastSlots = 6;  // some that wait for `lateness` are over by then
  static constexpr long kClosing = 32;    // with eight partitions each has its three by then

  const Load& load_;
  Reader reader_;
  double rate_;
  double seconds_;
  long slots_ = 0;
  std::vector<Clock::time_point> sent_;
  std::atomic<long> count_ = 0;
  std::atomic<long> judged_ = 0;  // of complete records
  std::atomic<bool> all_sent_ = false;
  Clock::time_point begin_;
  Clock::time_point last_ = Clock::now();
  double sending_s_ = 0;
  std::vector<double> latencies_;  // ms
  std::vector<double> late_;       // of incomplete records: from their own
  std::vector<double> late_rest_;  // and from the record that ends the wait
};

int usage() {
  std::fprintf(stderr,
               "usage: bench_load fill BROKERS TOPIC ELEMENTS KPIS FIRST_SLOT SLOTS\n"
               "       bench_load pass BROKERS TOPIC ELEMENTS KPIS FIRST_SLOT VERDICTS_TOPIC RATE "
               "SECONDS\n"
               "       bench_load wait BROKERS VERDICTS_TOPIC SECONDS\n");
  return 2;
}

// The first verdict that is new: says when it begins to look, and when one has come.
int wait_for_one(const std::string& brokers, const std::string& topic, double seconds) {
  Reader reader(brokers, topic);
  std::puts("looking");
  std::fflush(stdout);
  const auto begin = Clock::now();
  while (seconds_since(begin) < seconds)
    if (reader.take(10, [](std::string_view) {})) {
      std::puts("first verdict");
      return 0;
    }
  return 1;
}

int run(const std::vector<std::string>& words) {
  if (words.size() == 4 && words[0] == "wait")
    return wait_for_one(words[1], words[2], std::stod(words[3]));
  if (words.size() < 7) return usage();
  const Load load{words[1], words[2], std::stol(words[3]), std::stoi(words[4]),
                  std::stol(words[5])};
  if (words[0] == "fill") {
    Producer producer(load, "50");
    const long records = load.elements * std::stol(words[6]);
    for (long record = 0; record < records; ++record) producer.send(record);
    producer.flush();
    return 0;
  }
  if (words[0] != "pass" || words.size() != 9) return usage();
  Pass(load, words[6], std::stod(words[7]), std::stod(words[8])).run();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run({argv + 1, argv + argc});
  } catch (const std::exception& e) {
    std::fprintf(stderr, "bench_load: %s\n", e.what());
    return 1;
  }
}
