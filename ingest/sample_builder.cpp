#include "ingest/sample_builder.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "ingest/json_decoder.h"

namespace faultprint::ingest {

namespace {

std::optional<double> finite_number(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [last, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || error != std::errc() || last != end || !std::isfinite(value))
    return std::nullopt;
  return value;
}

bool is_no_measurement(std::string_view text) {
  return text.empty() || text == "NaN" || text == "nan" || text == "NA" || text == "null";
}

// Of bytes from beside the record; what makes any name too long is cut, at a character's end.
std::string_view usable(std::string_view text) {
  if (text.size() > SampleBuilder::kMostNameBytes) {
    std::size_t end = SampleBuilder::kMostNameBytes;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    text = text.substr(0, end);
  }
  return is_utf8(text) ? text : std::string_view();
}

bool has_label(const std::vector<config::TemplatePart>& parts, std::string_view label) {
  return std::any_of(parts.begin(), parts.end(), [&](const config::TemplatePart& part) {
    return part.is_field && part.text == label;
  });
}

std::vector<config::TemplatePart> parts_of(const std::string& text) {
  return config::split_template(text).value_or(std::vector<config::TemplatePart>());
}

}  // namespace

RejectReason check_text(std::string_view record, std::size_t max_bytes) {
  if (record.empty()) return RejectReason::empty;
  if (record.size() > max_bytes) return RejectReason::too_large;
  return is_utf8(record) ? RejectReason::none : RejectReason::not_utf8;
}

SampleBuilder::SampleBuilder(const DecoderOptions& options, TextNumbers text_numbers)
    : element_(parts_of(options.stream.record.element)),
      kpi_(parts_of(options.stream.record.kpi)),
      kpi_is_field_(kpi_.size() == 1 && kpi_[0].is_field && kpi_[0].text == "field"),
      text_numbers_(text_numbers == TextNumbers::yes),
      tokens_(options.fields.size(), options.tokens),
      sums_(options.fields),
      written_(options.fields.size()),
      observed_(options.observed) {
  for (std::size_t i = 0; i < options.fields.size(); ++i) fields_.emplace(options.fields[i], i);
}

bool SampleBuilder::names_element(std::string_view label) const {
  return has_label(element_, label);
}

void SampleBuilder::begin(KpiSample& sample, const RawRecord& record) {
  sample_ = &sample;
  tokens_.clear(sample);
  sums_.clear();
  sample.unknown_kpis = 0;
  labels_.key = usable(record.key);
  labels_.record = &record;
  labels_.measurement = {};
  labels_.tags.clear();
  time_state_ = RejectReason::no_time;
  has_element_ = has_kpi_ = bad_value_ = false;
  if (observed_ != nullptr) *observed_ = {};
}

void SampleBuilder::time(std::optional<std::int64_t> time_us) {
  time_state_ = time_us ? RejectReason::none : RejectReason::bad_time;
  sample_->time_us = time_us.value_or(0);
}

void SampleBuilder::element(std::string_view name) {
  has_element_ = true;
  element_name_ = name;
}

std::optional<std::string_view> SampleBuilder::label(const std::string& name,
                                                     std::string_view field) const {
  std::string_view value;
  if (name == "field") {
    value = field;
  } else if (name == "measurement") {
    value = labels_.measurement;
  } else if (name == "key") {
    value = labels_.key;
  } else if (name.starts_with(config::kHeaderLabel)) {
    value =
        usable(labels_.record->header(std::string_view(name).substr(config::kHeaderLabel.size())));
  } else {
    for (const auto& [tag, text] : labels_.tags)
      if (tag == name) value = text;
  }
  if (value.empty()) return std::nullopt;
  return value;
}

void SampleBuilder::add_label(std::string_view name, std::string_view text) {
  auto& tags = labels_.tags;
  if (observed_ == nullptr) {
    if (!has_label(element_, name) && !has_label(kpi_, name)) return;
    for (auto& [tag, last] : tags) {
      if (tag != name) continue;
      last = text;
      return;
    }
  }
  tags.emplace_back(name, text);
}

// False where a label is missing: then there is no such name. One that is too long is cut, and too
// long still.
bool SampleBuilder::render(const Template& name, std::string_view field, std::string& out) const {
  out.clear();
  for (const config::TemplatePart& part : name) {
    if (!part.is_field) {
      out += part.text;
    } else if (const auto value = label(part.text, field)) {
      out += value->substr(0, kMostNameBytes + 1);
    } else {
      return false;
    }
  }
  return true;
}

void SampleBuilder::add(std::string_view field, const Value& value) {
  if (kpi_is_field_) return add_named(field, value);
  if (!render(kpi_, field, name_)) {
    ++sample_->unknown_kpis;
    return;
  }
  add_named(name_, value);
}

void SampleBuilder::add_named(std::string_view kpi, const Value& value) {
  if (kpi.size() > kMostNameBytes) {
    ++sample_->unknown_kpis;
    return;
  }
  if (observed_ != nullptr) return observe(kpi, value);
  const auto found = fields_.find(kpi);
  std::optional<std::size_t> field;
  if (found != fields_.end())
    field = found->second;
  else if (sums_.any())
    field = part_of(kpi);
  if (!field) {
    ++sample_->unknown_kpis;
    return;
  }
  has_kpi_ = true;
  if (sums_.contains(*field)) {
    double part = kMissing;
    write_number(part, value);
    sums_.add(*field, part);
  } else if (tokens_.contains(*field))
    write_token(*field, value);
  else
    write_number(sample_->values[*field], value);
}

// A name that a pattern matches is found at once from then on; of a flood of names only some.
std::optional<std::size_t> SampleBuilder::part_of(std::string_view kpi) {
  constexpr std::size_t kMostParts = 10000;
  constexpr std::size_t kMostBytes = 256;
  const int match = sums_.match(kpi);
  if (match == GlobSums::kNone) return std::nullopt;
  const auto field = static_cast<std::size_t>(match);
  if (parts_ < kMostParts && kpi.size() <= kMostBytes) {
    ++parts_;
    fields_.emplace(kpi, field);
  }
  return field;
}

void SampleBuilder::write_number(double& place, const Value& value) {
  place = kMissing;
  if (value.kind == Value::Kind::missing) return;
  const bool text = value.kind == Value::Kind::text && text_numbers_;
  if (text && is_no_measurement(value.text)) return;
  std::optional<double> number;
  if (value.kind == Value::Kind::number || value.kind == Value::Kind::boolean)
    number = value.number;
  else if (text)
    number = finite_number(value.text);
  if (number && std::isfinite(*number))
    place = *number;
  else
    bad_value_ = true;
}

// A state may be a number or a boolean; a text is text.
void SampleBuilder::write_token(std::size_t field, const Value& value) {
  std::string_view text = value.text;
  const bool scalar = value.kind == Value::Kind::number || value.kind == Value::Kind::boolean;
  if (scalar && tokens_.is_state(field)) {
    if (value.kind == Value::Kind::boolean) {
      text = value.number != 0 ? "true" : "false";
    } else if (text.empty()) {
      std::array<char, 32> digits;
      const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value.number);
      text = written_[field].assign(digits.data(), end.ptr);
    }
  } else if (value.kind != Value::Kind::text && value.kind != Value::Kind::missing) {
    bad_value_ = true;
    return;
  }
  tokens_.read(field, text, *sample_);
}

