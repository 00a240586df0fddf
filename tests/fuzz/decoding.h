// What every decoder must keep to, whatever a record's bytes are.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "ingest/decoder.h"

namespace faultprint::fuzz {

// Whole: an element, a time, and values that are missing, finite, or tokens there are.
void require_sample(const ingest::KpiSample& sample, const config::InputSpec& input);

// One configuration's decoder.
class Decoding {
 public:
  // stream: what stands in that section beside period, window and the KPIs, as "format: influx".
  // kpis: in YAML, a flow of them.
  Decoding(const std::string& stream, const std::string& kpis);

  // All that the record gives, as bytes: samples, and the names of reasons.
  std::string decode(std::string_view record);

 private:
  void require_reason(ingest::RejectReason reason) const;

  config::InputSpec input_;
  std::unique_ptr<ingest::Decoder> decoder_;
  ingest::KpiSample sample_;
};

// Several configurations of a format, and a good record.
class Decodings {
 public:
  // good: what the first of them makes samples of alone.
  Decodings(const std::vector<std::string>& streams, const std::string& kpis, std::string good);

  // The record is decoded by each of them, twice with the good one in between: what a record gives
  // is the same whatever was before it, and the good one is not spoilt by it.
  void check(std::string_view record);

 private:
  std::vector<Decoding> decodings_;
  std::string good_;
  std::vector<std::string> of_good_;  // what each makes of it
};

// Reads all of it with an Observation: what `probe` does.
class Observing {
 public:
  explicit Observing(const std::string& stream);
  void check(std::string_view record);

 private:
  ingest::Observation observed_;
  std::unique_ptr<ingest::Decoder> decoder_;
};

}  // namespace faultprint::fuzz
