#include <doctest/doctest.h>

#include <chrono>
#include <cmath>

#include "config/config.h"
#include "daemon/simulation/files.h"
#include "daemon/simulation/stream.h"
#include "ingest/history.h"
#include "ingest/incidents.h"
#include "ingest/json_decoder.h"
#include "ingest/kafka_consumer.h"
#include "ingest/kafka_mock.h"
#include "tests/unit/error_of.h"
#include "tests/unit/file_bytes.h"
#include "tests/unit/simulated.h"

namespace faultprint::daemon::simulation {
namespace simulation_files_test {

class FromTheStart : public ingest::RebalanceListener {
 public:
  using Offsets = std::vector<ingest::PartitionOffset>;
  Offsets assigned(const Offsets& committed) override { return committed; }
  void revoked(const std::vector<ingest::TopicPartition>&, bool) override {}
};

Options small_network() {
  Options options;
  options.elements = 12;
  options.duration = std::chrono::hours(96);
  options.held_out = 0.4;
  options.incidents_per_day = 4;
  return options;
}

TEST_CASE("a simulation's files are read by its own configuration, and split by time") {
  const test::Folder folder;
  const Options options = small_network();
  const Written written = write_files(options, folder.file("a/b"), false, "broker:9092", "cells");
  CHECK(written.files.size() == 5);
  const config::Config config = config::load(folder.file("a/b/faultprint.yaml"));
  CHECK(config.kafka.brokers == "broker:9092");
  CHECK(config.kafka.topics == std::vector<std::string>{"cells"});
  CHECK(config.group().stream.kpis == kpi_specs());
  CHECK(config.group().stream.period == options.period);
  const std::int64_t split = options.first_held_out() * options.period.count();
  std::size_t records = 0;
  for (const char* part : {"train", "heldout"}) {
    const bool train = part == std::string("train");
    const std::string path = folder.file("a/b/" + std::string(part));
    ingest::History history({path + ".csv.gz"}, {config.group().stream, config.input_spec()});
    ingest::KpiSample sample;
    for (; history.next(sample); ++records) CHECK((sample.time_us < split) == train);
    const auto incidents =
        ingest::Incidents::read({path + "_incidents.csv"}, config.group().stream.period);
    CHECK(incidents.faults().size() >= 4);
    for (const auto& row : incidents.rows()) CHECK((row.start_us < split) == train);
  }
  CHECK(records == written.records);
}

TEST_CASE("plain simulated files are the same text, nothing held out leaves those files out") {
  const test::Folder folder;
  Options options = small_network();
  options.held_out = 0;
  const Written written = write_files(options, folder.file("p"), true, "b:1", "kpi");
  CHECK(written.files.size() == 3);
  CHECK(test::read_bytes(folder.file("p/train.csv")) == test::csv(options));
}

TEST_CASE("a simulation's folder that cannot be written is named") {
  const test::TempFile file("in the way");
  CHECK(test::error_of([&] {
          write_files(small_network(), file.path() + "/x", false, "b:1", "kpi");
        }).find(file.path()) != std::string::npos);
}

TEST_CASE("a simulation reaches a topic record for record, keyed by element, at its event time") {
  ingest::KafkaMock mock;
  mock.create_topic("cells", 1);
  Options options = small_network();
  options.elements = 3;
  config::KafkaConfig kafka;
  kafka.brokers = mock.brokers();
  kafka.topics = {"cells"};
  const std::size_t sent = write_topic(options, kafka, "cells", {});
  kafka.properties = {{"session.timeout.ms", "6000"}, {"fetch.wait.max.ms", "10"}};
  FromTheStart listener;
  ingest::KafkaConsumer consumer(kafka, "test", listener);
  const std::vector<std::string>& fields = field_names();
  ingest::JsonDecoder decoder({}, fields, 100000);
  Simulation again(options);
  HistoryRecord expected;
  ingest::KpiSample sample;
  std::size_t read = 0;
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(45);
  while (read < sent && std::chrono::steady_clock::now() < patience) {
    const auto record = consumer.poll(std::chrono::milliseconds(50));
    if (!record) continue;
    ++read;
    REQUIRE(again.next(expected));
    REQUIRE(decoder.decode(record->payload(), sample) == ingest::RejectReason::none);
    CHECK(sample.element == expected.element);
    CHECK(sample.time_us == expected.time_us);
    CHECK(record->timestamp_us() == expected.time_us);
    for (std::size_t i = 0; i < fields.size(); ++i)
      CHECK((sample.values[i] == expected.values[i] ||
             (std::isnan(sample.values[i]) && std::isnan(expected.values[i]))));
  }
  CHECK(read == sent);
}

}  // namespace simulation_files_test
}  // namespace faultprint::daemon::simulation
