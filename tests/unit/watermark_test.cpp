#include "ingest/watermark.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <vector>

namespace faultprint::ingest {
namespace watermark_test {

TEST_CASE("before any element there is no watermark") {
  CHECK(Watermark().time_us() == Watermark::kNever);
}

TEST_CASE("with three elements one fast clock moves nothing") {
  Watermark mark;
  mark.reached(1, 100);
  mark.reached(2, 100);
  mark.reached(3, 100);
  mark.reached(2, 1000000);
  mark.reached(2, 9000000);
  CHECK(mark.time_us() == 100);
  mark.reached(1, 200);  // two of three
  CHECK(mark.time_us() == 100);
  mark.reached(3, 150);
  CHECK(mark.time_us() == 150);
}

TEST_CASE("with fewer than three elements all must have reached it") {
  Watermark mark;
  mark.reached(7, 50);
  CHECK(mark.time_us() == 50);
  mark.reached(7, 80);
  CHECK(mark.time_us() == 80);
  mark.reached(8, 60);  // what one alone had reached is void
  CHECK(mark.time_us() == 60);
  mark.reached(7, 120);
  CHECK(mark.time_us() == 60);
  mark.reached(8, 90);
  CHECK(mark.time_us() == 90);
}

TEST_CASE("a clock that is ahead and comes first holds nobody up") {
  Watermark mark;
  mark.reached(1, 3600);
  mark.reached(2, 5);
  mark.reached(3, 6);
  CHECK(mark.time_us() == 5);
  mark.forget(3);
  mark.reached(4, 1);  // there have been three: now it never goes back
  CHECK(mark.time_us() == 5);
}

TEST_CASE("the watermark is the third newest time, and never goes back") {
  std::mt19937_64 random(5);
  Watermark mark;
  std::map<std::uint32_t, std::int64_t> newest;
  std::int64_t expected = Watermark::kNever;
  std::size_t known = 0;
  bool settled = false;
  for (int i = 0; i < 20000; ++i) {
    const auto element = static_cast<std::uint32_t>(random() % 9);
    auto& time = newest.try_emplace(element, 0).first->second;
    time = std::max(time, static_cast<std::int64_t>(i / 4 + random() % 50));
    mark.reached(element, time);
    std::vector<std::int64_t> times;
    for (const auto& [id, t] : newest) times.push_back(t);
    std::sort(times.rbegin(), times.rend());
    const std::int64_t now = times[std::min<std::size_t>(times.size(), 3) - 1];
    expected = !settled && times.size() > known ? now : std::max(expected, now);
    known = times.size();
    settled = settled || known >= 3;
    REQUIRE(mark.time_us() == expected);
  }
}

TEST_CASE("an older time of an element changes nothing") {
  Watermark mark;
  mark.reached(1, 100);
  mark.reached(2, 200);
  mark.reached(1, 40);
  CHECK(mark.time_us() == 100);
  CHECK(mark.state().leaders[1].time_us == 100);
}

TEST_CASE("an element that is forgotten no longer holds the watermark, and what it moved stays") {
  Watermark mark;
  mark.reached(1, 100);
  mark.reached(2, 500);
  mark.forget(1);
  CHECK(mark.time_us() == 100);
  mark.reached(2, 600);
  CHECK(mark.time_us() == 600);
  mark.forget(2);
  CHECK(mark.time_us() == 600);
  mark.reached(3, 10);
  CHECK(mark.time_us() == 600);
  mark.forget(99);  // never seen
  mark.reached(3, 700);
  CHECK(mark.time_us() == 700);
}

TEST_CASE("a restored watermark goes on as the first would have") {
  Watermark mark;
  for (std::uint32_t element = 0; element < 5; ++element) mark.reached(element, 10 * element);
  Watermark other;
  other.restore(mark.state());
  CHECK(other.time_us() == 20);
  other.reached(2, 35);
  CHECK(other.time_us() == 30);
}

}  // namespace watermark_test
}  // namespace faultprint::ingest
