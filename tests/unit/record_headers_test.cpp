// Elements named by a header of the Kafka record, in every form of options.
#include <doctest/doctest.h>

#include "error_of.h"
#include "ingest/decoder.h"

namespace faultprint::ingest {
namespace record_headers_test {

config::Config configured(const std::string& format) {
  return config::parse(
      "stream: {period: 10s, window: 4, kpis: [{name: a}], format: " + format + "}", "t.yaml");
}

// The element that a record with these headers is of, or why there is none.
std::string element(const std::string& format, const std::string& payload, const Headers& headers) {
  const config::Config config = configured(format);
  const auto decoder = make_decoder({config.group().stream, config.input_spec()});
  KpiSample sample;
  RejectReason reason = RejectReason::none;
  decoder->begin({payload, "the key", 0, &headers});
  REQUIRE(decoder->next(sample, reason));
  return reason == RejectReason::none ? std::string(sample.element) : name(reason);
}

const std::string kJson = "json, json: {element: \"{header.cell}\", kpis: \"\"}";
const std::string kInflux = "influx, record: {element: \"{host}/{header.cell}\", kpi: \"{field}\"}";

TEST_CASE("a header names the element, on its own or in a template") {
  const Headers headers{{"other", "x"}, {"cell", "c1"}};
  CHECK(element(kJson, R"({"time":10,"a":1})", headers) == "c1");
  CHECK(element("json_value, json: {element: \"{header.cell}\"}",
                R"({"time":10,"kpi":"a","value":1})", headers) == "c1");
  CHECK(element(kInflux, "m,host=h a=1 10", headers) == "h/c1");
  CHECK(element("csv, record: {element: \"{header.cell}\", columns: [time, a]}", "10,1", headers) ==
        "c1");
  CHECK(element("telegraf, record: {element: \"{header.cell}-{key}\", kpi: \"{field}\"}",
                R"({"name":"m","tags":{},"fields":{"a":1},"timestamp":10})",
                headers) == "c1-the key");
}

TEST_CASE("of a header that comes twice the last counts, as Kafka's clients have it") {
  CHECK(element(kJson, R"({"time":10,"a":1})", {{"cell", "old"}, {"cell", "new"}}) == "new");
}

TEST_CASE("without the header, or with one that is no text, there is no element") {
  for (const Headers& headers : {Headers{}, Headers{{"cell", ""}}, Headers{{"cell", "\xff"}}}) {
    CHECK(element(kJson, R"({"time":10,"a":1})", headers) == "no_element");
    CHECK(element(kInflux, "m,host=h a=1 10", headers) == "no_element");
  }
}

TEST_CASE("those headers are wanted that a template names, and no others") {
  CHECK(wanted_headers(configured(kJson).group().stream) == std::vector<std::string>{"cell"});
  CHECK(wanted_headers(configured(kInflux).group().stream) == std::vector<std::string>{"cell"});
  CHECK(wanted_headers(
            configured("influx, record: {element: \"{host}\", kpi: \"{header.type}.{field}\"}")
                .group()
                .stream) == std::vector<std::string>{"type"});
  CHECK(wanted_headers(configured("json").group().stream).empty());
  CHECK(wanted_headers(configured("influx").group().stream).empty());
}

TEST_CASE("json puts a name together of pointers, key, headers and text between them") {
  const Headers headers{{"cell", "c1"}};
  const std::string name = "json: {element: \"{/site}/{/at/cell}:{header.cell}-{key}\"";
  for (const std::string& format :
       {"json, " + name + ", kpis: \"\"}", "json_value, " + name + "}"}) {
    const std::string value = R"(,"time":10,"a":1,"kpi":"a","value":1})";
    const auto of = [&](const std::string& fields) {
      return element(format, "{" + fields + value, headers);
    };
    CHECK(of(R"("site":"S","at":{"cell":"x"})") == "S/x:c1-the key");
    CHECK(of(R"("at":{"cell":-12},"site":"S \u00e4")") == "S \u00e4/-12:c1-the key");
    CHECK(of(R"("site":18446744073709551615,"at":{"cell":0})") ==
          "18446744073709551615/0:c1-the key");
    // A part that is missing, empty, or neither text nor a whole number.
    for (const char* fields :
         {R"("site":"S")", R"("site":"S","at":{})", R"("site":"S","at":{"cell":""})",
          R"("site":"S","at":{"cell":null})", R"("site":"S","at":{"cell":1.5})",
          R"("site":"S","at":{"cell":true})", R"("site":"S","at":{"cell":["x"]})",
          R"("site":"S","at":"cell")"})
      CHECK(of(fields) == "no_element");
    CHECK(element(format, "{\"site\":\"S\",\"at\":{\"cell\":\"x\"}" + value, {}) == "no_element");
    CHECK(of("\"site\":\"" + std::string(300, 'x') + R"(","at":{"cell":1})") == "element_too_long");
  }
  const std::string twice = "json, json: {element: \"{/b}{/b}.{/c}\", kpis: \"\"}";
  CHECK(element(twice, R"({"b":"x","b":"y","c":3,"time":10,"a":1})", headers) == "yy.3");
}

TEST_CASE("a name of json that is no pointer and no template of such is an error") {
  for (const char* wrong : {"{header.}", "{host}", "x", "{/a~2}", "{}", "{/a", "a}",
                            "{/1}{/2}{/3}{/4}{/5}{/6}{/7}{/8}{/9}"}) {
    const std::string format = std::string("json, json: {element: \"") + wrong + "\"}";
    CHECK(test::error_of([&] { configured(format); }).find("stream.json.element: must") !=
          std::string::npos);
  }
}

}  // namespace record_headers_test
}  // namespace faultprint::ingest
