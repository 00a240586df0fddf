#include <doctest/doctest.h>

#include <random>

#include "daemon/probe/timing.h"

namespace faultprint::daemon::probe {
namespace probe_timing_test {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::int64_t kFirst = 1700000000LL * 1000000;

struct Feed {
  Reading reading;
  Records records;
  // Of one KPI, in a record of its own.
  void add(std::uint32_t element, std::int64_t time_us, std::int32_t partition = 0,
           std::int64_t delay_us = 0) {
    reading.reports.push_back({element, time_us, records.size(), {{"a", {}, 1, ""}}});
    records.push_back({"", "", time_us + delay_us, partition});
  }
};

TEST_CASE("the period is the median step, rounded to a usual one that is near") {
  Feed feed;
  for (int i = 0; i < 100; ++i)
    feed.add(0, kFirst + i * 59'600'000LL + (i % 7 == 0 ? 20'000'000 : 0));
  const Period period = find_period(feed.reading);
  CHECK(period.value == minutes(1));
  CHECK(period.steps == 99);
  CHECK(period.share < 0.8);
}

TEST_CASE("elements that report at different moments of a period do not shorten it") {
  Feed feed;
  for (int i = 0; i < 50; ++i)
    for (std::uint32_t e = 0; e < 4; ++e) feed.add(e, kFirst + i * 10'000'000LL + e * 1'700'000);
  CHECK(find_period(feed.reading).value == seconds(10));
  CHECK(find_period(feed.reading).share == 1);
}

TEST_CASE("a period that is no usual one stays as it is") {
  Feed feed;
  for (int i = 0; i < 50; ++i) feed.add(0, kFirst + i * 7'000'000LL);
  CHECK(find_period(feed.reading).value == seconds(7));
  Feed quick;
  for (int i = 0; i < 50; ++i) quick.add(0, kFirst + i * 250'000LL);
  CHECK(find_period(quick.reading).value == milliseconds(250));
}

TEST_CASE("a coarse clock does not hide the period") {
  Feed feed;  // 4.47 s, told in whole seconds
  for (int i = 0; i < 200; ++i) feed.add(0, kFirst + static_cast<int>(i * 4.47) * 1'000'000LL);
  CHECK(find_period(feed.reading).value == seconds(5));
  CHECK(find_period(feed.reading).share == 1);
}

TEST_CASE("without a second report there is no period") {
  Feed feed;
  feed.add(0, kFirst);
  feed.add(1, kFirst);
  CHECK(find_period(feed.reading).steps == 0);
}

TEST_CASE("lateness is what nearly all records lie behind their partition's newest, in periods") {
  Feed feed;
  for (int i = 0; i < 1000; ++i) {
    feed.add(0, kFirst + i * 10'000'000LL, 0);
    feed.add(1, kFirst + i * 10'000'000LL - (i % 10 == 0 ? 35'000'000 : 0), 0);
  }
  const Lateness lateness = find_lateness(feed.reading, feed.records, seconds(10), false);
  CHECK(lateness.nearly_all == seconds(35));
  CHECK(lateness.worst == seconds(35));
  CHECK(lateness.proposed == seconds(50));
  CHECK(!lateness.hopeless);
}

TEST_CASE("records in order need no more than two periods, and partitions do not wait for others") {
  Feed feed;
  for (int i = 0; i < 100; ++i) feed.add(0, kFirst + i * 10'000'000LL, 0);
  for (int i = 0; i < 100; ++i) feed.add(1, kFirst + i * 10'000'000LL, 1);
  const Lateness lateness = find_lateness(feed.reading, feed.records, seconds(10), false);
  CHECK(lateness.proposed == seconds(20));
  CHECK(lateness.worst == seconds(0));
}

TEST_CASE("a topic filled element by element is told, and no lateness is proposed for it") {
  Feed feed;
  for (std::uint32_t e = 0; e < 3; ++e)
    for (int i = 0; i < 2000; ++i) feed.add(e, kFirst + i * 10'000'000LL);
  const Lateness lateness = find_lateness(feed.reading, feed.records, seconds(10), false);
  CHECK(lateness.hopeless);
  CHECK(lateness.proposed == seconds(20));
  CHECK(!find_lateness(feed.reading, feed.records, seconds(10), true).hopeless);
}

TEST_CASE("delay is the record's timestamp less the event time, and the future is counted") {
  Feed feed;
  for (int i = 0; i < 100; ++i)
    feed.add(0, kFirst + i * 10'000'000LL, 0, i < 10 ? -7'200'000'000LL : 3'000'000);
  const Delay delay = find_delay(feed.reading, feed.records);
  CHECK(delay.stamped == 100);
  CHECK(delay.median == seconds(3));
  CHECK(delay.ahead == doctest::Approx(0.1));
}

TEST_CASE("elements of several partitions are counted") {
  Feed feed;
  for (int i = 0; i < 10; ++i) {
    feed.add(0, kFirst + i, 0);
    feed.add(1, kFirst + i, i % 2);
  }
  CHECK(elements_in_several_partitions(feed.reading, feed.records) == 1);
}

}  // namespace probe_timing_test
}  // namespace faultprint::daemon::probe
