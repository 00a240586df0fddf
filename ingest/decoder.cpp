#include "ingest/decoder.h"

#include <stdexcept>
#include <utility>

#include "config/formats.h"
#include "ingest/gzip_payload.h"

namespace faultprint::ingest {

// Each format's own file defines its function.
#define FAULTPRINT_FORMAT(name, ...) \
  std::unique_ptr<Decoder> make_##name##_decoder(const DecoderOptions& options);
FAULTPRINT_FORMATS(FAULTPRINT_FORMAT)
#undef FAULTPRINT_FORMAT

namespace {

std::unique_ptr<Decoder> make_plain_decoder(const DecoderOptions& options) {
#define FAULTPRINT_FORMAT(name, ...) \
  if (options.stream.format == #name) return make_##name##_decoder(options);
  FAULTPRINT_FORMATS(FAULTPRINT_FORMAT)
#undef FAULTPRINT_FORMAT
  throw std::runtime_error("stream.format: there is no format " + options.stream.format);
}

// Any format's records, which may each be gzipped.
class UnpackingDecoder : public Decoder {
 public:
  explicit UnpackingDecoder(const DecoderOptions& options)
      : max_record_bytes_(static_cast<std::size_t>(options.stream.max_record_bytes)),
        plain_(make_plain_decoder(options)) {}

  void begin(const RawRecord& record) override {
    failed_ = RejectReason::none;
    told_ = false;
    if (!is_gzip(record.payload)) return plain_->begin(record);
    RawRecord unpacked = record;
    failed_ = gunzip_.unpack(record.payload, max_record_bytes_, unpacked.payload);
    if (failed_ == RejectReason::none) plain_->begin(unpacked);
  }
  bool next(KpiSample& sample, RejectReason& reason) override {
    if (failed_ == RejectReason::none) return plain_->next(sample, reason);
    reason = failed_;
    return !std::exchange(told_, true);
  }

 private:
  std::size_t max_record_bytes_;
  std::unique_ptr<Decoder> plain_;
  Gunzip gunzip_;
  RejectReason failed_ = RejectReason::none;  // why there is nothing to decode
  bool told_ = false;
};

}  // namespace

std::unique_ptr<Decoder> make_decoder(const DecoderOptions& options) {
  return std::make_unique<UnpackingDecoder>(options);
}

}  // namespace faultprint::ingest
