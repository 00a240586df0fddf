#include "tests/simulation/feed.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string>

namespace faultprint::crash {
namespace {

struct Sent {
  double arrives = 0;  // slots after the first
  int partition = 0;
  Record record;
};

// One element's values, slot by slot.
class Element {
 public:
  Element(std::string name, int partition, Dice& dice) : name_(std::move(name)), dice_(dice) {
    partition_ = partition;
    counter_ = 1000.0 * dice.below(100);
    if (dice.chance(0.1)) clock_ahead_ = 1 + dice.below(6);
  }

  void report(int slot, std::vector<Sent>& sent) {
    change(slot);
    const double a = dice_.noise() + (fault_ == 1 || fault_ == 4 ? 9 : 0);
    counter_ += 10.0 * (10 + dice_.noise() + (fault_ == 2 || fault_ == 4 ? 9 : 0));
    const double c = dice_.noise() + (fault_ == 3 ? 9 : 0);
    if (dice_.chance(0.01)) counter_ = 5;
    if (slot < silent_until_ || dice_.chance(0.03)) return;
    const bool ahead = clock_ahead_ > 0 && slot % 16 > 10;
    const std::int64_t time_s =
        (kFirstSlot + slot + (ahead ? clock_ahead_ : 0)) * kPeriodS + 1 + dice_.below(8);
    double arrives = slot + dice_.unit();
    if (dice_.chance(0.05)) arrives += 1 + dice_.below(2);
    if (dice_.chance(0.02)) arrives += 4 + dice_.below(8);  // too late
    if (dice_.chance(0.15)) {                               // in two parts
      send(arrives, time_s, {a, NAN, c}, sent);
      if (dice_.chance(0.8)) send(arrives + dice_.unit(), time_s, {NAN, counter_, NAN}, sent);
    } else {
      send(arrives, time_s, {a, counter_, c}, sent);
    }
    if (dice_.chance(0.06)) {  // once more, now or much later
      sent.push_back(sent.back());
      sent.back().arrives += dice_.chance(0.5) ? 0.3 : dice_.below(9);
    }
    if (dice_.chance(0.02)) break_one(arrives, sent);
  }

  void silence_until(int slot) { silent_until_ = slot; }

 private:
  void change(int slot) {
    if (slot >= fault_until_) fault_ = 0;
    if (fault_ == 0 && dice_.chance(0.06)) {
      fault_ = dice_.between(1, 4);
      fault_until_ = slot + dice_.between(2, 9);
    }
    if (slot >= silent_until_ && dice_.chance(0.02))
      silent_until_ = slot + (dice_.chance(0.5) ? dice_.between(2, 5) : kForgetSlots + 4);
  }

  void send(double arrives, std::int64_t time_s, const std::array<double, 3>& values,
            std::vector<Sent>& sent) {
    char text[32];
    std::string json =
        R"({"element":")" + name_ + R"(","time":)" + std::to_string(time_s) + R"(,"kpis":{)";
    for (std::size_t k = 0; k < values.size(); ++k) {
      if (std::isnan(values[k])) continue;
      std::snprintf(text, sizeof text, "\"%c\":%.3f", static_cast<char>('a' + k), values[k]);
      json += (json.back() == '{' ? "" : ",") + std::string(text);
    }
    add(arrives, json + "}}", sent);
  }

  void add(double arrives, std::string payload, std::vector<Sent>& sent) {
    Sent one;
    one.arrives = arrives;
    one.partition = partition_;
    one.record.key = name_;
    one.record.payload = std::move(payload);
    sent.push_back(std::move(one));
  }

  void break_one(double arrives, std::vector<Sent>& sent) {
    switch (dice_.below(4)) {
      case 0:
        return add(arrives, "", sent);
      case 1:
        return add(arrives, R"({"element":"e0","time":15)", sent);
      case 2:
        return send(arrives, (kFirstSlot + 100000) * kPeriodS, {1, 1, 1}, sent);  // far ahead
      default:
        return send(arrives, (kFirstSlot - 1000) * kPeriodS, {1, 1, 1}, sent);  // too old
    }
  }

  std::string name_;
  Dice& dice_;
  int partition_ = 0;
  double counter_ = 0;
  int clock_ahead_ = 0;  // slots
  int fault_ = 0;        // the KPI that is high, counted from 1; 4: two of them
  int fault_until_ = 0;
  int silent_until_ = 0;
};

std::vector<std::vector<Record>> in_order(std::vector<Sent> sent, int partitions) {
  std::stable_sort(sent.begin(), sent.end(),
                   [](const Sent& a, const Sent& b) { return a.arrives < b.arrives; });
  std::vector<std::vector<Record>> logs(static_cast<std::size_t>(partitions));
  for (Sent& one : sent) {
    auto& log = logs[static_cast<std::size_t>(one.partition)];
    one.record.offset = static_cast<std::int64_t>(log.size());
    one.record.timestamp_us =
        kFirstSlot * kPeriodS * 1000000 + std::llround(one.arrives * kPeriodS * 1000) * 1000;
    log.push_back(std::move(one.record));
  }
  return logs;
}

}  // namespace

std::vector<std::vector<Record>> make_feed(const FeedOptions& options, Dice& dice) {
  std::vector<Element> elements;
  for (int e = 0; e < options.elements; ++e)
    elements.emplace_back("e" + std::to_string(e < 9 ? e : e + 1), dice.below(options.partitions),
                          dice);
  Element newcomer(kNewcomer, dice.below(options.partitions), dice);
  std::vector<Sent> sent;
  for (int slot = 0; slot < options.slots; ++slot) {
    if (options.outage && slot == options.slots / 2)
      for (std::size_t e = 4; e < elements.size(); ++e) elements[e].silence_until(slot + 5);
    for (Element& element : elements) element.report(slot, sent);
    if (slot >= kNewcomerSlot) newcomer.report(slot, sent);
  }
  return in_order(std::move(sent), options.partitions);
}

}  // namespace faultprint::crash
