#include "ingest/decoder.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "config/formats.h"
#include "config/name_template.h"
#include "ingest/gzip_payload.h"

namespace faultprint::ingest {

// Each format's own file defines its function.
#define FAULTPRINT_FORMAT(name, ...) \
  std::unique_ptr<Decoder> make_##name##_decoder(const DecoderOptions& options);
FAULTPRINT_FORMATS(FAULTPRINT_FORMAT)
#undef FAULTPRINT_FORMAT

std::string_view RawRecord::header(std::string_view name) const {
  if (headers == nullptr) return {};
  for (auto header = headers->rbegin(); header != headers->rend(); ++header)
    if (header->first == name) return header->second;
  return {};
}

std::vector<std::string> wanted_headers(const config::StreamConfig& stream) {
  std::vector<std::string> names;
  for (const std::string& element :
       {stream.json.element, stream.record.element, stream.record.kpi}) {
    const auto parts = config::split_template(element);
    if (!parts) continue;
    for (const config::TemplatePart& part : *parts)
      if (part.is_field && part.text.starts_with(config::kHeaderLabel))
        names.push_back(part.text.substr(config::kHeaderLabel.size()));
  }
  return names;
}

namespace {

std::unique_ptr<Decoder> make_plain_decoder(const DecoderOptions& options) {
#define FAULTPRINT_FORMAT(name, ...) \
  if (options.stream.format == #name) return make_##name##_decoder(options);
  FAULTPRINT_FORMATS(FAULTPRINT_FORMAT)
#undef FAULTPRINT_FORMAT
  throw std::runtime_error("stream.format: there is no format " + options.stream.format);
}

// How far a record's time is ahead of what is meant.
std::int64_t ahead_us(const config::StreamConfig& stream) {
  const bool says_both = stream.format == "ves" || stream.format == "perf3gpp";
  return stream.stamp_end && !says_both ? stream.period.count() : 0;
}

// What formats need not know: payloads may be gzipped, and times those of ends of periods.
class UnpackingDecoder : public Decoder {
 public:
  explicit UnpackingDecoder(const DecoderOptions& options)
      : max_record_bytes_(static_cast<std::size_t>(options.stream.max_record_bytes)),
        ahead_us_(ahead_us(options.stream)),
        plain_(make_plain_decoder(options)) {}

  void begin(const RawRecord& record) override {
    failed_ = RejectReason::none;
    told_ = false;
    payload_ = record.payload;
    part_ = 0;
    if (!is_gzip(record.payload)) return plain_->begin(record);
    RawRecord unpacked = record;
    failed_ = gunzip_.unpack(record.payload, max_record_bytes_, unpacked.payload);
    if (failed_ == RejectReason::none) plain_->begin(unpacked);
  }
  bool next(KpiSample& sample, RejectReason& reason) override {
    sample.record = payload_;
    sample.part = part_++;
    if (failed_ == RejectReason::none) {
      const bool more = plain_->next(sample, reason);
      if (more) sample.time_us = std::max<std::int64_t>(sample.time_us - ahead_us_, 0);
      return more;
    }
    reason = failed_;
    return !std::exchange(told_, true);
  }

 private:
  std::size_t max_record_bytes_;
  std::int64_t ahead_us_;
  std::unique_ptr<Decoder> plain_;
  Gunzip gunzip_;
  RejectReason failed_ = RejectReason::none;  // why there is nothing to decode
  bool told_ = false;
  std::string_view payload_;
  std::uint32_t part_ = 0;
};

}  // namespace

std::unique_ptr<Decoder> make_decoder(const DecoderOptions& options) {
  return std::make_unique<UnpackingDecoder>(options);
}

}  // namespace faultprint::ingest
