// Decoders made from configuration text, and what they give as lines that can be compared.
#pragma once

#include <chrono>
#include <cmath>
#include <random>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/decoder.h"
#include "ingest/timestamp.h"

namespace faultprint::test {

// format: stream.format and what follows it in that section, as "influx, record: {..}".
class Decoding {
 public:
  Decoding(const std::string& format, const std::vector<std::string>& kpis,
           const std::string& tokens = "") {
    std::string list;
    for (const std::string& kpi : kpis) list += "{name: \"" + kpi + "\"}, ";
    config_ = config::parse("stream: {period: 10s, window: 4, max_record_bytes: 100000, kpis: [" +
                                list + tokens + "], format: " + format + "}",
                            "test.yaml");
    fields_ = config_.input_spec().fields();
    decoder_ = ingest::make_decoder({config_.group().stream, config_.input_spec()});
  }

  // One line each thing that the record holds: "element time kpi=value ..", or "!reason".
  std::vector<std::string> lines(const std::string& record, const std::string& key = "",
                                 std::int64_t time_us = 0) {
    std::vector<std::string> result;
    decoder_->begin({record, key, time_us});
    ingest::RejectReason reason = ingest::RejectReason::none;
    while (decoder_->next(sample_, reason)) {
      result.push_back(reason == ingest::RejectReason::none ? line()
                                                            : std::string("!") + name(reason));
    }
    return result;
  }
  // The only one.
  std::string line_of(const std::string& record, const std::string& key = "",
                      std::int64_t time_us = 0) {
    const auto all = lines(record, key, time_us);
    return all.size() == 1 ? all[0] : std::to_string(all.size()) + " things";
  }

  // The last of its things. A record that takes the square of its length takes seconds; one that
  // does not, milliseconds.
  std::string last_line_in_a_second(const std::string& record) {
    const auto begin = std::chrono::steady_clock::now();
    const auto all = lines(record);
    const auto taken = std::chrono::steady_clock::now() - begin;
    return taken < std::chrono::seconds(1) ? all.back() : "it took more than a second";
  }

  const ingest::KpiSample& sample() const { return sample_; }  // the last
  ingest::Decoder& decoder() { return *decoder_; }

 private:
  std::string line() const {
    std::ostringstream text;
    text.precision(15);
    text << sample_.element << ' ' << ingest::format_rfc3339(sample_.time_us);
    for (std::size_t i = 0; i < fields_.size() - sample_.texts.size(); ++i)
      if (!std::isnan(sample_.values[i])) text << ' ' << fields_[i] << '=' << sample_.values[i];
    for (std::size_t i = 0; i < sample_.texts.size(); ++i)
      if (!sample_.texts[i].empty())
        text << ' ' << fields_[fields_.size() - sample_.texts.size() + i] << '='
             << sample_.texts[i];
    return text.str();
  }

  config::Config config_;
  std::vector<std::string> fields_;
  std::unique_ptr<ingest::Decoder> decoder_;
  ingest::KpiSample sample_;
};

// The record after one to three random edits.
inline std::string damaged(std::string record, std::string_view alphabet, std::mt19937& random) {
  for (unsigned edits = 1 + random() % 3; edits > 0; --edits) {
    const std::size_t at = random() % record.size();
    const char c = alphabet[random() % alphabet.size()];
    if (random() % 3 == 0)
      record.erase(at, 1 + random() % 4);
    else if (random() % 2 == 0)
      record.insert(at, 1, c);
    else
      record[at] = c;
    if (record.empty()) record = alphabet;
  }
  return record;
}

// Random edits of a good record: none may crash, and what counts as good must be whole.
inline bool survives_damage(Decoding& decoding, const std::string& good,
                            const std::string& alphabet, int times = 20000) {
  std::mt19937 random(7);
  for (int i = 0; i < times; ++i) {
    const std::string record = damaged(good, alphabet, random);
    // Of its own size exactly, so that a read beyond its end is found by the sanitizer.
    const std::vector<char> bytes(record.begin(), record.end());
    decoding.decoder().begin({{bytes.data(), bytes.size()}, {}, 0});
    ingest::KpiSample sample;
    ingest::RejectReason reason = ingest::RejectReason::none;
    int things = 0;
    while (decoding.decoder().next(sample, reason)) {
      if (++things > static_cast<int>(bytes.size()) + 1) return false;
      if (reason == ingest::RejectReason::none && sample.element.empty()) return false;
    }
    if (things == 0) return false;
  }
  return true;
}

}  // namespace faultprint::test
