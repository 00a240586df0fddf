// Token numbers: what stands for text in a window. A number depends on the token and the number of
// buckets alone, so live use needs no vocabulary, a token never seen is an input like any other,
// and everything stays a pure function of the records.
//
// 0 is padding and "missing". A character whose code point is below `buckets` is its own number:
// with the default of 256 no two characters of Latin-1 are ever one token. All other tokens (words,
// states, further characters) get 1 + FNV-1a-64(UTF-8) mod (buckets - 1) and may share a number:
// of n different tokens in b buckets one has its number to itself with a probability of
// (1 - 1/(b-1))^(n-1). With the default of 1024: .98 for 20 tokens, .91 for 100, .61 for 500. Two
// that share one look the same to the encoder; more `buckets` are the remedy.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "config/input_spec.h"
#include "ingest/kpi_sample.h"

namespace faultprint::ingest {

// The number of a token, from 1 to buckets - 1; 0 where the KPI has no such token (one of two
// letters among characters). A state that is a number counts as that number: 3, 3.0 and "3" are one.
int token_of(const config::KpiSpec& kpi, std::string_view token);

// What a report of this KPI says: fills its `length` cells. Empty text is a missing value (NaN in
// all of them); a shorter one is padded with 0 behind, a longer one is cut. Words stand between
// blanks; what is not UTF-8 is read as one character a byte. No allocation.
void write_tokens(const config::KpiSpec& kpi, std::string_view text, std::span<double> cells);

// A record's fields of tokens: they stand behind those that are numbers.
class TokenFields {
 public:
  // fields: how many there are; the last of them are `kpis`.
  TokenFields(std::size_t fields, std::vector<config::KpiSpec> kpis);

  bool contains(std::size_t field) const { return field >= numbers_; }
  bool is_state(std::size_t field) const {
    return kpis_[field - numbers_].kind == config::KpiKind::state;
  }
  // All values missing.
  void clear(KpiSample& sample) const;
  // text: what this field was reported as, as long valid as the sample's element.
  void read(std::size_t field, std::string_view text, KpiSample& sample) const;
  double& first_value(std::size_t field, KpiSample& sample) const {
    return sample.values[begins_[field - numbers_]];
  }

 private:
  std::size_t numbers_;
  std::vector<config::KpiSpec> kpis_;
  std::vector<std::size_t> begins_;  // each one's values in a sample; the last: their end
};

}  // namespace faultprint::ingest
