// Telegraf's data_format = "json", with and without json batches.
#include <doctest/doctest.h>

#include "decoding.h"

namespace faultprint::ingest {
namespace telegraf_decoder_test {

using test::Decoding;
using Lines = std::vector<std::string>;

const std::vector<std::string> kKpis = {"interface.ifInOctets", "interface.ifOutOctets"};

std::string metric(const std::string& fields, const std::string& timestamp = "1498754410",
                   const std::string& tags = R"({"host":"poller","agent_host":"leaf1"})") {
  return R"({"fields":)" + fields + R"(,"name":"interface","tags":)" + tags + R"(,"timestamp":)" +
         timestamp + "}";
}

TEST_CASE("a metric is a sample") {
  Decoding decoding("telegraf, record: {element: \"{agent_host}\"}", kKpis);
  const std::vector<std::pair<std::string, std::string>> table = {
      {metric(R"({"ifInOctets":5,"ifOutOctets":2.5,"ifDescr":"eth0"})"),
       "leaf1 2017-06-29T16:40:10Z interface.ifInOctets=5 interface.ifOutOctets=2.5"},
      {metric(R"({"ifInOctets":18446744073709551615})", "1498754410000"),
       "leaf1 2017-06-29T16:40:10Z interface.ifInOctets=1.84467440737096e+19"},
      {metric(R"({"ifInOctets":true,"ifOutOctets":null})", "1498754410000000000"),
       "leaf1 2017-06-29T16:40:10Z interface.ifInOctets=1"},
      {metric(R"({"ifInOctets":1})", R"("2017-06-29T16:40:10Z")") + "\n",
       "leaf1 2017-06-29T16:40:10Z interface.ifInOctets=1"},
      {metric(R"({"ifInOctets":1})", "1498754410.25"),
       "leaf1 2017-06-29T16:40:10.250Z interface.ifInOctets=1"},
  };
  for (const auto& [record, expected] : table) {
    CAPTURE(record);
    CHECK(decoding.line_of(record) == expected);
  }
}

TEST_CASE("a batch gives a sample or a reason for each metric") {
  Decoding decoding("telegraf, record: {element: \"{agent_host}\"}", kKpis);
  const std::string cpu =
      R"({"fields":{"usage_idle":99},"name":"cpu","tags":{"host":"poller"},"timestamp":10})";
  const Lines expected{"leaf1 2017-06-29T16:40:10Z interface.ifInOctets=1", "!other_kpis",
                       "!bad_value", "!no_kpis",
                       "leaf1 2017-06-29T16:40:10Z interface.ifOutOctets=3"};
  const std::string items = metric(R"({"ifInOctets":1})") + "," + cpu + "," +
                            metric(R"({"ifInOctets":"2"})") + ",7," +
                            metric(R"({"ifOutOctets":3})");
  CHECK(decoding.lines(R"({"metrics":[)" + items + "]}") == expected);
  CHECK(decoding.lines("[" + items + "]") == expected);
}

TEST_CASE("metrics that must not be decoded, and why") {
  Decoding decoding("telegraf, record: {element: \"{agent_host}\", time_unit: s}", kKpis);
  const std::string good = metric(R"({"ifInOctets":1})");
  const std::vector<std::pair<std::string, std::string>> table = {
      {"", "!empty"},
      {std::string(100001, ' '), "!too_large"},
      {good.substr(0, good.size() - 1), "!not_json"},
      {good + "x", "!not_json"},
      {metric(R"({"ifInOctets":NaN})"), "!not_json"},
      {metric(R"({"ifInOctets":1e999})"), "!not_json"},
      {metric(R"({"ifInOctets":1,"x":"\x"})"), "!not_json"},
      {metric(R"({"ifInOctets":1,"x":)" + std::string(40000, '[') + std::string(40000, ']') + "}"),
       "!not_json"},
      {metric("{\"ifInOctets\":1,\"x\":\"\xFF\"}"), "!not_utf8"},
      {R"({"metrics":[]})", "!no_kpis"},
      {R"({"metrics":5})", "!no_kpis"},
      {"null", "!no_kpis"},
      {metric("{}"), "!no_kpis"},
      {metric("[1]"), "!no_kpis"},
      {metric(R"({"ifInOctets":1})", "10", R"({"host":"poller"})"), "!no_element"},
      {metric(R"({"ifInOctets":1})", "10", R"({"agent_host":5})"), "!no_element"},
      {metric(R"({"ifInOctets":1})", "10", R"("leaf1")"), "!no_element"},
      {metric(R"({"ifInOctets":1})", "10", R"({"agent_host":")" + std::string(257, 'x') + R"("})"),
       "!element_too_long"},
      {R"({"fields":{"ifInOctets":1},"name":"interface","tags":{"agent_host":"a"}})", "!no_time"},
      {metric(R"({"ifInOctets":1})", "1498754410000"), "!bad_time"},  // seconds are asked for
      {metric(R"({"ifInOctets":1})", "-1"), "!bad_time"},
      {metric(R"({"ifInOctets":1})", "{}"), "!bad_time"},
      {metric(R"({"ifInOctets":[1]})"), "!bad_value"},
      {metric(R"({"ifInOctets":"1"})"), "!bad_value"},
  };
  for (const auto& [record, expected] : table) {
    CAPTURE(record.substr(0, 100));
    CHECK(decoding.line_of(record) == expected);
    CHECK(decoding.line_of(good) == "leaf1 2017-06-29T16:40:10Z interface.ifInOctets=1");
  }
}

TEST_CASE("damaged metrics never crash") {
  Decoding decoding("telegraf, record: {element: \"{agent_host}\"}", kKpis);
  CHECK(survives_damage(decoding,
                        R"({"metrics":[)" + metric(R"({"ifInOctets":1,"x":"a\u00e9"})") + "," +
                            metric(R"({"ifOutOctets":2.5})") + "]}",
                        "{}[]\",:\\0123456789.eE+-tfnu \x01\xC3\xFF"));
}

}  // namespace telegraf_decoder_test
}  // namespace faultprint::ingest
