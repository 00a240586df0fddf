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
  const auto decoder = make_decoder({config.group.stream, config.input_spec()});
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

TEST_CASE("without the header, or with one that is no text, there is no element") {
  for (const Headers& headers : {Headers{}, Headers{{"cell", ""}}, Headers{{"cell", "\xff"}}}) {
    CHECK(element(kJson, R"({"time":10,"a":1})", headers) == "no_element");
    CHECK(element(kInflux, "m,host=h a=1 10", headers) == "no_element");
  }
}

TEST_CASE("those headers are wanted that a template names, and no others") {
  CHECK(wanted_headers(configured(kJson).group.stream) == std::vector<std::string>{"cell"});
  CHECK(wanted_headers(configured(kInflux).group.stream) == std::vector<std::string>{"cell"});
  CHECK(wanted_headers(configured("json").group.stream).empty());
  CHECK(wanted_headers(configured("influx").group.stream).empty());
}

TEST_CASE("json takes a key or a header whole, no template") {
  for (const char* wrong : {"{header.}", "{host}", "{header.a}/{key}", "x{key}"}) {
    const std::string format = std::string("json, json: {element: \"") + wrong + "\"}";
    CHECK(test::error_of([&] { configured(format); }).find("stream.json.element: must be") !=
          std::string::npos);
  }
}

}  // namespace record_headers_test
}  // namespace faultprint::ingest
