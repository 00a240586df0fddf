#include "ingest/json_decoder.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "config/time_zone.h"
#include "ingest/element_name.h"
#include "ingest/glob_sums.h"
#include "ingest/json_targets.h"
#include "ingest/json_tokens.h"
#include "ingest/name_guesser.h"
#include "ingest/tokens.h"

namespace faultprint::ingest {

namespace {

constexpr double kBad = std::numeric_limits<double>::infinity();  // no value that is read is

}  // namespace

bool is_utf8(std::string_view text) { return simdjson::validate_utf8(text.data(), text.size()); }

// One walk over the document, in its order, whatever the pointers are. Findings are kept until its
// end, so that of repeated keys the last one counts and malformed text is always told as such.
struct JsonDecoder::Impl {
  Impl(const config::JsonConfig& json, const std::vector<std::string>& fields, int max_bytes,
       const std::vector<config::KpiSpec>& token_kpis, const Zone& zone_offset)
      : element_name(json.element),
        pointers(element_name.pointers(), json.time, json.kpis),
        element_parts(element_name.pointers().size()),
        time_unit(json.time_unit),
        zone(zone_offset),
        max_record_bytes(static_cast<std::size_t>(max_bytes)),
        tokens(fields.size(), token_kpis),
        names(fields),
        sums(fields) {}

  RejectReason decode(const RawRecord& raw, KpiSample& result);
  Error read_document();
  Error read_object(ondemand::object& object, int depth, unsigned active, bool kpis);
  Error read_array(ondemand::array& array, int depth, unsigned active);
  Error read_target(ondemand::value& value, int depth, unsigned targets);
  Error read_scalar(ondemand::value& value, std::string_view token, unsigned targets);
  Error read_time(ondemand::value& value, std::string_view token);
  Error read_kpi(ondemand::value& value, int field, int depth);
  Error read_number(ondemand::value& value, double& result, int depth);
  Error read_tokens(ondemand::value& value, std::size_t field, int depth);
  void forget(unsigned targets);
  void begin_kpis();
  RejectReason verdict() const;
  Error read_element_part(ondemand::value& value, std::string_view token, unsigned targets);
  void take_element(std::string_view name);

  ElementName element_name;
  JsonTargets pointers;
  std::vector<std::string_view> element_parts;  // in the order of its pointers
  config::TimeUnit time_unit;
  Zone zone;
  std::size_t max_record_bytes;
  TokenFields tokens;
  NameGuesser names;
  GlobSums sums;

  ondemand::parser parser;
  ondemand::document document;
  std::string scratch;  // the record, padded; views into it live until the next call
  const char* end = nullptr;

