#include <CLI/CLI.hpp>
#include <array>
#include <cstdio>
#include <functional>

#include "config/config.h"
#include "daemon/alarm_plans.h"
#include "daemon/build_info.h"
#include "daemon/command_options.h"
#include "daemon/commands.h"
#include "daemon/loaded_model.h"
#include "daemon/memory_prediction.h"
#include "daemon/report_text.h"
#include "daemon/web_access.h"
#include "ingest/kafka_consumer.h"
#include "model/kernels/kernels.h"

namespace faultprint::daemon {

std::string version_text() {
  return std::string("faultprint ") + FAULTPRINT_VERSION + " (" + FAULTPRINT_COMPILER + ", " +
         FAULTPRINT_BUILD_TYPE + ", kernels " + fp_isa() + ")";
}

void add_version(CLI::App& app, Command& chosen) {
  CLI::App* command =
      app.add_subcommand("version", "print version, compiler and the kernels' instruction set");
  command->footer("Example:\n  faultprint version");
  command->callback([&chosen] {
    chosen = [] {
      std::puts(version_text().c_str());
      return 0;
    };
  });
}

namespace {

// What may be right where the configuration is meant for, and not where it is checked: `run` would
// not start here.
void warn_of_missing(const config::Config& config) {
  const std::array<std::function<void()>, 2> checks = {
      [&] { config::require_kafka(config); }, [&] { ingest::check_properties(config, true); }};
  for (const auto& check : checks) {
    try {
      check();
    } catch (const config::ConfigError& e) {
      warn(std::string(e.what()) + " (`run` would not start here)");
    }
  }
}

// A model that is not there yet, or cannot be used, is what `run` and `inspect` tell.
ModelPointer model_of(const config::Config& one) {
  try {
    if (!one.group().model.file.empty()) return load_model(one.group().model.file, one);
  } catch (const std::exception&) {
    return nullptr;
  }
  return nullptr;
}

// What the rules come to with the model that is there.
void warn_of_settings(const config::Config& config) {
  for (const config::GroupConfig& group : config.groups) {
    if (group.alarms.false_alarms_per_day <= 0 && group.alarms.priors.empty()) continue;
    if (const ModelPointer model = model_of(config.of_group(group)))
      for (const std::string& warning : alarm_warnings(group.alarms, *model)) warn(warning);
  }
}

std::string memory_of(const config::Config& one, std::int64_t elements) {
  const ModelPointer model = model_of(one);
  return to_text(predict_memory(one, one.input_spec(), model.get(), elements), one);
}

std::string memory_of_groups(const config::Config& config, std::int64_t elements) {
  if (!config.has_groups()) return memory_of(config, elements);
  std::string text;
  for (const config::GroupConfig& group : config.groups)
    text += "# if all elements were of group " + group.name + ":\n" +
            memory_of(config.of_group(group), elements);
  return text;
}

}  // namespace

void add_check_config(CLI::App& app, Command& chosen) {
  auto path = std::make_shared<std::string>();
  auto elements = std::make_shared<std::int64_t>(0);
  CLI::App* command =
      app.add_subcommand("check-config", "check a configuration and print it with every default");
  add_config_option(*command, *path);
  command->add_option("FILE", *path, "the same as --config");
  command->get_option("--config")->required(false);
  command
      ->add_option("--elements", *elements,
                   "say, too, how much memory so many elements will need in one process")
      ->type_name("N")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1'000'000'000}));
  command->footer(
      "Exit status 78 and file:line: key: reason when it cannot be used. What may only be missing\n"
      "here is a warning: kafka.brokers and topics, which `run` alone needs, and values ${NAME} "
      "and\n"
      "${file:PATH} of kafka.properties.\n\n"
      "Example:\n"
      "  faultprint demo --unpack recording\n"
      "  faultprint check-config --config recording/faultprint.yaml --elements 100000\n\n"
      "stream.format says what a record is: json, json_value (one value each), influx (line "
      "protocol),\n"
      "telegraf (its json), gnmic (its event format), csv, ves (VES 7 measurement) or perf3gpp. A\n"
      "record may hold many lines or events. stream.json or stream.record says how element and "
      "KPIs\n"
      "are named by it; {labels} are tags, columns or header fields. What a format has by "
      "default:\n"
      "  echo 'stream: {period: 60s, window: 30, kpis: [{name: net.in}], format: influx}' |\\\n"
      "      faultprint check-config /dev/stdin\n\n"
      "In the records a KPI may have another name, or be made of several fields: `from` is a "
      "field,\n"
      "a list of them for their sum (missing where one is), or a pattern such as drops.* for all\n"
      "that a record has of it; `factor` scales; a ratio of counters is `cumulative`. The same "
      "goes\n"
      "for history files:\n"
      "  echo 'stream: {period: 60s, window: 9, kpis: [{name: x, kind: delta, from: [a, b]}]}' "
      "|\\\n"
      "      faultprint check-config /dev/stdin");
  command->callback([path, elements, &chosen] {
    if (path->empty()) throw CLI::RequiredError("FILE, or --config FILE,");
    chosen = [path, elements] {
      const config::Config config = config::load(*path);
      ingest::check_properties(config, false);
      read_plans_of_groups(config);
      read_web_rules(config.http.web_config_file);
      warn_of_missing(config);
      warn_of_settings(config);
      std::fputs(config::effective(config).c_str(), stdout);
      if (*elements > 0) std::fputs(memory_of_groups(config, *elements).c_str(), stdout);
      return 0;
    };
  });
}

}  // namespace faultprint::daemon
