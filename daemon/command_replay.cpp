#include <cstdio>

#include "config/key_lines.h"
#include "daemon/command_options.h"
#include "daemon/commands.h"
#include "daemon/replay.h"
#include "daemon/report_text.h"

namespace faultprint::daemon {
namespace {

struct ReplayOptions {
  std::string config;
  std::string group;
  std::string model;
  DataFiles files;
  std::string alarms;
  std::string unknowns;
  std::string topic;
  double speed = 0;
};

int replay(const ReplayOptions& options) {
  config::Config config = config::load(options.config);
  if (!options.group.empty() || !options.topic.empty()) config = one_group(config, options.group);
  if (!options.topic.empty()) {
    if (config.kafka.brokers.empty())
      throw config::error_at(config, "kafka.brokers", "is missing; --to-topic needs it");
    replay_to_topic(config, {options.files.history, options.topic, options.speed, {}});
    return 0;
  }
  if (!options.model.empty()) config = one_group(config, options.group);  // whose it is
  std::vector<ReplayGroup> groups;
  for (const config::GroupConfig& group : config.groups) {
    const config::Config one = config.of_group(group);
    groups.push_back({one, load_model(model_path(one, options.model), one)});
    for (const std::string& warning : alarm_warnings(one.group().alarms, *groups.back().model))
      warn(warning);
  }
  replay_to_verdicts(groups, {options.files.history, options.alarms, options.unknowns});
  return 0;
}

}  // namespace

void add_replay(CLI::App& app, Command& chosen) {
  auto options = std::make_shared<ReplayOptions>();
  CLI::App* command =
      app.add_subcommand("replay", "recorded history to verdict lines, or into a Kafka topic");
  add_config_option(*command, options->config);
  add_group_option(*command, options->group);
  add_model_option(*command, options->model);
  add_data_options(*command, options->files, IncidentFiles::none);
  command->add_option("--alarms", options->alarms, "write alarm events there (JSON lines)")
      ->type_name("FILE");
  CLI::Option* unknowns =
      command
          ->add_option("--unknowns", options->unknowns,
                       "write alarms of type unknown there, as incidents to label (CSV)")
          ->type_name("FILE");
  CLI::Option* topic =
      command->add_option("--to-topic", options->topic, "produce records into this topic instead")
          ->excludes(unknowns);
  command
      ->add_option("--speed", options->speed,
                   "with --to-topic: event seconds per second; 0 = as fast as it goes")
      ->needs(topic)
      ->check(zero_or_more())
      ->capture_default_str();
  command->footer(
      "Verdicts go to standard output, one JSON line for each completed slot of an element, by "
      "the\n"
      "very code of `run`; a gap in its data has one for each of its slots, too (not_scored), up "
      "to\n"
      "stream.forget_after. --to-topic needs kafka.brokers and no model.\n"
      "Of several groups all are replayed, one after the other, unless --group names one.\n"
      "--unknowns has a row for each alarm of type unknown, to be looked at and named: from its\n"
      "first abnormal slot to its clearing, with the KPIs that moved most, the nearest known type\n"
      "and its distance in radii; rows of one `kind` are alike. Keep those that are one fault, "
      "then\n"
      "`enroll --fault-type NAME --incidents FILE` takes the file as it is.\n\n"
      "Example (after that of `train`):\n"
      "  faultprint replay --config recording/faultprint.yaml --data recording/heldout.csv.gz \\\n"
      "      --alarms alarms.jsonl > verdicts.jsonl\n"
      "What it found that is like nothing known, as incidents to label:\n"
      "  faultprint replay --config recording/faultprint.yaml --data recording/heldout.csv.gz \\\n"
      "      --unknowns unknowns.csv > verdicts.jsonl\n"
      "Into a Kafka topic, with a broker at kafka.brokers:\n"
      "  faultprint replay --config recording/faultprint.yaml --data recording/heldout.csv.gz \\\n"
      "      --to-topic kpi --speed 60");
  command->callback([options, &chosen] { chosen = [options] { return replay(*options); }; });
}

}  // namespace faultprint::daemon
