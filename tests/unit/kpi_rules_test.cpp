// How incoming names become KPIs: stream.kpis with from, factor and cumulative, in every format.
#include <doctest/doctest.h>

#include <cmath>

#include "decoding.h"
#include "ingest/history.h"
#include "ingest/slot_values.h"
#include "tests/unit/file_bytes.h"

namespace faultprint {
namespace kpi_rules_test {

using doctest::Approx;
constexpr std::int64_t kSecond = 1000000;

config::InputSpec spec(const std::string& kpis) {
  return config::parse("stream: {period: 10s, window: 4, kpis: [" + kpis + "]}", "t.yaml")
      .input_spec();
}

// What one element's slots, ten seconds apart, come to: the first KPI of each.
std::vector<double> first_kpi(const std::string& kpis,
                              const std::vector<std::vector<double>>& slots) {
  const ingest::SlotValues values(spec(kpis));
  std::vector<ingest::CounterMemory> counters(values.counters());
  std::vector<ingest::GaugeMemory> gauges(values.gauges());
  std::vector<double> out(values.columns());
  std::vector<std::uint8_t> carried(values.columns());
  std::vector<double> all;
  std::int64_t time = 0;
  for (const auto& fields : slots) {
    values.compute(fields, time += 10 * kSecond, counters, gauges, out, carried);
    all.push_back(out[0]);
  }
  return all;
}

constexpr double kNone = ingest::kMissing;

TEST_CASE("a KPI is read under the name that it has in the records") {
  CHECK(spec("{name: load, from: pm.cpu}, {name: b}").fields() ==
        std::vector<std::string>{"pm.cpu", "b"});
  CHECK(first_kpi("{name: load, from: pm.cpu}", {{7}})[0] == 7);
}

TEST_CASE("a factor scales a gauge, a delta, and a counter's rate") {
  CHECK(first_kpi("{name: a, factor: 0.001}", {{7000}})[0] == Approx(7));
  CHECK(first_kpi("{name: a, kind: delta, factor: 8}", {{3}})[0] == Approx(24));
  CHECK(first_kpi("{name: a, kind: counter, factor: 8}", {{100}, {200}})[1] == Approx(80));
}

TEST_CASE("a sum with a part missing is missing, not smaller") {
  const std::string sum = "{name: drops, kind: delta, from: [radio, core]}";
  CHECK(first_kpi(sum, {{3, 4}})[0] == 7);
  CHECK(std::isnan(first_kpi(sum, {{3, kNone}})[0]));
  CHECK(std::isnan(first_kpi(sum, {{kNone, 4}})[0]));
}

TEST_CASE("a sum of counters is the rate of all, and a restart of one makes it missing") {
  const std::string sum = "{name: drops, kind: counter, from: [radio, core]}";
  const auto rates =
      first_kpi(sum, {{100, 1000}, {150, 1050}, {0, 1060}, {10, 1070}, {5, 2000}, {15, 2010}});
  CHECK(rates[1] == Approx(10));
  CHECK(std::isnan(rates[2]));
  CHECK(rates[3] == Approx(2));
  CHECK(std::isnan(rates[4]));  // though the sum has risen
  CHECK(rates[5] == Approx(2));
}

TEST_CASE("a ratio of counters is that of what they rose, missing below min_attempts") {
  const std::string ratio =
      "{name: r, kind: ratio, numerator: ok, denominator: att, min_attempts: 10, "
      "cumulative: true}";
  const auto ratios =
      first_kpi(ratio, {{900, 1000}, {905, 1010}, {905, 1015}, {1005, 1115}, {3, 5}, {12, 25}});
  CHECK(std::isnan(ratios[0]));  // nothing before it
  CHECK(ratios[1] == Approx(0.5));
  CHECK(std::isnan(ratios[2]));  // 5 attempts
  CHECK(ratios[3] == Approx(1.0));
  CHECK(std::isnan(ratios[4]));  // restarted
  CHECK(ratios[5] == Approx(0.45));
}

TEST_CASE("a report of one of a ratio's counters alone changes nothing for the next") {
  const std::string ratio =
      "{name: r, kind: ratio, numerator: ok, denominator: att, "
      "cumulative: true, factor: 100}";
  const auto ratios = first_kpi(ratio, {{0, 0}, {50, kNone}, {60, 120}});
  CHECK(std::isnan(ratios[1]));
  CHECK(ratios[2] == Approx(50));
}

TEST_CASE("without cumulative a ratio is that of its fields as they are") {
  CHECK(first_kpi("{name: r, kind: ratio, numerator: ok, denominator: att}", {{9, 10}})[0] ==
        Approx(0.9));
}

TEST_CASE("a pattern adds up all that a record has of it, in every format") {
  const std::vector<std::string> none;
  const std::string kpis = R"({name: drops, from: "pm.drop.*"}, {name: pm.load})";
  const auto line = [&](const std::string& format, const std::string& record) {
    return test::Decoding(format, none, kpis).line_of(record);
  };
  const std::string sum = "a 1970-01-01T00:00:10Z pm.drop.*=7 pm.load=1";
  const auto json = [](const std::string& members) {
    return R"({"element":"a","time":10,"kpis":{)" + members + "}}";
  };
  CHECK(line("json", json(R"("pm.drop.x":3,"pm.load":1,"pm.drop.y":4,"pm.dropped":9)")) == sum);
  CHECK(line("influx", "pm,host=a drop.x=3,load=1,drop.y=4 10") == sum);
  CHECK(line("csv", "time,element,pm.drop.x,pm.load,pm.drop.y\n10,a,3,1,4") == sum);
  CHECK(line("gnmic", R"({"name":"s","timestamp":10,"tags":{"source":"a"},)"
                      R"("values":{"pm.drop.x":"3","pm.load":1,"pm.drop.y":4}})") == sum);
}

TEST_CASE(
    "a part of a pattern that says it is missing makes the sum missing, a bad one the record") {
  test::Decoding decoding("json", {}, R"({name: drops, from: "d.*"}, {name: load})");
  const auto json = [](const std::string& members) {
    return R"({"element":"a","time":10,"kpis":{)" + members + "}}";
  };
  CHECK(decoding.line_of(json(R"("d.x":3,"d.y":null,"d.z":1,"load":1)")) ==
        "a 1970-01-01T00:00:10Z load=1");
  CHECK(decoding.line_of(json(R"("d.x":3,"d.y":"text","load":1)")) == "!bad_value");
  CHECK(decoding.line_of(json(R"("d.x":3)")) == "a 1970-01-01T00:00:10Z d.*=3");
  CHECK(decoding.line_of(json(R"("load":1)")) == "a 1970-01-01T00:00:10Z load=1");
}

TEST_CASE("rules apply in a history file as in records") {
  const test::TempFile file(
      "time,element,pm.cpu,d.x,d.y,d.z\n10,a,50,1,2,3\n20,a,60,1,,3\n30,a,70,1,NaN,3\n40,a,80,,,"
      "\n");
  const auto config = config::parse(
      R"(stream: {period: 10s, window: 4, kpis: [{name: load, from: pm.cpu}, {name: d, from: "d.*"}]})",
      "t.yaml");
  ingest::History history({file.path()}, {config.group().stream, config.input_spec()});
  ingest::KpiSample sample;
  REQUIRE(history.next(sample));
  CHECK(sample.values == std::vector<double>{50, 6});
  REQUIRE(history.next(sample));
  CHECK(sample.values == std::vector<double>{60, 4});  // this one has no d.y
  REQUIRE(history.next(sample));
  CHECK(sample.values[0] == 70);
  CHECK(std::isnan(sample.values[1]));  // it has, and does not know
  REQUIRE(history.next(sample));
  CHECK(sample.values[0] == 80);
  CHECK(std::isnan(sample.values[1]));
}

TEST_CASE("a model keeps the rules, and one with others is refused by name") {
  const auto trained = spec(
      R"({name: d, kind: delta, from: [x, y], factor: 0.5, unit: k}, {name: s, kind: state, from: z, optional: true},
         {name: r, kind: ratio, numerator: n, denominator: m, cumulative: true})");
  CHECK(config::input_spec_from_json(config::to_json(trained)) == trained);
  auto other = trained;
  other.kpis[0].from = {"x"};
  CHECK(config::difference(other, trained) ==
        "stream.kpis[0].from: the model was trained with x + y, the configuration says x (d)");
  other = trained;
  other.kpis[0].factor = 1;
  CHECK(config::difference(other, trained).find("stream.kpis[0].factor") == 0);
  other = trained;
  other.kpis[0].unit = "M";
  CHECK(config::difference(other, trained).empty());
}

TEST_CASE("a model without rules is written as it was before there were any") {
  const std::string text = config::to_json(spec("{name: a}, {name: s, kind: state}"));
  for (const char* member : {"from", "factor", "unit", "cumulative", "optional"})
    CHECK(text.find(member) == std::string::npos);
}

}  // namespace kpi_rules_test
}  // namespace faultprint
