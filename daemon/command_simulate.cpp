#include <cstdio>
#include <map>

#include "config/scalar.h"
#include "daemon/command_options.h"
#include "daemon/commands.h"
#include "daemon/simulation/files.h"
#include "daemon/simulation/stream.h"
#include "ingest/timestamp.h"

namespace faultprint::daemon {
namespace {

struct SimulateCommand {
  simulation::Options options;
  double days = 14;
  std::string period = "15m";
  std::string length;
  std::string start;
  std::string out;
  bool plain = false;
  std::string topic;
  std::string brokers = "127.0.0.1:9092";
  std::vector<std::string> properties;
  Pace pace;
};

config::Microseconds duration(const char* option, const std::string& text) {
  const auto value = config::parse_duration(text);
  if (!value || value->count() < 1'000'000 || value->count() % 1'000'000 != 0)
    throw std::runtime_error(std::string(option) + ": '" + text +
                             "' is no duration of whole seconds, such as 10s, 5m or 1h");
  return *value;
}

void complete(SimulateCommand& command) {
  simulation::Options& options = command.options;
  options.period = duration("--period", command.period);
  if (options.period > std::chrono::hours(6))
    throw std::runtime_error("--period: must be at most 6h, not " + command.period);
  options.duration =
      config::Microseconds(static_cast<std::int64_t>(command.days * 86400) * 1'000'000);
  if (!command.length.empty()) options.length = duration("--incident-length", command.length);
  if (command.start.empty()) return;
  const auto start = ingest::parse_time(command.start);
  if (!start)
    throw std::runtime_error("--start: '" + command.start +
                             "' is no time, such as 2026-01-05T00:00:00Z");
  options.start_us = *start;
}

config::KafkaConfig kafka_config(const SimulateCommand& command) {
  config::KafkaConfig kafka;
  kafka.brokers = command.brokers;
  kafka.topics = {command.topic};
  for (const std::string& property : command.properties) {
    const std::size_t equals = property.find('=');
    if (equals == std::string::npos || equals == 0)
      throw std::runtime_error("--kafka-property: '" + property + "' is not NAME=VALUE");
    kafka.properties[property.substr(0, equals)] = property.substr(equals + 1);
  }
  return kafka;
}

// What there is to find, by type and part; and what found no room.
void print_incidents(const simulation::Options& options) {
  const simulation::Network network = simulation::make_network(options.elements, options.seed);
  const simulation::IncidentPlan plan = simulation::plan_incidents(network, options);
  if (plan.wanted == 0) {
    std::printf("%d cells, no incidents\n", options.elements);
    return;
  }
  std::map<std::string, std::pair<int, int>> counts;
  for (const auto* type : simulation::fault_types(options.faults)) counts[type->name] = {0, 0};
  for (const auto& incident : plan.incidents) {
    auto& [train, held_out] = counts[incident.type->name];
    ++(incident.first_slot < options.first_held_out() ? train : held_out);
  }
  std::printf("%d cells, %zu incidents       to train on  held out\n", options.elements,
              plan.incidents.size());
  for (const auto& [name, count] : counts)
    std::printf("  %-28s %10d %9d\n", name.c_str(), count.first, count.second);
  if (plan.incidents.size() < plan.wanted)
    std::printf("%zu more found no room: fewer incidents a day, or more cells or days\n",
                plan.wanted - plan.incidents.size());
}

int simulate(SimulateCommand& command) {
  complete(command);
  const config::KafkaConfig kafka = kafka_config(command);
  if (!command.out.empty()) {
    const simulation::Written written =
        write_files(command.options, command.out, command.plain, command.brokers,
                    command.topic.empty() ? "kpi" : command.topic);
    for (const std::string& file : written.files) std::printf("%s\n", file.c_str());
  }
  print_incidents(command.options);
  if (!command.topic.empty())
    simulation::write_topic(command.options, kafka, command.topic, command.pace);
  return 0;
}

void add_network_options(CLI::App& command, SimulateCommand& c) {
  constexpr const char* kGroup = "Network";
  simulation::Options& o = c.options;
  command.add_option("--elements", o.elements, "cells; three make a site, 24 an area")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str()
      ->group(kGroup);
  command.add_option("--days", c.days, "how long; a share of a day will do")
      ->check(CLI::Range(0.001, 3660.0))
      ->capture_default_str()
      ->group(kGroup);
  command.add_option("--period", c.period, "how often a cell reports")
      ->capture_default_str()
      ->type_name("DURATION")
      ->group(kGroup);
  command.add_option("--start", c.start, "time of the first record [2026-01-05T00:00:00Z]")
      ->type_name("TIME")
      ->group(kGroup);
  add_seed_option(command, o.seed, "the same options and seed give the same bytes");
  command.get_option("--seed")->group(kGroup);
  command
      .add_option("--swing", o.swing, "of the load over day and week; 0: none, 0.5: 10 deviations")
      ->check(CLI::Range(0.0, 2.0))
      ->capture_default_str()
      ->group(kGroup);
  command.add_option("--missing", o.missing, "share of records that never come, or in part")
      ->check(CLI::Range(0.0, 0.5))
      ->capture_default_str()
      ->group(kGroup);
  command.add_option("--late", o.late, "share of records that come one period late, or more")
      ->check(CLI::Range(0.0, 0.5))
      ->capture_default_str()
      ->group(kGroup);
}

void add_incident_options(CLI::App& command, SimulateCommand& c) {
  constexpr const char* kGroup = "Incidents";
  simulation::Options& o = c.options;
  command.add_option("--faults", o.faults, "fault types, separated by commas [all]")
      ->delimiter(',')
      ->type_name("TYPE,...")
      ->group(kGroup);
  command
      .add_option("--incidents-per-day", o.incidents_per_day,
                  "in the whole network; 0: none [one for every six cells]")
      ->check(zero_or_more())
      ->group(kGroup);
  command.add_option("--incident-length", c.length, "of a typical one [12 periods]")
      ->type_name("DURATION")
      ->group(kGroup);
  command.add_option("--held-out", o.held_out, "share of the time that is kept for evaluate")
      ->check(CLI::Range(0.0, 0.9))
      ->capture_default_str()
      ->group(kGroup);
}

void add_output_options(CLI::App& command, SimulateCommand& c) {
  constexpr const char* kGroup = "Output";
  command.add_option("--out", c.out, "a folder for history, incidents and configuration")
      ->type_name("DIR")
      ->group(kGroup);
  command.add_flag("--plain", c.plain, "history as .csv, not .csv.gz")->group(kGroup);
  CLI::Option* const topic =
      command.add_option("--to-topic", c.topic, "produce the records into this Kafka topic")
          ->type_name("TOPIC")
          ->group(kGroup);
  command.add_option("--brokers", c.brokers, "host:port, comma separated")
      ->capture_default_str()
      ->group(kGroup);
  command
      .add_option("--kafka-property", c.properties,
                  "for librdkafka, such as a password's; may repeat")
      ->type_name("NAME=VALUE")
      ->needs(topic)
      ->group(kGroup);
  CLI::Option* const rate =
      command.add_option("--rate", c.pace.rate, "records per second [as fast as it goes]")
          ->needs(topic)
          ->check(above_zero())
          ->group(kGroup);
  command.add_option("--speed", c.pace.speed, "event seconds per second instead")
      ->needs(topic)
      ->excludes(rate)
      ->check(above_zero())
      ->group(kGroup);
}

std::string footer() {
  std::string text =
      "For tests, sizing and trying things out. How well faults are named is claimed on real data\n"
      "alone: these faults are only as varied as this program.\n\n"
      "Load swings over day and week, by what surrounds a cell, with bursts. Counters restart,\n"
      "ratios are undefined when nobody asks (at night), records are late, lost, or in part.\n"
      "A fault acts on a cell's users, air or link, and the KPIs follow; neighbours take users\n"
      "over. Incidents files name the fault on what it struck (a cell, or all of a site or area\n"
      "by a glob) and have `ignore` rows on neighbours that feel it. Fault types:\n";
  for (const auto& type : simulation::fault_types()) {
    std::string name = type.name;
    name.resize(22, ' ');
    text += "  " + name + type.meaning + "\n";
  }
  return text +
         "\nExamples:\n"
         "  faultprint simulate --out simulated\n"
         "  faultprint train --config simulated/faultprint.yaml --data simulated/train.csv.gz \\\n"
         "      --incidents simulated/train_incidents.csv --out simulated/model.safetensors\n"
         "  faultprint evaluate --config simulated/faultprint.yaml --data simulated/heldout.csv.gz "
         "\\\n"
         "      --incidents simulated/heldout_incidents.csv\n"
         "Into a Kafka topic, with a broker at --brokers:\n"
         "  faultprint simulate --elements 10000 --days 1 --incidents-per-day 0 --to-topic kpi \\\n"
         "      --brokers 127.0.0.1:9092 --rate 5000";
}

}  // namespace

void add_simulate(CLI::App& app, Command& chosen) {
  auto command = std::make_shared<SimulateCommand>();
  CLI::App* parser = app.add_subcommand(
      "simulate",
      "a made-up network of cells with faults, to files or a Kafka topic; for trying out");
  add_output_options(*parser, *command);
  add_network_options(*parser, *command);
  add_incident_options(*parser, *command);
  parser->footer(footer());
  parser->callback([command, &chosen] {
    if (command->out.empty() && command->topic.empty())
      throw CLI::RequiredError("--out DIR or --to-topic TOPIC");
    chosen = [command] { return simulate(*command); };
  });
}

}  // namespace faultprint::daemon
