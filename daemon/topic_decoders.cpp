#include "daemon/topic_decoders.h"

#include "config/topic_fields.h"
#include "config/topic_name.h"

namespace faultprint::daemon {

namespace {

TopicDecoder decoder_for(const config::StreamConfig& stream, const config::InputSpec& input,
                         const config::TopicFormat& own = {}) {
  ingest::DecoderOptions options(stream, input);
  options.fields = config::fields_in(own, std::move(options.fields));
  return {ingest::make_decoder(options), ingest::wanted_headers(stream)};
}

}  // namespace

TopicDecoders::TopicDecoders(const config::Config& config, const config::InputSpec& input)
    : usual_(decoder_for(config.group().stream, input)) {
  for (const config::TopicFormat& format : config.kafka.formats) {
    config::StreamConfig stream = config.group().stream;
    stream.format = format.format;
    stream.json = format.json;
    stream.record = format.record;
    own_.push_back({format.topic, decoder_for(stream, input, format)});
  }
}

TopicDecoder& TopicDecoders::of(const std::string& topic) {
  for (Own& own : own_)
    if (own.topic == topic) return own.decoder;
  for (Own& own : own_)
    if (config::means_topic(own.topic, topic)) return own.decoder;
  return usual_;
}

}  // namespace faultprint::daemon
