#include <doctest/doctest.h>

#include "daemon/probe/kpi_belief.h"

namespace faultprint::daemon::probe {
namespace probe_kpi_belief_test {

using config::KpiKind;
using config::KpiScale;

KpiSeries numbers(const std::string& name, std::vector<std::vector<double>> values) {
  KpiSeries series;
  series.name = name;
  series.values = std::move(values);
  for (const auto& element : series.values) series.numbers += element.size();
  series.present = 1;
  return series;
}

std::vector<double> made(int count, const std::function<double(int)>& value) {
  std::vector<double> values;
  for (int i = 0; i < count; ++i) values.push_back(value(i));
  return values;
}

TEST_CASE("what rises at most steps and hardly ever falls is a counter") {
  const auto rising = made(200, [](int i) { return i < 150 ? 7.0 * i : 7.0 * (i - 150); });
  const KpiBelief belief = believe(numbers("in_octets", {rising}));
  CHECK(belief.spec.kind == KpiKind::counter);
  CHECK(belief.why.find("falls in 1, as at a restart") != std::string::npos);
}

TEST_CASE("what falls more than rarely is no counter") {
  const auto sawtooth = made(200, [](int i) { return double(i % 20); });
  CHECK(believe(numbers("load", {sawtooth})).spec.kind == KpiKind::gauge);
}

TEST_CASE("a counter of rare events is believed by its name alone, and else doubted") {
  const auto steps = made(100, [](int i) { return double(i / 20); });
  CHECK(believe(numbers("crc_errors", {steps})).spec.kind == KpiKind::counter);
  const KpiBelief level = believe(numbers("members", {steps}));
  CHECK(level.spec.kind == KpiKind::gauge);
  CHECK(level.doubt == "a counter, if it is cumulative");
}

TEST_CASE("few steps prove no counter") {
  CHECK(believe(numbers("level", {{1, 2, 3, 4, 5}})).spec.kind == KpiKind::gauge);
}

TEST_CASE("a scale is log by what a counter rises, not by what it has counted") {
  const auto steady = made(300, [](int i) { return 1e9 + 50.0 * i; });
  CHECK(believe(numbers("octets", {steady})).spec.scale == KpiScale::linear);
  double total = 0;
  const auto bursts = made(300, [&](int i) { return total += i % 3 == 0 ? 1e6 : 10; });
  CHECK(believe(numbers("octets", {bursts})).spec.scale == KpiScale::log);
}

TEST_CASE("a difference is one by its name, or when it counts events and falls") {
  const auto noise = made(100, [](int i) { return double((i * 7) % 5); });
  CHECK(believe(numbers("updates_delta", {noise})).spec.kind == KpiKind::delta);
  CHECK(believe(numbers("pmRrcConnEstabAtt", {noise})).spec.kind == KpiKind::delta);
  CHECK(believe(numbers("temperature", {noise})).spec.kind == KpiKind::gauge);
}

TEST_CASE("mostly zero is a gauge in doubt") {
  const auto rare = made(100, [](int i) { return i % 10 == 0 ? 3.0 : 0.0; });
  const KpiBelief belief = believe(numbers("deleted_routes", {rare}));
  CHECK(belief.spec.kind == KpiKind::gauge);
  CHECK(belief.doubt.find("mostly 0") == 0);
}

TEST_CASE("0 and 1 are a flag, one of them alone is not") {
  CHECK(believe(numbers("up", {{1, 1, 0, 1}})).spec.kind == KpiKind::flag);
  const KpiBelief still = believe(numbers("up", {{1, 1, 1}}));
  CHECK(still.spec.kind == KpiKind::gauge);
  CHECK(still.why == "stands still");
}

TEST_CASE("a ratio as it is stays a gauge, and is told") {
  const auto share = made(50, [](int i) { return 0.5 + 0.01 * (i % 7); });
  const KpiBelief belief = believe(numbers("drop", {share}));
  CHECK(belief.spec.kind == KpiKind::gauge);
  CHECK(belief.why.find("a ratio as it is") != std::string::npos);
}

TEST_CASE("volumes over orders of magnitude are on a log scale, negative values never") {
  const auto wide = made(100, [](int i) { return std::pow(10, i % 5) * (i % 2 + 1); });
  CHECK(believe(numbers("in_kbps", {wide})).spec.scale == KpiScale::log);
  auto collapsing = made(100, [](int i) { return 5000.0 + i % 3; });
  collapsing[50] = 0;
  CHECK(believe(numbers("in_kbps", {collapsing})).spec.scale == KpiScale::log);
  auto negative = wide;
  negative[3] = -1;
  CHECK(believe(numbers("in_kbps", {negative})).spec.scale == KpiScale::linear);
  const auto narrow = made(100, [](int i) { return 139.0 + i % 90; });
  CHECK(believe(numbers("nexthops", {narrow})).spec.scale == KpiScale::linear);
}

TEST_CASE("text that changes between few words is a state, other text is left out") {
  KpiSeries series;
  series.name = "oper_state";
  series.present = 1;
  series.texts = 100;
  series.different_texts = {"up", "down"};
  series.text_changes = 4;
  CHECK(believe(series).spec.kind == KpiKind::state);
  series.text_changes = 0;
  CHECK(!believe(series).used);
  series.text_changes = 4;
  for (std::size_t i = 0; i < KpiSeries::kMostTexts; ++i)
    series.different_texts.insert(std::to_string(i));
  CHECK(!believe(series).used);
}

TEST_CASE("what hardly any report has is left out") {
  KpiSeries series = numbers("rare", {{1, 2, 1}});
  series.present = 0.05;
  CHECK(!believe(series).used);
  CHECK(believe(series).why == "in 5 % of reports only");
}

}  // namespace probe_kpi_belief_test
}  // namespace faultprint::daemon::probe
