#include <chrono>
#include <cstdio>

#include "daemon/command_options.h"
#include "daemon/commands.h"
#include "daemon/probe/configuration_text.h"
#include "daemon/probe/trial_run.h"
#include "ingest/gzip_payload.h"
#include "ingest/line_source.h"

namespace faultprint::daemon {
namespace {

struct ProbeOptions {
  std::string brokers = "127.0.0.1:9092";
  std::string topic;
  std::vector<std::string> properties;
  std::string from = "latest";
  std::string file;
  std::size_t records = 5000;
  double timeout = 15;  // seconds
};

config::KafkaConfig kafka_of(const ProbeOptions& options) {
  config::KafkaConfig kafka;
  kafka.brokers = options.brokers;
  kafka.topics = {options.topic};
  for (const std::string& property : options.properties) {
    const std::size_t equals = property.find('=');
    if (equals == std::string::npos || equals == 0)
      throw std::runtime_error("--kafka-property " + property + ": must be NAME=VALUE");
    kafka.properties[property.substr(0, equals)] = property.substr(equals + 1);
  }
  return kafka;
}

// What cannot be unpacked stays as it is, and is no text then.
void unpack(probe::Records& records) {
  constexpr std::size_t kMostBytes = std::size_t{100} << 20;
  ingest::Gunzip gunzip;
  std::size_t packed = 0;
  for (auto& record : records) {
    std::string_view text;
    if (!ingest::is_gzip(record.payload)) continue;
    ++packed;
    if (gunzip.unpack(record.payload, kMostBytes, text) == ingest::RejectReason::none)
      record.payload = std::string(text);
  }
  if (packed > 0) std::fprintf(stderr, "%zu of them are gzipped\n\n", packed);
}

probe::Records from_topic(const ProbeOptions& options, const config::KafkaConfig& kafka) {
  const auto from =
      options.from == "latest" ? ingest::SampleFrom::latest : ingest::SampleFrom::earliest;
  const auto timeout = std::chrono::milliseconds(static_cast<long>(options.timeout * 1000));
  ingest::TopicSample sample =
      ingest::sample_topic(kafka, options.topic, from, options.records, timeout);
  std::fprintf(stderr, "topic %s at %s: %zu of %lld records read, the %s of %d partitions%s\n\n",
               options.topic.c_str(), options.brokers.c_str(), sample.records.size(),
               static_cast<long long>(sample.held), options.from == "latest" ? "latest" : "first",
               sample.partitions, sample.in_time ? "" : " (the time was over)");
  if (sample.records.empty())
    throw std::runtime_error(
        "topic " + options.topic +
        (sample.held > 0 ? ": no record came in time (--timeout)" : " holds no record"));
  unpack(sample.records);
  return std::move(sample.records);
}

// The first line stands apart: it may name columns.
probe::Records from_file(const ProbeOptions& options, std::string& first) {
  probe::Records records;
  ingest::LineSource lines(options.file);
  std::string_view line;
  while (records.size() < options.records && lines.next(line)) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.find_first_not_of(" \t") == std::string_view::npos) continue;
    if (first.empty() && !line.starts_with('{') && !line.starts_with('['))
      first = line;
    else
      records.push_back({std::string(line), "", 0, 0});
  }
  if (records.empty()) throw std::runtime_error(options.file + ": holds no record");
  std::fprintf(stderr, "%s: the first %zu records\n\n", options.file.c_str(), records.size());
  return records;
}

int probe_feed(const ProbeOptions& options) {
  if (options.topic.empty() == options.file.empty())
    throw std::runtime_error("what is to be looked at? --topic NAME or --data FILE");
  probe::Source source;
  source.file = options.file;
  std::string header;
  probe::Records records;
  if (options.file.empty()) {
    source.kafka = kafka_of(options);
    records = from_topic(options, source.kafka);
  } else {
    records = from_file(options, header);
  }
  const probe::Finding finding = probe::find_out(records, !options.file.empty(), header);
  const std::string text = probe::configuration_text(finding, source);
  std::fputs(probe::table_text(finding).c_str(), stderr);
  const config::Config config = config::parse(text, "the configuration made");
  const probe::TrialRun run = options.file.empty() ? probe::try_records(config, records)
                                                   : probe::try_file(config, options.file);
  std::fprintf(stderr, "\ntried out: %s\n", run.text().c_str());
  if (run.samples == 0)
    throw std::runtime_error("the configuration made would use none of these records: " +
                             run.text());
  std::fputs(text.c_str(), stdout);
  return 0;
}

}  // namespace

void add_probe(CLI::App& app, Command& chosen) {
  auto options = std::make_shared<ProbeOptions>();
  CLI::App* command = app.add_subcommand(
      "probe", "look at a topic's records and write a configuration that reads them");
  command->add_option("--brokers", options->brokers, "host:port, comma separated")
      ->capture_default_str();
  CLI::Option* topic =
      command->add_option("--topic", options->topic, "the topic to look at")->type_name("TOPIC");
  command
      ->add_option("--kafka-property", options->properties,
                   "for librdkafka, such as a password's; may repeat")
      ->type_name("NAME=VALUE")
      ->needs(topic);
  command->add_option("--from", options->from, "latest | earliest records of each partition")
      ->check(CLI::IsMember({"latest", "earliest"}))
      ->needs(topic)
      ->capture_default_str();
  command->add_option("--data", options->file, "a recorded file instead: a record a line, or CSV")
      ->type_name("FILE")
      ->excludes(topic);
  command->add_option("--records", options->records, "how many to look at")
      ->check(CLI::Range(2, 1000000))
      ->capture_default_str();
  command->add_option("--timeout", options->timeout, "seconds to wait for the broker")
      ->check(CLI::Range(0.1, 3600.0))
      ->capture_default_str();
  command->footer(
      "The configuration goes to standard output, what was found to standard error. It joins no\n"
      "consumer group and commits nothing. Every known format is tried, the one that reads most\n"
      "records is taken; element, time and KPIs are believed by what the values do, and each\n"
      "belief is told with its evidence. Look at the kinds of KPIs before you rely on them.\n"
      "Exit status 1, with the reason, where nothing can be made of the records.\n\n"
      "Examples:\n"
      "  faultprint demo --unpack recording\n"
      "  faultprint probe --data recording/train.csv.gz > probed.yaml\n"
      "  faultprint check-config --config probed.yaml\n"
      "On your own data, with a broker at --brokers:\n"
      "  faultprint probe --brokers 127.0.0.1:9092 --topic kpi > faultprint.yaml");
  command->callback([options, &chosen] { chosen = [options] { return probe_feed(*options); }; });
}

}  // namespace faultprint::daemon
