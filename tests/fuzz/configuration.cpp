// The configuration: what loads, prints what loads to the same.
#include "config/changed_keys.h"
#include "config/config.h"
#include "ingest/decoder.h"
#include "tests/fuzz/targets.h"

namespace faultprint::fuzz {

void fuzz_configuration(std::string_view input) {
  const std::string file = "fuzz.yaml";
  config::Config config;
  try {
    config = config::parse(std::string(input), file);
  } catch (const config::ConfigError& error) {
    return require_message(error.what(), file);
  }
  const std::string shown = config::effective(config);
  config::Config again = config::parse(shown, file);
  require(config::effective(again) == shown, "the effective configuration is its own");
  config.kafka.properties.clear();  // secrets are not shown
  again.kafka.properties.clear();
  require(config::changed_keys(config, again).empty(), "what is shown is what was read");
  for (const config::GroupConfig& group : config.groups) {
    const config::InputSpec spec = config.of_group(group).input_spec();
    require(config::input_spec_from_json(config::to_json(spec)) == spec,
            "what a model keeps of it is whole");
    ingest::make_decoder({group.stream, spec});
  }
}

}  // namespace faultprint::fuzz
