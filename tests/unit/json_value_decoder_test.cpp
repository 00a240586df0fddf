// One value a record.
#include <doctest/doctest.h>

#include "decoding.h"
#include "error_of.h"

namespace faultprint::ingest {
namespace json_value_decoder_test {

using test::Decoding;
using Lines = std::vector<std::string>;

TEST_CASE("one value a record is read wherever the pointers lead") {
  Decoding plain("json_value", {"in", "out"});
  const std::vector<std::pair<std::string, std::string>> table = {
      {R"({"element":"r1","time":1498754414,"kpi":"in","value":5.5})",
       "r1 2017-06-29T16:40:14Z in=5.5"},
      {R"({"value":-3e2,"kpi":"out","time":"2017-06-29T16:40:14.5Z","element":"r1"})",
       "r1 2017-06-29T16:40:14.500Z out=-300"},
      {R"({"element":"r1","time":1498754414000,"kpi":"in","value":true})",
       "r1 2017-06-29T16:40:14Z in=1"},
      {R"({"element":"r1","time":1498754414,"kpi":"in","value":null})", "r1 2017-06-29T16:40:14Z"},
      {R"({"element":"r1","time":1498754414,"kpi":"in","value":18446744073709551615})",
       "r1 2017-06-29T16:40:14Z in=1.84467440737096e+19"},
      {"\xEF\xBB\xBF{\"element\":\"r1\",\"time\":\"1498754414\",\"kpi\":\"in\",\"value\":1}\n",
       "r1 2017-06-29T16:40:14Z in=1"},
  };
  for (const auto& [record, expected] : table) {
    CAPTURE(record);
    CHECK(plain.line_of(record) == expected);
  }
  Decoding elsewhere(
      "json_value, json: {element: /m/ne, time: /t, kpi: /m/name, value: /v/0, time_unit: ms}",
      {"in", "out"});
  CHECK(elsewhere.line_of(R"({"t":1498754414000,"v":[7],"m":{"ne":"r1","name":"in"}})") ==
        "r1 2017-06-29T16:40:14Z in=7");
}

TEST_CASE("an array of values gives one sample each, and what is none of them is counted") {
  Decoding decoding("json_value", {"in", "out"});
  CHECK(decoding.lines(R"([{"element":"r1","time":10,"kpi":"in","value":1},7,
      {"element":"r2","time":20,"kpi":"out","value":"x"},
      {"element":"r2","time":20,"kpi":"out","value":2}])") ==
        Lines{"r1 1970-01-01T00:00:10Z in=1", "!no_kpis", "!bad_value",
              "r2 1970-01-01T00:00:20Z out=2"});
}

TEST_CASE("the element may be the Kafka key") {
  Decoding decoding("json_value, json: {element: \"{key}\"}", {"in"});
  CHECK(decoding.line_of(R"({"element":"no","time":10,"kpi":"in","value":1})", "r7") ==
        "r7 1970-01-01T00:00:10Z in=1");
  CHECK(decoding.line_of(R"({"time":10,"kpi":"in","value":1})") == "!no_element");
  Decoding json("json, json: {element: \"{key}\"}", {"in"});
  for (Decoding* each : {&decoding, &json})  // a key may be any bytes
    CHECK(each->line_of(R"({"time":10,"kpi":"in","value":1,"kpis":{"in":1}})", "r\xFF") ==
          "!no_element");
  CHECK(json.line_of(R"({"time":10,"kpis":{"in":1}})", "r7") == "r7 1970-01-01T00:00:10Z in=1");
  CHECK(json.line_of(R"({"element":"no","time":10,"kpis":{"in":1}})") == "!no_element");
  CHECK(json.line_of(R"({"time":10,"kpis":{"in":1}})", std::string(257, 'x')) ==
        "!element_too_long");
}

TEST_CASE("a state and a text may be the value") {
  Decoding decoding("json_value", {"in"},
                    "{name: s, kind: state}, {name: t, kind: text, tokens: words, length: 2}");
  const auto with = [](const std::string& kpi, const std::string& value) {
    return R"({"element":"r1","time":10,"kpi":")" + kpi + R"(","value":)" + value + "}";
  };
  CHECK(decoding.line_of(with("s", R"("UP")")) == "r1 1970-01-01T00:00:10Z s=UP");
  CHECK(decoding.line_of(with("s", "3.50")) == "r1 1970-01-01T00:00:10Z s=3.5");
  CHECK(decoding.line_of(with("s", "true")) == "r1 1970-01-01T00:00:10Z s=true");
  CHECK(decoding.line_of(with("t", R"("link \"a\"")")) == "r1 1970-01-01T00:00:10Z t=link \"a\"");
  CHECK(decoding.line_of(with("t", "1")) == "!bad_value");
  CHECK(decoding.line_of(with("s", "[]")) == "!bad_value");
}

TEST_CASE("values that must not be decoded, and why") {
  Decoding decoding("json_value", {"in"});
  const std::vector<std::pair<std::string, std::string>> table = {
      {"", "!empty"},
      {std::string(100001, ' '), "!too_large"},
      {"{", "!not_json"},
      {R"({"element":"r1","time":10,"kpi":"in","value":1)", "!not_json"},
      {R"({"element":"r1","time":10,"kpi":"in","value":1}})", "!not_json"},
      {R"({"element":"r1","time":10,"kpi":"in","value":NaN})", "!not_json"},
      {R"({"element":"r1","time":10,"kpi":"in","value":1e999})", "!not_json"},
      {R"({"element":"\q","time":10,"kpi":"in","value":1})", "!not_json"},
      {"{\"element\":\"\xFF\",\"time\":10,\"kpi\":\"in\",\"value\":1}", "!not_utf8"},
      {R"({"element":"r1","time":10,"kpi":"in","value":1,"x":)" + std::string(50000, '['),
       "!not_json"},
      {R"({"element":"r1","time":10,"kpi":"in","value":1,"x":)" + std::string(5000, '[') +
           std::string(5000, ']') + "}",
       "!not_json"},
      {"5", "!no_kpis"},
      {"[]", "!no_kpis"},
      {"{}", "!no_kpis"},
      {R"({"element":"r1","time":10,"kpi":"in"})", "!no_kpis"},
      {R"({"element":"r1","time":10,"kpi":5,"value":1})", "!no_kpis"},
      {R"({"element":"r1","time":10,"kpi":"other","value":1})", "!other_kpis"},
      {R"({"time":10,"kpi":"in","value":1})", "!no_element"},
      {R"({"element":"","time":10,"kpi":"in","value":1})", "!no_element"},
      {R"({"element":5,"time":10,"kpi":"in","value":1})", "!no_element"},
      {R"({"element":")" + std::string(257, 'x') + R"(","time":10,"kpi":"in","value":1})",
       "!element_too_long"},
      {R"({"element":"r1","kpi":"in","value":1})", "!no_time"},
      {R"({"element":"r1","time":null,"kpi":"in","value":1})", "!no_time"},
      {R"({"element":"r1","time":-1,"kpi":"in","value":1})", "!bad_time"},
      {R"({"element":"r1","time":"soon","kpi":"in","value":1})", "!bad_time"},
      {R"({"element":"r1","time":[],"kpi":"in","value":1})", "!bad_time"},
      {R"({"element":"r1","time":10,"kpi":"in","value":"1"})", "!bad_value"},
      {R"({"element":"r1","time":10,"kpi":"in","value":{}})", "!bad_value"},
  };
  for (const auto& [record, expected] : table) {
    CAPTURE(record.substr(0, 100));
    CHECK(decoding.line_of(record) == expected);
    CHECK(decoding.line_of(R"({"element":"r1","time":10,"kpi":"in","value":1})") ==
          "r1 1970-01-01T00:00:10Z in=1");
  }
}

TEST_CASE("damaged values never crash") {
  Decoding decoding("json_value", {"in"});
  CHECK(survives_damage(
      decoding, R"([{"element":"l\u00e9af","time":1498754414,"kpi":"in","value":1.5},{"x":[1]}])",
      "{}[]\",:\\0123456789.eE+-tfnu \x01\xC3\xFF"));
}

}  // namespace json_value_decoder_test
}  // namespace faultprint::ingest
