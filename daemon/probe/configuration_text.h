// What was found, as a configuration and as a table.
#pragma once

#include <string>

#include "daemon/probe/finding.h"

namespace faultprint::daemon::probe {

// Where the records came from.
struct Source {
  config::KafkaConfig kafka;  // brokers, the topic, properties as given; or
  std::string file;
};

// YAML that config::load() accepts, with the evidence as comments.
std::string configuration_text(const Finding& finding, const Source& source);

// For a person.
std::string table_text(const Finding& finding);

}  // namespace faultprint::daemon::probe
