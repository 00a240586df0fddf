// What an event time means: stream.stamp and stream.timezone, whatever the format.
#include <doctest/doctest.h>

#include "decoding.h"
#include "file_bytes.h"
#include "ingest/history.h"

namespace faultprint::ingest {
namespace event_times_test {

using test::Decoding;

// The same report in each format: x, value 1; {time} stands for how it is stamped.
const std::vector<std::pair<std::string, std::string>> kFeeds = {
    {"json", R"({"element":"x","time":{time},"kpis":{"a":1}})"},
    {"json_value", R"({"element":"x","time":{time},"kpi":"a","value":1})"},
    {"csv, record: {columns: [time, element, a]}", "{time},x,1"},
    {"gnmic, record: {element: \"{source}\"}",
     R"({"name":"m","timestamp":{time},"tags":{"source":"x"},"values":{"a":1}})"},
    {"telegraf, record: {element: \"{host}\", kpi: \"{field}\"}",
     R"({"name":"m","timestamp":{time},"tags":{"host":"x"},"fields":{"a":1}})"},
    {"influx, record: {element: \"{host}\", kpi: \"{field}\", time_unit: s}",
     "m,host=x a=1 {time}"}};

std::string stamped(std::string record, const std::string& time) {
  return record.replace(record.find("{time}"), 6, time);
}

TEST_CASE("stamp: end, a report is of the period that ends at its time") {
  for (const auto& [format, record] : kFeeds) {
    CAPTURE(format);
    const std::string report = stamped(record, "1498754420");  // 16:40:20
    CHECK(Decoding(format, {"a"}).line_of(report) == "x 2017-06-29T16:40:20Z a=1");
    CHECK(Decoding(format + ", stamp: start", {"a"}).line_of(report) ==
          "x 2017-06-29T16:40:20Z a=1");
    CHECK(Decoding(format + ", stamp: end", {"a"}).line_of(report) ==
          "x 2017-06-29T16:40:10Z a=1");  // its period is of 10 s
    CHECK(Decoding(format + ", stamp: end", {"a"}).line_of(stamped(record, "3")) ==
          "x 1970-01-01T00:00:00Z a=1");
  }
}

TEST_CASE("stamp: events of VES say begin and end themselves") {
  const std::string event =
      R"({"event":{"commonEventHeader":{"domain":"measurement","sourceName":"x",)"
      R"("startEpochMicrosec":1498754410000000,"lastEpochMicrosec":1498754420000000},)"
      R"("measurementFields":{"measurementInterval":10,"a":1}}})";
  CHECK(Decoding("ves", {"a"}).line_of(event) == "x 2017-06-29T16:40:10Z a=1");
  CHECK(Decoding("ves, stamp: end", {"a"}).line_of(event) == "x 2017-06-29T16:40:10Z a=1");
}

TEST_CASE("times without an offset are of stream.timezone, and bad ones without that") {
  for (std::size_t i = 0; i < 3; ++i) {  // the formats that have times as text
    const auto& [format, record] = kFeeds[i];
    CAPTURE(format);
    const std::string quote = i < 2 ? "\"" : "";
    const auto report = [&, &record = record](const std::string& time) {
      return stamped(record, quote + time + quote);
    };
    CHECK(Decoding(format, {"a"}).line_of(report("2017-06-29T18:40:20")) == "!bad_time");
    Decoding west(format + ", timezone: \"-04:30\"", {"a"});
    CHECK(west.line_of(report("2017-06-29T12:10:20")) == "x 2017-06-29T16:40:20Z a=1");
    CHECK(west.line_of(report("2017-06-29 12:10:20.5")) == "x 2017-06-29T16:40:20.500Z a=1");
    CHECK(west.line_of(report("2017-06-29T16:40:20Z")) == "x 2017-06-29T16:40:20Z a=1");
    CHECK(west.line_of(stamped(record, "1498754420")) == "x 2017-06-29T16:40:20Z a=1");
    Decoding utc(format + ", timezone: UTC, stamp: end", {"a"});
    CHECK(utc.line_of(report("2017-06-29T16:40:20")) == "x 2017-06-29T16:40:10Z a=1");
  }
}

TEST_CASE("both hold in recorded files, too") {
  const auto first_time = [](const std::string& options, const std::string& time) {
    const auto config = config::parse(
        "stream: {period: 10s, window: 4, kpis: [{name: a}]" + options + "}", "t.yaml");
    const test::TempFile file("time,element,a\n" + time + ",x,1\n");
    History history({file.path()}, DecoderOptions(config.group().stream, config.input_spec()));
    KpiSample sample;
    REQUIRE(history.next(sample));
    return format_rfc3339(sample.time_us);
  };
  CHECK(first_time("", "1498754420") == "2017-06-29T16:40:20Z");
  CHECK(first_time(", stamp: end", "1498754420") == "2017-06-29T16:40:10Z");
  CHECK(first_time(", timezone: \"+02:00\"", "2017-06-29T18:40:20") == "2017-06-29T16:40:20Z");
  CHECK_THROWS(first_time("", "2017-06-29T18:40:20"));
}

}  // namespace event_times_test
}  // namespace faultprint::ingest
