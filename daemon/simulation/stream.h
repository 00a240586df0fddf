// A simulation into a Kafka topic, record by record as it arrives.
#pragma once

#include <cstddef>
#include <string>

#include "config/config.h"
#include "daemon/simulation/options.h"
#include "daemon/topic_writer.h"

namespace faultprint::daemon::simulation {

// Returns the number of records. Shows progress on standard error. Throws as KafkaProducer does.
std::size_t write_topic(const Options& options, const config::KafkaConfig& kafka,
                        const std::string& topic, const Pace& pace);

}  // namespace faultprint::daemon::simulation
