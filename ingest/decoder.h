// What reads records of any format: bytes in, samples out.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/config.h"
#include "ingest/kpi_sample.h"
#include "ingest/observation.h"
#include "ingest/reject_reason.h"

namespace faultprint::ingest {

using Headers = std::vector<std::pair<std::string_view, std::string_view>>;

// What Kafka hands over, or a line of a file, which has neither key nor time.
struct RawRecord {
  std::string_view payload;
  std::string_view key = {};
  std::int64_t time_us = 0;  // the record's own timestamp; 0 where it has none
  // Those that wanted_headers() names; null where it has none.
  const Headers* headers = nullptr;

  std::string_view header(std::string_view name) const;  // the last; "" where there is none
};

// Headers that elements are named by, in either of the format's options.
std::vector<std::string> wanted_headers(const config::StreamConfig& stream);

struct DecoderOptions {
  DecoderOptions(const config::StreamConfig& of_stream, const config::InputSpec& input)
      : stream(of_stream), fields(input.fields()), tokens(input.token_kpis()) {}

  // Of recorded files, where elements of other groups are left out.
  DecoderOptions(const config::GroupConfig& of_group, const config::InputSpec& input)
      : DecoderOptions(of_group.stream, input) {
    group = of_group;
  }

  config::StreamConfig stream;          // format, its options, max_record_bytes
  std::vector<std::string> fields;      // InputSpec::fields()
  std::vector<config::KpiSpec> tokens;  // what the last fields are, where those hold tokens
  // Formats with stream.record only: where set, it is filled with each thing whole, and a thing is
  // good when it has values, be any of them configured or not.
  Observation* observed = nullptr;
  std::optional<config::GroupConfig> group = {};  // History alone: whose elements count
};

// Not thread-safe: holds scratch buffers; one per worker.
class Decoder {
 public:
  virtual ~Decoder() = default;

  // Begins a record. Its bytes must stay until next() has said false.
  virtual void begin(const RawRecord& record) = 0;
  // The next thing that the record holds: true, and either a whole sample (`reason` none) or why
  // there is none (the sample's content is then unspecified). False after the last one. A record
  // holds at least one thing, so that none is ever dropped without a count.
  virtual bool next(KpiSample& sample, RejectReason& reason) = 0;
};

// Of stream.format.
std::unique_ptr<Decoder> make_decoder(const DecoderOptions& options);

}  // namespace faultprint::ingest
