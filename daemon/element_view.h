// What a pipeline knows of one element, for who asks over HTTP.
#pragma once

#include <string>

#include "daemon/pipeline.h"
#include "ingest/kafka_consumer.h"

namespace faultprint::daemon {

// A JSON object; "" where the partition does not know the element. On the pipeline's thread.
std::string element_view(const std::string& element, const ingest::TopicPartition& where,
                         const Pipeline& pipeline);

}  // namespace faultprint::daemon
