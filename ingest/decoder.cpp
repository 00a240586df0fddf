#include "ingest/decoder.h"

#include <stdexcept>

#include "config/formats.h"

namespace faultprint::ingest {

// Each format's own file defines its function.
#define FAULTPRINT_FORMAT(name, ...) \
  std::unique_ptr<Decoder> make_##name##_decoder(const DecoderOptions& options);
FAULTPRINT_FORMATS(FAULTPRINT_FORMAT)
#undef FAULTPRINT_FORMAT

std::unique_ptr<Decoder> make_decoder(const DecoderOptions& options) {
#define FAULTPRINT_FORMAT(name, ...) \
  if (options.stream.format == #name) return make_##name##_decoder(options);
  FAULTPRINT_FORMATS(FAULTPRINT_FORMAT)
#undef FAULTPRINT_FORMAT
  throw std::runtime_error("stream.format: there is no format " + options.stream.format);
}

}  // namespace faultprint::ingest
