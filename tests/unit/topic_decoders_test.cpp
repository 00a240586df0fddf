#include "daemon/topic_decoders.h"

#include <doctest/doctest.h>

#include <cmath>
#include <map>

#include "config/topic_name.h"

namespace faultprint::daemon {
namespace topic_decoders_test {

TEST_CASE("an entry means a topic by its name, or by what a pattern matches") {
  CHECK(config::means_topic("kpi", "kpi"));
  CHECK_FALSE(config::means_topic("kpi", "kpi2"));
  CHECK_FALSE(config::means_topic("kp.", "kpi"));
  CHECK(config::means_topic("^pm-.*", "pm-west"));
  CHECK(config::means_topic("^pm-(west|east)$", "pm-east"));
  CHECK_FALSE(config::means_topic("^pm-(west|east)$", "pm-eastern"));
  CHECK_FALSE(config::means_topic("^pm-.*", "xpm-west"));
  CHECK_FALSE(config::means_topic("^pm-(", "pm-("));
  CHECK(config::pattern_error("^pm-.*").empty());
  CHECK(config::pattern_error("pm-(").empty());  // a name
  CHECK_FALSE(config::pattern_error("^pm-(").empty());
}

// What the decoder of this topic makes of a record: the element's name, or why there is none.
std::string element(TopicDecoders& decoders, const std::string& topic, const std::string& record) {
  ingest::Decoder& decoder = *decoders.of(topic).decoder;
  ingest::KpiSample sample;
  ingest::RejectReason reason = ingest::RejectReason::none;
  decoder.begin({record});
  REQUIRE(decoder.next(sample, reason));
  return reason == ingest::RejectReason::none ? std::string(sample.element) : name(reason);
}

TEST_CASE("each topic is read in its own format, all others in the stream's") {
  const auto config = config::parse(
      R"(kafka:
  topics: [kpi, {topic: lines, format: influx, record: {kpi: "{field}", element: "{header.site}"}},
           {topic: "^rows-.*", format: csv, record: {columns: [time, element, a]}},
           {topic: rows-as-json, format: json, json: {kpis: ""}}]
stream: {period: 10s, window: 4, kpis: [{name: a}]})",
      "t.yaml");
  TopicDecoders decoders(config, config.input_spec());
  const std::string json = R"({"element":"x","time":10,"kpis":{"a":1}})";
  CHECK(element(decoders, "kpi", json) == "x");
  CHECK(element(decoders, "any", json) == "x");
  CHECK(element(decoders, "rows-1", "10,y,7") == "y");
  CHECK(element(decoders, "rows-1", json) == "malformed");
  CHECK(element(decoders, "rows-as-json", R"({"element":"z","time":10,"a":1})") == "z");
  CHECK(element(decoders, "lines", "m,host=h a=1 10") == "no_element");
  CHECK(decoders.of("lines").wanted_headers == std::vector<std::string>{"site"});
  CHECK(decoders.of("kpi").wanted_headers.empty());
  CHECK(&decoders.of("rows-1") == &decoders.of("rows-2"));
}

TEST_CASE("a topic's records may call the stream's fields otherwise") {
  const auto config = config::parse(
      R"(kafka:
  topics: [kpi, {topic: lines, format: influx, record: {element: "{host}", kpi: "{field}"},
                 from: {a: usage, attempts: try, link: up}}]
stream:
  period: 10s
  window: 4
  kpis: [{name: a}, {name: b}, {name: link, kind: state},
         {name: ok, kind: ratio, numerator: good, denominator: attempts}])",
      "t.yaml");
  TopicDecoders decoders(config, config.input_spec());
  const std::vector<std::string> fields = config.input_spec().fields();
  const auto values = [&](const std::string& topic, const std::string& record) {
    ingest::Decoder& decoder = *decoders.of(topic).decoder;
    ingest::KpiSample sample;
    ingest::RejectReason reason = ingest::RejectReason::none;
    decoder.begin({record});
    REQUIRE(decoder.next(sample, reason));
    REQUIRE(reason == ingest::RejectReason::none);
    std::map<std::string, double> named;
    for (std::size_t i = 0; i < fields.size(); ++i)
      if (std::isfinite(sample.values[i])) named[fields[i]] = sample.values[i];
    return named;
  };
  const auto as_named = values(
      "kpi", R"({"element":"x","time":10,"kpis":{"a":1,"b":2,"good":3,"attempts":4,"link":"on"}})");
  CHECK(as_named.size() == 5);
  CHECK(values("lines", "m,host=x usage=1,b=2,good=3,try=4,up=\"on\" 10") == as_named);
  CHECK(values("lines", "m,host=x a=1,b=2 10") == std::map<std::string, double>{{"b", 2}});
}

}  // namespace topic_decoders_test
}  // namespace faultprint::daemon
