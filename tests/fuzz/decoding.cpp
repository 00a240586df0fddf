#include "tests/fuzz/decoding.h"

#include <cmath>

#include "ingest/json_decoder.h"
#include "ingest/timestamp.h"
#include "tests/fuzz/targets.h"

namespace faultprint::fuzz {

using ingest::RejectReason;

namespace {

constexpr std::size_t kMaxRecord = 1 << 20;
const ingest::Headers kHeaders = {{"site", "north"}, {"site", "west"}, {"bytes", "\xFF"}};

config::Config parsed(const std::string& stream, const std::string& kpis) {
  return config::parse("stream: {period: 10s, window: 4, max_record_bytes: " +
                           std::to_string(kMaxRecord) + ", kpis: [" + kpis + "], " + stream + "}",
                       "fuzz.yaml");
}

template <typename T>
void append(std::string& bytes, const T& value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

// A buffer of the record's size exactly, so that a read beyond its end is found by a sanitizer.
ingest::RawRecord raw(const std::vector<char>& bytes) {
  return {{bytes.data(), bytes.size()}, "r7", 1498754414000000, &kHeaders};
}

}  // namespace

void require_sample(const ingest::KpiSample& sample, const config::InputSpec& input) {
  require(!sample.element.empty() && sample.element.size() <= ingest::kMaxElementBytes,
          "an element's name has 1 to 256 bytes");
  require(ingest::is_utf8(sample.element), "an element's name is UTF-8");
  require(sample.time_us >= 0 && sample.time_us <= ingest::kMaxTimeUs, "a time is in 1970..2200");
  const auto tokens = input.token_kpis();
  const std::size_t numbers = input.fields().size() - tokens.size();
  std::size_t next = numbers;
  require(sample.texts.size() == tokens.size(), "a text for each field of tokens");
  for (const config::KpiSpec& kpi : tokens) {
    for (int i = 0; i < kpi.length; ++i, ++next) {
      require(next < sample.values.size(), "a value for each token");
      const double token = sample.values[next];
      require(
          std::isnan(token) || (token >= 0 && token < kpi.buckets && token == std::floor(token)),
          "a token is one of its buckets");
    }
  }
  require(sample.values.size() == next, "a value for each field, and no more");
  for (std::size_t i = 0; i < numbers; ++i)
    require(!std::isinf(sample.values[i]), "a value is finite or missing");
}

Decoding::Decoding(const std::string& stream, const std::string& kpis) {
  const config::Config config = parsed(stream, kpis);
  input_ = config.input_spec();
  decoder_ = ingest::make_decoder({config.group().stream, input_});
}

void Decoding::require_reason(RejectReason reason) const {
  require(reason < RejectReason::count_, "a reason that there is");
  for (const RejectReason stores_own :
       {RejectReason::too_far_ahead, RejectReason::too_old, RejectReason::late,
        RejectReason::duplicate, RejectReason::element_limit})
    require(reason != stores_own, "a reason that a decoder can know");
}

std::string Decoding::decode(std::string_view record) {
  const std::vector<char> bytes(record.begin(), record.end());
  std::string all;
  std::size_t things = 0;
  RejectReason reason = RejectReason::none;
  decoder_->begin(raw(bytes));
  while (decoder_->next(sample_, reason)) {
    require(++things <= kMaxRecord, "a record does not go on for ever");
    if (reason != RejectReason::none) {
      require_reason(reason);
      (all += '!') += name(reason);
      continue;
    }
    require_sample(sample_, input_);
    (all += sample_.element) += '@';
    append(all, sample_.time_us);
    for (const double value : sample_.values) append(all, std::isnan(value) ? -1e300 : value);
    for (const std::string_view text : sample_.texts) (all += text) += ';';
    append(all, sample_.unknown_kpis);
  }
  require(things > 0, "no record is dropped without a count");
  require(!decoder_->next(sample_, reason), "what is over stays over");
  return all;
}

Decodings::Decodings(const std::vector<std::string>& streams, const std::string& kpis,
                     std::string good)
    : good_(std::move(good)) {
  for (const std::string& stream : streams) {
    Decoding& decoding = decodings_.emplace_back(stream, kpis);
    of_good_.push_back(decoding.decode(good_));
  }
  require(of_good_.front().find('!') == std::string::npos, "the good record is good");
}

void Decodings::check(std::string_view record) {
  for (std::size_t i = 0; i < decodings_.size(); ++i) {
    const std::string first = decodings_[i].decode(record);
    require(decodings_[i].decode(good_) == of_good_[i], "a good record is not spoilt by another");
    require(decodings_[i].decode(record) == first, "a record always gives the same");
  }
}

Observing::Observing(const std::string& stream) {
  const config::Config config = parsed(stream, "{name: x}");
  ingest::DecoderOptions options(config.group().stream, config.input_spec());
  options.observed = &observed_;
  decoder_ = ingest::make_decoder(options);
}

void Observing::check(std::string_view record) {
  const std::vector<char> bytes(record.begin(), record.end());
  ingest::KpiSample sample;
  RejectReason reason = RejectReason::none;
  decoder_->begin(raw(bytes));
  while (decoder_->next(sample, reason)) {
    if (reason != RejectReason::none) continue;
    require(!observed_.values.empty(), "what is observed has values");
    for (const ingest::ObservedValue& value : observed_.values) {
      require(std::isfinite(value.number), "an observed value is finite");
      require(ingest::is_utf8(value.name) && ingest::is_utf8(value.text), "and UTF-8");
    }
  }
}

}  // namespace faultprint::fuzz
