#include "daemon/memory_prediction.h"

#include <doctest/doctest.h>

namespace faultprint::daemon {
namespace memory_prediction_test {

config::Config of(int kpis, int window, config::DayProfile profile = config::DayProfile::none) {
  config::Config config;
  config::StreamConfig& stream = config.group().stream;
  stream.period = std::chrono::seconds(60);
  stream.window = window;
  stream.baseline.profile = profile;
  for (int k = 0; k < kpis; ++k) {
    config::KpiSpec kpi;
    kpi.name = "kpi_" + std::to_string(k);
    stream.kpis.push_back(kpi);
  }
  return config;
}

double predicted(const config::Config& config, std::int64_t elements) {
  return predict_memory(config, config.input_spec(), nullptr, elements).total();
}

TEST_CASE("an element of 12 KPIs and 30 slots is predicted within its budget") {
  const ElementBytes each = element_bytes(of(12, 30).input_spec());
  CHECK(each.window >= 30 * 12 * 4);
  CHECK(each.total() <= 1.25 * 30 * 12 * 4 + 16 * 12 + 256);
}

TEST_CASE("windows grow with slots and KPIs, the whole with elements, a profile with KPIs") {
  const config::Config config = of(12, 30);
  CHECK(predicted(config, 200000) - predicted(config, 100000) ==
        doctest::Approx(100000 * element_bytes(config.input_spec()).total()));
  CHECK(element_bytes(of(12, 60).input_spec()).window ==
        doctest::Approx(2 * element_bytes(config.input_spec()).window).epsilon(0.02));
  CHECK(element_bytes(of(24, 30).input_spec()).total() >
        element_bytes(of(12, 30).input_spec()).total());
  const config::Config daily = of(12, 30, config::DayProfile::daily);
  CHECK(element_bytes(daily.input_spec()).baselines ==
        element_bytes(config.input_spec()).baselines + 12 * 8);
  CHECK(predict_memory(daily, daily.input_spec(), nullptr, 0).profile == 24 * 12 * 32);
}

TEST_CASE("workers cost a consumer each, and what it may fetch ahead is told apart") {
  config::Config config = of(12, 30);
  const double one = predicted(config, 0);
  config.kafka.workers = 3;
  CHECK(predicted(config, 0) > one);
  const auto fetched = [&] {
    return predict_memory(config, config.input_spec(), nullptr, 0).fetched;
  };
  const double usual = fetched();
  config.kafka.properties["queued.max.messages.kbytes"] = "8192";
  CHECK(fetched() == doctest::Approx(usual / 8));
}

TEST_CASE("snapshots cost what writes them, and never their own size") {
  config::Config config = of(12, 30);
  const double none = predicted(config, 0);
  const double each = predicted(config, 1000) - none;
  config.state.directory = "/var/lib/faultprint";
  const double folder = predicted(config, 0);
  CHECK(folder < none);  // after each of them what is free is given back
  CHECK(predicted(config, 1000) - folder == each);
  config.state.topic = "faultprint-state";
  CHECK(predicted(config, 0) - folder == 5 * 1024 * 1024);
  CHECK(predicted(config, 1000) - predicted(config, 0) == each);
}

TEST_CASE("the text is comment, and says where elements are too many for a partition") {
  config::Config config = of(12, 30);
  const auto text = [&](std::int64_t elements) {
    return to_text(predict_memory(config, config.input_spec(), nullptr, elements), config);
  };
  const std::string few = text(1000);
  CHECK(few.find("for 1000 elements in one process") != std::string::npos);
  for (std::size_t at = 0; at < few.size(); at = few.find('\n', at) + 1) CHECK(few[at] == '#');
  CHECK(few.find("spread over partitions") == std::string::npos);
  CHECK(text(100001).find("more than stream.max_elements (100000 a partition)") !=
        std::string::npos);
}

}  // namespace memory_prediction_test
}  // namespace faultprint::daemon
