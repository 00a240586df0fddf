// Which decoder reads a topic's records.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "ingest/decoder.h"

namespace faultprint::daemon {

struct TopicDecoder {
  std::unique_ptr<ingest::Decoder> decoder;
  std::vector<std::string> wanted_headers;
};

// One for the stream's format, and one for each of kafka.topics that has its own.
class TopicDecoders {
 public:
  // config: of one group of elements.
  TopicDecoders(const config::Config& config, const config::InputSpec& input);

  // Stays where it is. A topic that several patterns match goes by the first.
  TopicDecoder& of(const std::string& topic);

 private:
  struct Own {
    std::string topic;  // as it stands in kafka.topics
    TopicDecoder decoder;
  };
  TopicDecoder usual_;
  std::vector<Own> own_;
};

}  // namespace faultprint::daemon
