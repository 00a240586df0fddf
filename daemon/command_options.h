// Options that several commands share.
#pragma once

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "config/config.h"
#include "config/key_lines.h"
#include "daemon/dataset.h"
#include "daemon/loaded_model.h"

namespace faultprint::daemon {

inline void add_config_option(CLI::App& command, std::string& path) {
  command.add_option("--config,--config.file", path, "the configuration (YAML)")
      ->required()
      ->type_name("FILE");
}

inline void add_group_option(CLI::App& command, std::string& name) {
  command
      .add_option("--group", name,
                  "the group of elements; needed where the configuration has several")
      ->type_name("NAME");
}

// Of the configuration the group of this name, or the only one it has.
config::Config one_group(const config::Config& config, const std::string& name);

inline void add_model_option(CLI::App& command, std::string& path) {
  command.add_option("--model", path, "the model; wins over model.file of the configuration")
      ->type_name("FILE");
}

// CLI11 takes a negative number for a very great one.
inline void add_seed_option(CLI::App& command, std::uint64_t& seed, const std::string& help) {
  command.add_option("--seed", seed, help)
      ->check(CLI::Validator(
          [](const std::string& text) {
            return text.find('-') == std::string::npos
                       ? std::string()
                       : "must be a whole number from 0 on, not " + text;
          },
          ""))
      ->capture_default_str();
}

// CLI11's own say "not in range" with all digits of the greatest double. `name`: what its own are
// called, which the manual reads.
inline CLI::Validator number_that(bool (*fits)(double), const char* must, const char* name) {
  return CLI::Validator(
      [fits, must](const std::string& text) {
        double value = 0;
        const bool good =
            CLI::detail::lexical_cast(text, value) && std::isfinite(value) && fits(value);
        return good ? std::string() : std::string("must be a number ") + must + ", not " + text;
      },
      name);
}
inline CLI::Validator above_zero() {
  return number_that([](double value) { return value > 0; }, "above 0", "POSITIVE");
}
inline CLI::Validator zero_or_more() {
  return number_that([](double value) { return value >= 0; }, "from 0 on", "NONNEGATIVE");
}

enum class IncidentFiles { none, optional, required };

inline void add_data_options(CLI::App& command, DataFiles& files, IncidentFiles incidents) {
  command
      .add_option("--data", files.history,
                  "KPI history: CSV (time,element,<KPI>,...) or lines of stream.format, gzip too; "
                  "may repeat")
      ->required()
      ->type_name("FILE");
  if (incidents == IncidentFiles::none) return;
  command
      .add_option("--incidents", files.incidents,
                  "labels: CSV (element,start,end,fault_type[,uncertainty]); may repeat")
      ->required(incidents == IncidentFiles::required)
      ->type_name("FILE");
}

// Of a model that is to be read: the configuration's where none is given.
inline std::string model_path(const config::Config& config, const std::string& given) {
  constexpr const char* kKey = "model.file";
  if (!given.empty()) return given;
  const std::string& path = config.group().model.file;
  if (path.empty())
    throw config::error_at(config, kKey, "no model is named; set it, or give --model FILE");
  if (access(path.c_str(), R_OK) != 0)
    throw config::error_at(
        config, kKey, path + ": " + std::strerror(errno) + "; train one, or give --model FILE");
  return path;
}

}  // namespace faultprint::daemon