void SampleBuilder::observe(std::string_view name, const Value& value) {
  using Kind = ObservedValue::Kind;
  ObservedValue seen{std::string(name), Kind::number, value.number, std::string(value.text)};
  if (value.kind == Value::Kind::boolean) {
    seen.kind = Kind::boolean;
  } else if (value.kind == Value::Kind::text) {
    if (text_numbers_ && is_no_measurement(value.text)) return;
    const auto number = text_numbers_ ? finite_number(value.text) : std::nullopt;
    seen.kind = number ? Kind::number : Kind::text;
    seen.number = number.value_or(0);
  } else if (value.kind != Value::Kind::number || !std::isfinite(value.number)) {
    return;
  }
  observed_->values.push_back(std::move(seen));
}

RejectReason SampleBuilder::finish_observation() {
  if (time_state_ == RejectReason::none) observed_->time_us = sample_->time_us;
  observed_->measurement = labels_.measurement;
  for (const auto& [name, text] : labels_.tags) observed_->labels.emplace_back(name, text);
  return observed_->values.empty() ? RejectReason::no_kpis : RejectReason::none;
}

// Values of other KPIs come first: no label need be there for what nobody asked for.
RejectReason SampleBuilder::finish() {
  if (observed_ != nullptr) return finish_observation();
  sums_.write(sample_->values);
  if (!has_kpi_)
    return sample_->unknown_kpis > 0 ? RejectReason::other_kpis : RejectReason::no_kpis;
  if (!has_element_ && !render(element_, {}, element_name_)) element_name_.clear();
  if (element_name_.empty()) return RejectReason::no_element;
  if (element_name_.size() > kMaxElementBytes) return RejectReason::element_too_long;
  sample_->element = element_name_;
  if (time_state_ != RejectReason::none) return time_state_;
  return bad_value_ ? RejectReason::bad_value : RejectReason::none;
}

}  // namespace faultprint::ingest
