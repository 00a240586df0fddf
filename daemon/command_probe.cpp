#include <chrono>
#include <cstdio>

#include "daemon/command_options.h"
#include "daemon/commands.h"
#include "daemon/probe/configuration_text.h"
#include "daemon/probe/kafka_properties.h"
#include "daemon/probe/record_intake.h"
#include "daemon/probe/trial_run.h"
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

// What has been taken in; where anything was left out or unpacked, that is told.
probe::Records all_of(probe::RecordIntake& intake) {
  if (!intake.text().empty()) std::fprintf(stderr, "%s\n\n", intake.text().c_str());
  if (intake.records().empty())
    throw std::runtime_error("no record is small enough to be looked at");
  return intake.release();
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
  probe::RecordIntake intake;
  for (auto& record : sample.records) intake.take(std::move(record));
  return all_of(intake);
}

// The first line stands apart: it may name columns. What comes behind the last that there is room
// for is not read.
probe::Records from_file(const ProbeOptions& options, std::string& first) {
  probe::RecordIntake intake;
  ingest::LineSource lines(options.file);
  std::string_view line;
  while (intake.records().size() < options.records && intake.left_out() == 0 && lines.next(line)) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.find_first_not_of(" \t") == std::string_view::npos) continue;
    if (first.empty() && !line.starts_with('{') && !line.starts_with('['))
      first = line;
    else
      intake.take({std::string(line), "", 0, 0});
  }
  if (intake.records().empty() && intake.left_out() == 0)
    throw std::runtime_error(options.file + ": holds no record");
  std::fprintf(stderr, "%s: the first %zu records\n\n", options.file.c_str(),
               intake.records().size());
  return all_of(intake);
}

int probe_feed(const ProbeOptions& options) {
  if (options.topic.empty() == options.file.empty())
    throw std::runtime_error("what is to be looked at? --topic NAME or --data FILE");
  probe::Source source;
  source.file = options.file;
  std::string header;
  probe::Records records;
  if (options.file.empty()) {
    source.kafka.brokers = options.brokers;
    source.kafka.topics = {options.topic};
    source.kafka.properties = probe::parse_properties(options.properties);
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
  for (const std::string& note : probe::secrets_to_set(source.kafka.properties))
    std::fprintf(stderr, "\n%s\n", note.c_str());
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
                   "for librdkafka, here and in the configuration; may repeat. Secrets as "
                   "'sasl.password=${file:PATH}' or '=${ENVIRONMENT_VARIABLE}'")
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
      "A secret is best given as a reference, in single quotes: it is read from its file or the\n"
      "environment by probe and by the configuration alike. One given in plain is not written: "
      "the\n"
      "configuration then refers to the environment, and says to which variable.\n\n"
      "Examples:\n"
      "  faultprint demo --unpack recording\n"
      "  faultprint probe --data recording/train.csv.gz > probed.yaml\n"
      "  faultprint check-config --config probed.yaml\n"
      "On your own data, with a broker at --brokers:\n"
      "  faultprint probe --brokers 127.0.0.1:9092 --topic kpi > faultprint.yaml\n"
      "  faultprint probe --brokers broker1:9093 --topic kpi \\\n"
      "      --kafka-property security.protocol=sasl_ssl --kafka-property sasl.username=faultprint "
      "\\\n"
      "      --kafka-property 'sasl.password=${file:/etc/faultprint/password}' > faultprint.yaml");
  command->callback([options, &chosen] { chosen = [options] { return probe_feed(*options); }; });
}

}  // namespace faultprint::daemon
