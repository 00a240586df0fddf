// gNMIc's event format.
#include <doctest/doctest.h>

#include "decoding.h"

namespace faultprint::ingest {
namespace gnmic_decoder_test {

using test::Decoding;
using Lines = std::vector<std::string>;

const std::string kIn = "/interface/statistics/in-octets";
const std::string kOut = "/interface/statistics/out-octets";
const char* const kFormat = "gnmic, record: {element: \"{source}/{interface_name}\"}";

std::string event(const std::string& values, const std::string& timestamp = "1498754410123456789",
                  const std::string& tags =
                      R"({"interface_name":"ethernet-1/1","source":"172.17.0.100:57400",)"
                      R"("subscription-name":"port_stats"})") {
  return R"({"name":"port_stats","timestamp":)" + timestamp + R"(,"tags":)" + tags +
         R"(,"values":)" + values + "}";
}

std::string value(const std::string& path, const std::string& text) {
  return "{\"" + path + "\":" + text + "}";
}

const std::string kElement = "172.17.0.100:57400/ethernet-1/1 2017-06-29T16:40:10.123456Z";

TEST_CASE("an event's values are KPIs by their paths, whether numbers or text") {
  Decoding decoding(kFormat, {kIn, kOut});
  const std::vector<std::pair<std::string, std::string>> table = {
      {event(value(kIn, R"("5123456789")")), kElement + " " + kIn + "=5123456789"},
      {event(value(kIn, "-2.5e1")), kElement + " " + kIn + "=-25"},
      {event(value(kIn, "true")), kElement + " " + kIn + "=1"},
      {event(value(kIn, R"("18446744073709551615")")),
       kElement + " " + kIn + "=1.84467440737096e+19"},
      {event(R"({")" + kIn + R"(":"1",")" + kOut + R"(":2,"/interface/oper-state":"up"})"),
       kElement + " " + kIn + "=1 " + kOut + "=2"},
      {event(R"({")" + kIn + R"(":"",")" + kOut + R"(":2})"), kElement + " " + kOut + "=2"},
      {event(value(kIn, "1"), "1498754410123"),
       "172.17.0.100:57400/ethernet-1/1 "
       "2017-06-29T16:40:10.123Z " +
           kIn + "=1"},
  };
  for (const auto& [record, expected] : table) {
    CAPTURE(record);
    CHECK(decoding.line_of(record) == expected);
    CHECK(decoding.lines("[" + record + "]\n") == Lines{expected});
  }
}

TEST_CASE("an array gives a sample or a reason for each event") {
  Decoding decoding(kFormat, {kIn, kOut});
  CHECK(decoding.lines("[" + event(value(kIn, R"("1")")) + "," + event(value("/other", "1")) + "," +
                       R"({"name":"s","timestamp":10,"tags":{"source":"a"},"deletes":["/x"]})" +
                       "," + event(value(kOut, "{}")) + "," + event(value(kOut, "2")) + "]") ==
        Lines{kElement + " " + kIn + "=1", "!other_kpis", "!no_kpis", "!bad_value",
              kElement + " " + kOut + "=2"});
}

TEST_CASE("one path of several subscriptions is told apart by a template") {
  Decoding decoding("gnmic, record: {element: \"{source}\", kpi: \"{measurement}:{field}\"}",
                    {"cpu:/load"});
  const std::string tags = R"({"source":"a"})";
  CHECK(decoding.line_of(R"({"name":"cpu","timestamp":10,"tags":)" + tags +
                         R"(,"values":{"/load":"7"}})") == "a 1970-01-01T00:00:10Z cpu:/load=7");
  CHECK(decoding.line_of(R"({"name":"mem","timestamp":10,"tags":)" + tags +
                         R"(,"values":{"/load":"7"}})") == "!other_kpis");
}

TEST_CASE("a state is the text that the device says") {
  Decoding decoding("gnmic", {kIn}, "{name: /oper-state, kind: state}");
  CHECK(decoding.line_of(event(value("/oper-state", R"("UP")"))) ==
        "172.17.0.100:57400 2017-06-29T16:40:10.123456Z /oper-state=UP");
}

TEST_CASE("events that must not be decoded, and why") {
  Decoding decoding(kFormat, {kIn, kOut});
  const std::string good = event(value(kIn, "1"));
  const std::vector<std::pair<std::string, std::string>> table = {
      {"", "!empty"},
      {std::string(100001, ' '), "!too_large"},
      {"[" + good, "!not_json"},
      {"[" + good + ",]", "!not_json"},
      {good + good, "!not_json"},
      {event(value(kIn, "NaN")), "!not_json"},
      {event(value(kIn, R"("\u12")")), "!not_json"},
      {std::string(99999, '['), "!not_json"},
      {event(value("\xC3", "1")), "!not_utf8"},
      {"[]", "!no_kpis"},
      {"[[]]", "!no_kpis"},
      {R"({"sync-response":true})", "!no_kpis"},
      {event("5"), "!no_kpis"},
      {event(value("/other", "1")), "!other_kpis"},
      {event(value(kIn, "1"), "10", R"({"source":"a"})"), "!no_element"},
      {event(value(kIn, "1"), "10", R"({"source":"a","interface_name":""})"), "!no_element"},
      {event(value(kIn, "1"), "null"), "!bad_time"},
      {event(value(kIn, "1"), "1e300"), "!bad_time"},
      {event(value(kIn, "1"), R"("noon")"), "!bad_time"},
      {event(value(kIn, R"("up")")), "!bad_value"},
      {event(value(kIn, R"("1e999")")), "!bad_value"},
      {event(value(kIn, R"("inf")")), "!bad_value"},
      {event(value(kIn, R"("12 ")")), "!bad_value"},
      {event(value(kIn, R"("0x1F")")), "!bad_value"},
      {event(value(kIn, "[1]")), "!bad_value"},
  };
  for (const auto& [record, expected] : table) {
    CAPTURE(record.substr(0, 100));
    CHECK(decoding.line_of(record) == expected);
    CHECK(decoding.line_of(good) == kElement + " " + kIn + "=1");
  }
}

TEST_CASE("damaged events never crash") {
  Decoding decoding(kFormat, {kIn, kOut});
  CHECK(survives_damage(decoding,
                        "[" + event(value(kIn, R"("1\n")")) + "," + event(value(kOut, "2")) + "]",
                        "{}[]\",:\\0123456789.eE+-tfnu \x01\xC3\xFF"));
}

}  // namespace gnmic_decoder_test
}  // namespace faultprint::ingest
