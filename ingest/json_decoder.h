// stream.format json: JSON records to KpiSamples (simdjson). One record holds one element, one time
// and an object of KPIs; where they stand is configured by JSON pointer. The element may be named
// by several of them, the Kafka key and headers (element_name.h).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "ingest/decoder.h"
#include "ingest/timestamp.h"

namespace faultprint::ingest {

// Not thread-safe: holds scratch buffers; one per worker.
class JsonDecoder : public Decoder {
 public:
  // tokens: what the last fields are, where those hold tokens (InputSpec::token_kpis()).
  JsonDecoder(const config::JsonConfig& json, const std::vector<std::string>& fields,
              int max_record_bytes, const std::vector<config::KpiSpec>& tokens = {},
              const Zone& zone = {});
  ~JsonDecoder() override;

  void begin(const RawRecord& record) override {
    record_ = record;
    has_record_ = true;
  }
  bool next(KpiSample& sample, RejectReason& reason) override {
    if (!has_record_) return false;
    has_record_ = false;
    reason = decode(record_, sample);
    return true;
  }

  // Fills `sample` whole or not at all (on a reason other than none its content is unspecified).
  // null is a missing value; true and false are 1 and 0. Tokens of a text come as a JSON string, a
  // state may be a number or a boolean, too.
  RejectReason decode(const RawRecord& record, KpiSample& sample);
  RejectReason decode(std::string_view record, KpiSample& sample, std::string_view key = {}) {
    return decode(RawRecord{record, key}, sample);
  }

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
  RawRecord record_;  // not yet given out by next()
  bool has_record_ = false;
};

bool is_utf8(std::string_view text);

}  // namespace faultprint::ingest