  KpiSample* sample = nullptr;
  RejectReason element_state = RejectReason::none;
  RejectReason time_state = RejectReason::none;
  bool has_kpis = false;
  bool has_known_kpi = false;
};

RejectReason JsonDecoder::Impl::decode(const RawRecord& raw, KpiSample& result) {
  std::string_view record = raw.payload;
  if (record.empty()) return RejectReason::empty;
  if (record.size() > max_record_bytes) return RejectReason::too_large;
  if (record.starts_with("\xEF\xBB\xBF")) record.remove_prefix(3);  // not every simdjson skips it
  if (scratch.size() < record.size() + simdjson::SIMDJSON_PADDING) {
    scratch.resize(2 * record.size() + simdjson::SIMDJSON_PADDING);
  }
  std::memcpy(scratch.data(), record.data(), record.size());
  // simdjson may look at the first padding byte as if it were a token.
  std::memset(scratch.data() + record.size(), 0, simdjson::SIMDJSON_PADDING);
  end = scratch.data() + record.size();
  sample = &result;
  const Error error = parser.iterate(scratch.data(), record.size(), scratch.size()).get(document);
  if (error || read_document()) {
    return is_utf8(record) ? RejectReason::not_json : RejectReason::not_utf8;
  }
  if (!element_name.is_pointer()) take_element(element_name.of(raw, element_parts));
  return verdict();
}

Error JsonDecoder::Impl::read_document() {
  element_state = RejectReason::no_element;  // be there pointers to it or none
  forget(pointers.all());
  std::string_view token;
  if (const Error error = document.raw_json_token().get(token)) return error;
  if (token.starts_with('[')) {
    ondemand::array array;
    if (const Error error = document.get_array().get(array)) return error;
    if (const Error error = read_array(array, 0, pointers.all())) return error;
  } else {
    ondemand::object object;
    if (const Error error = document.get_object().get(object)) return error;
    const unsigned ended = pointers.ending(0, kToKpis);
    if (ended) begin_kpis();
    if (const Error error = read_object(object, 0, pointers.all() & ~ended, ended != 0))
      return error;
  }
  const bool at_end = document.current_location().error() == simdjson::OUT_OF_BOUNDS;
  return at_end ? simdjson::SUCCESS : simdjson::TRAILING_CONTENT;
}

// `active`: the targets that lie further down this object; `kpis`: its other members are KPIs.
Error JsonDecoder::Impl::read_object(ondemand::object& object, int depth, unsigned active,
                                     bool kpis) {
  if (kpis) names.restart();
  for (auto member : object) {
    if (member.error()) return member.error();
    ondemand::field&& field = std::move(member).value_unsafe();  // not copied: that costs 20 ns
    int known = NameGuesser::kUnknown;
    std::string_view key;
    unsigned targets = 0;
    Error error = simdjson::SUCCESS;
    if (kpis && names.guess(field.key().raw(), end, known)) {  // only KPIs are ever guessed
      error = read_kpi(field.value(), known, depth + 1);
    } else if ((error = key_of(field, key))) {
      return error;
    } else if ((targets = pointers.matches(key, depth, active))) {
      error = read_target(field.value(), depth + 1, targets);
    } else {
      error = kpis ? read_kpi(field.value(), names.find(key), depth + 1)
                   : skip(field.value(), depth + 1);
    }
    if (error) return error;
  }
  return simdjson::SUCCESS;
}

Error JsonDecoder::Impl::read_array(ondemand::array& array, int depth, unsigned active) {
  std::size_t index = 0;
  for (auto item : array) {
    if (item.error()) return item.error();
    ondemand::value value = item.value_unsafe();
    const unsigned targets = pointers.matches(std::to_string(index++), depth, active);
    const Error error =
        targets != 0 ? read_target(value, depth + 1, targets) : skip(value, depth + 1);
    if (error) return error;
  }
  return simdjson::SUCCESS;
}

void JsonDecoder::Impl::forget(unsigned targets) {
  for (std::size_t i = 0; i < element_parts.size(); ++i)
    if (targets & kToElement << i) element_parts[i] = {};
  if (targets & pointers.to_element()) element_state = RejectReason::no_element;
  if (targets & kToTime) time_state = RejectReason::no_time;
  if (targets & kToKpis) has_kpis = has_known_kpi = false;
}

void JsonDecoder::Impl::begin_kpis() {
  has_kpis = true;
  tokens.clear(*sample);
  sums.clear();
  sample->unknown_kpis = 0;
}

// A value that pointers lead to or through. What a repeated key said before is void.
Error JsonDecoder::Impl::read_target(ondemand::value& value, int depth, unsigned targets) {
  forget(targets);
  const std::string_view token = token_of(value);
  const unsigned ended = pointers.ending(depth, targets);
  if (!is_container(token)) return read_scalar(value, token, ended);
  if (ended & kToTime) time_state = RejectReason::bad_time;
  const unsigned further = targets & ~ended;
  const bool kpis = (ended & kToKpis) != 0 && token[0] == '{';
  if ((further == 0 && !kpis) || depth >= kMaxDepth) return skip(value, depth);
  if (token[0] == '[') {
    ondemand::array array;
    if (const Error error = value.get_array().get(array)) return error;
    return read_array(array, depth, further);
  }
  if (kpis) begin_kpis();
  ondemand::object object;
  if (const Error error = value.get_object().get(object)) return error;
  return read_object(object, depth, further, kpis);
}

Error JsonDecoder::Impl::read_scalar(ondemand::value& value, std::string_view token,
                                     unsigned targets) {
  if (targets & kToTime) return read_time(value, token);
  if (targets & pointers.to_element()) return read_element_part(value, token, targets);
  return skip(value, 0);
}

// Parts of a name may be whole numbers, as of a cell; a name that is nothing else is text.
Error JsonDecoder::Impl::read_element_part(ondemand::value& value, std::string_view token,
                                           unsigned targets) {
  std::string_view part;
  if (token[0] == '"') {
    if (const Error error = text_of(value, token, part)) return error;
  } else {
    const bool whole = is_number(token) && token.find_first_of(".eE") == std::string_view::npos;
    if (whole && !element_name.is_pointer()) part = token;
    if (const Error error = skip(value, 0)) return error;
  }
  for (std::size_t i = 0; i < element_parts.size(); ++i)
    if (targets & kToElement << i) element_parts[i] = part;
  if (element_name.is_pointer()) take_element(part);
  return simdjson::SUCCESS;
}

void JsonDecoder::Impl::take_element(std::string_view name) {
  sample->element = name;
  if (name.empty()) return;
  element_state =
      name.size() > kMaxElementBytes ? RejectReason::element_too_long : RejectReason::none;
}

Error JsonDecoder::Impl::read_time(ondemand::value& value, std::string_view token) {
  if (token == "null") return simdjson::SUCCESS;  // as if it were not there
  std::optional<std::int64_t> time;
  if (const Error error = time_of(value, token, time_unit, zone, time)) return error;
  time_state = time ? RejectReason::none : RejectReason::bad_time;
  sample->time_us = time.value_or(0);
  return simdjson::SUCCESS;
}

Error JsonDecoder::Impl::read_kpi(ondemand::value& value, int field, int depth) {
  if (field == NameGuesser::kUnknown) {
    ++sample->unknown_kpis;
    return skip(value, depth);
  }
  has_known_kpi = true;
  const auto place = static_cast<std::size_t>(field);
  if (tokens.contains(place)) [[unlikely]]
    return read_tokens(value, place, depth);
  if (!sums.contains(place)) [[likely]]
    return read_number(value, sample->values[place], depth);
  double part = kMissing;
  const Error error = read_number(value, part, depth);
  sums.add(place, part);
  return error;
}

Error JsonDecoder::Impl::read_number(ondemand::value& value, double& result, int depth) {
  if (!value.get_double().get(result)) {
    if (!std::isfinite(result)) result = kBad;
    return simdjson::SUCCESS;
  }
  const std::string_view token = token_of(value);
  result = token == "null" ? kMissing : token == "true" ? 1 : token == "false" ? 0 : kBad;
  if (result != kBad || is_number(token)) return simdjson::SUCCESS;  // such as 1e999
  return spells_no_number(token) ? simdjson::SUCCESS : skip(value, depth);
}

// A wrong type is kBad in the first of the field's values.
Error JsonDecoder::Impl::read_tokens(ondemand::value& value, std::size_t field, int depth) {
  const std::string_view token = token_of(value);
  const bool scalar = token == "true" || token == "false" || is_number(token);
  std::string_view text;
  if (token[0] == '"') {
    if (const Error error = text_of(value, token, text)) return error;
  } else if (scalar && tokens.is_state(field)) {
    text = token;
  }
  tokens.read(field, text, *sample);
  if (token[0] == '"' || token == "null" || !text.empty()) return simdjson::SUCCESS;
  tokens.first_value(field, *sample) = kBad;
  return spells_no_number(token) ? simdjson::SUCCESS : skip(value, depth);
}

RejectReason JsonDecoder::Impl::verdict() const {
  if (element_state != RejectReason::none) return element_state;
  if (time_state != RejectReason::none) return time_state;
  if (!has_kpis || !has_known_kpi) return RejectReason::no_kpis;
  sums.write(sample->values);
  const auto& values = sample->values;
  const bool bad = std::find(values.begin(), values.end(), kBad) != values.end();
  return bad ? RejectReason::bad_value : RejectReason::none;
}

JsonDecoder::JsonDecoder(const config::JsonConfig& json, const std::vector<std::string>& fields,
                         int max_record_bytes, const std::vector<config::KpiSpec>& tokens,
                         const Zone& zone)
    : impl_(std::make_unique<Impl>(json, fields, max_record_bytes, tokens, zone)) {}
JsonDecoder::~JsonDecoder() = default;

RejectReason JsonDecoder::decode(const RawRecord& record, KpiSample& sample) {
  return impl_->decode(record, sample);
}

std::unique_ptr<Decoder> make_json_decoder(const DecoderOptions& options) {
  return std::make_unique<JsonDecoder>(options.stream.json, options.fields,
                                       options.stream.max_record_bytes, options.tokens,
                                       config::find_zone(options.stream.timezone));
}

}  // namespace faultprint::ingest
