#include <doctest/doctest.h>

#include "daemon/probe/event_time.h"

namespace faultprint::daemon::probe {
namespace probe_event_time_test {

using config::TimeUnit;
using ingest::ObservedValue;
using Kind = ObservedValue::Kind;

constexpr std::int64_t kFirst = 1700000000;

struct Feed {
  Things things;
  Records records;
};

// Ten records, ten seconds apart, with these values; stamped where the record has a time.
Feed feed(const std::function<std::vector<ObservedValue>(std::int64_t)>& values, bool stamped) {
  Feed result;
  for (std::size_t i = 0; i < 10; ++i) {
    const std::int64_t time = kFirst + 10 * static_cast<std::int64_t>(i);
    result.things.push_back({{{}, "", {}, values(time)}, i});
    result.records.push_back({"", "", stamped ? time * 1000000 : 0, 0});
  }
  return result;
}

ObservedValue number(const std::string& name, double value) {
  return {name, Kind::number, value, ""};
}

TimeChoice chosen(const Feed& feed) { return choose_time(feed.things, feed.records); }

TEST_CASE("a time's unit is told by its size") {
  const std::pair<double, TimeUnit> units[] = {{1, TimeUnit::seconds},
                                               {1e3, TimeUnit::milliseconds},
                                               {1e6, TimeUnit::microseconds},
                                               {1e9, TimeUnit::nanoseconds}};
  for (const auto& [factor, unit] : units) {
    const TimeChoice choice = chosen(feed(
        [factor = factor](std::int64_t t) {
          return std::vector{number("/ts", static_cast<double>(t) * factor)};
        },
        false));
    CHECK(choice.name == "/ts");
    CHECK(choice.unit == unit);
  }
}

TEST_CASE("RFC 3339 is a time whatever its name") {
  const TimeChoice choice = chosen(feed(
      [](std::int64_t t) {
        const auto text = "2023-11-14T22:13:" + std::to_string(10 + (t - kFirst) / 10) + "Z";
        return std::vector{ObservedValue{"/when", Kind::text, 0, text}, number("/x", 5)};
      },
      false));
  CHECK(choice.name == "/when");
  CHECK(choice.unit == TimeUnit::rfc3339);
}

TEST_CASE("a number that could be a time is one only near the record's timestamp") {
  const auto values = [](std::int64_t t) {
    return std::vector{number("/octets", 1.1e9 + static_cast<double>(t - kFirst)),
                       number("/at", static_cast<double>(t))};
  };
  CHECK(chosen(feed(values, true)).name == "/at");
  CHECK(chosen(feed(values, false)).name.empty());
}

TEST_CASE("of two times the better named is taken, and the other told") {
  const TimeChoice choice = chosen(feed(
      [](std::int64_t t) {
        return std::vector{number("/received_time", static_cast<double>(t)),
                           number("/timestamp", static_cast<double>(t) - 3)};
      },
      true));
  CHECK(choice.name == "/timestamp");
  CHECK(choice.similar == std::vector<std::string>{"/received_time"});
}

TEST_CASE("a time without a zone is refused by name") {
  const TimeChoice choice = chosen(feed(
      [](std::int64_t) {
        return std::vector{ObservedValue{"/time", Kind::text, 0, "2023-11-14 22:13:20"}};
      },
      true));
  CHECK(choice.name.empty());
  CHECK(choice.why.find("/time is a time without an offset") == 0);
}

}  // namespace probe_event_time_test
}  // namespace faultprint::daemon::probe
