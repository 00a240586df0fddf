// What the decoders of labelled values share: which element a record's labels name, which KPI a
// value is, and what of it goes into a sample.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "config/name_template.h"
#include "ingest/decoder.h"
#include "ingest/glob_sums.h"
#include "ingest/tokens.h"

namespace faultprint::ingest {

// Why a record cannot be text of this format at all: empty, too long, not UTF-8.
RejectReason check_text(std::string_view record, std::size_t max_bytes);

// What a record says of its values. Views into the record.
struct Labels {
  std::string_view key;               // {key}: of Kafka
  const RawRecord* record = nullptr;  // {header.NAME}
  std::string_view measurement;       // {measurement}
  // {any other name}: those that a template asks for, each once; all where there is an Observation.
  std::vector<std::pair<std::string_view, std::string_view>> tags;
};

struct Value {
  enum class Kind { missing, number, boolean, text, other };

  Kind kind = Kind::missing;
  double number = 0;      // or 1 for true
  std::string_view text;  // text, or a number as it is written where that is known

  static Value of(double number, std::string_view written = {}) {
    return {Kind::number, number, written};
  }
  static Value of_text(std::string_view text) { return {Kind::text, 0, text}; }
  static Value of_bool(bool value) { return {Kind::boolean, value ? 1.0 : 0.0, {}}; }
  static Value other() { return {Kind::other, 0, {}}; }
};

// Not thread-safe: holds scratch buffers.
class SampleBuilder {
 public:
  // A longer name is none that a configuration could mean: where labels make such names of each of
  // many values, their bytes are not handled over and over.
  static constexpr std::size_t kMostNameBytes = 1024;

  // Numbers may be written as text where the format has them so; NaN, NA and null are then missing.
  enum class TextNumbers { no, yes };
  SampleBuilder(const DecoderOptions& options, TextNumbers text_numbers);

  // Whether stream.record.element asks for this label.
  bool names_element(std::string_view label) const;

  // A new sample; labels are empty again.
  void begin(KpiSample& sample, const RawRecord& record);
  Labels& labels() { return labels_; }
  void add_label(std::string_view name, std::string_view text);  // the last of a name counts

  void time(std::optional<std::int64_t> time_us);  // nothing: it is no time
  // Otherwise what stream.record.element makes of the labels.
  void element(std::string_view name);
  // Of the KPI that stream.record.kpi makes of the labels and `field`; or of the one named.
  void add(std::string_view field, const Value& value);
  void add_named(std::string_view kpi, const Value& value);
  // What was read cannot be trusted.
  void spoil() { bad_value_ = true; }

  RejectReason finish();

 private:
  using Template = std::vector<config::TemplatePart>;
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>()(text);
    }
  };

  using Fields = std::unordered_map<std::string, std::size_t, TextHash, std::equal_to<>>;

  bool render(const Template& name, std::string_view field, std::string& out) const;
  std::optional<std::string_view> label(const std::string& name, std::string_view field) const;
  std::optional<std::size_t> part_of(std::string_view kpi);
  void write_number(double& place, const Value& value);
  void write_token(std::size_t field, const Value& value);
  void observe(std::string_view name, const Value& value);
  RejectReason finish_observation();

  Template element_;
  Template kpi_;
  bool kpi_is_field_;  // just {field}: no name need be put together
  bool text_numbers_;
  TokenFields tokens_;
  Fields fields_;
  std::size_t parts_ = 0;  // names among them that only a pattern matches
  GlobSums sums_;
  std::vector<std::string> written_;  // numbers as text, for each field of tokens
  Observation* observed_;

  KpiSample* sample_ = nullptr;
  Labels labels_;
  std::string name_;          // of a KPI
  std::string element_name_;  // the sample's element is a view of it
  RejectReason time_state_ = RejectReason::none;
  bool has_element_ = false;
  bool has_kpi_ = false;
  bool bad_value_ = false;
};

}  // namespace faultprint::ingest
