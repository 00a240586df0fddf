#include "ingest/json_events.h"

#include "ingest/json_decoder.h"
#include "ingest/timestamp.h"

namespace faultprint::ingest {

void JsonEvents::begin(const RawRecord& record) {
  record_ = record;
  events_ = next_ = 0;
  done_ = false;
  dom::element root;
  failed_ = parse(record.payload, root);
  if (failed_ == RejectReason::none) events_ = collect(root);
  if (failed_ == RejectReason::none && events_ == 0) failed_ = RejectReason::no_kpis;
}

bool JsonEvents::next(KpiSample& sample, RejectReason& reason) {
  if (failed_ != RejectReason::none && !done_) {
    done_ = true;
    reason = failed_;
    return true;
  }
  if (next_ >= events_) return false;
  reason = read(next_++, sample);
  return true;
}

RejectReason JsonEvents::parse(std::string_view text, dom::element& root) {
  if (text.empty()) return RejectReason::empty;
  if (text.size() > max_record_bytes_) return RejectReason::too_large;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (!parser_.parse(text.data(), text.size()).get(root)) return RejectReason::none;
  return is_utf8(text) ? RejectReason::not_json : RejectReason::not_utf8;
}

void collect_items(dom::element value, std::vector<dom::element>& items) {
  dom::array array;
  if (value.get_array().get(array)) {
    items.push_back(value);
  } else {
    for (const dom::element item : array) items.push_back(item);
  }
}

std::optional<dom::element> member(dom::element value, std::string_view name) {
  dom::object object;
  dom::element found;
  if (value.get_object().get(object) || object.at_key(name).get(found)) return std::nullopt;
  return found;
}

std::string_view text_member(dom::element value, std::string_view name) {
  const auto found = member(value, name);
  std::string_view text;
  if (!found || found->get_string().get(text)) return {};
  return text;
}

Value value_of(dom::element value) {
  switch (value.type()) {
    case dom::element_type::NULL_VALUE:
      return {};
    case dom::element_type::BOOL:
      return Value::of_bool(value.get_bool().value_unsafe());
    case dom::element_type::STRING:
      return Value::of_text(value.get_string().value_unsafe());
    case dom::element_type::ARRAY:
    case dom::element_type::OBJECT:
      return Value::other();
    default:
      return Value::of(value.get_double().value_unsafe());
  }
}

std::optional<std::int64_t> time_of(dom::element value, config::TimeUnit unit, const Zone& zone) {
  std::int64_t integer = 0;
  double number = 0;
  std::string_view text;
  if (!value.get_int64().get(integer)) return time_from_integer(integer, unit);
  if (!value.get_double().get(number)) return time_from_number(number, unit);
  return value.get_string().get(text) ? std::nullopt : parse_time(text, unit, zone);
}

void read_labels(dom::element object, SampleBuilder& builder) {
  dom::object members;
  if (object.get_object().get(members)) return;
  for (const auto [name, value] : members) {
    std::string_view text;
    if (!value.get_string().get(text)) builder.add_label(name, text);
  }
}

void add_members(dom::element object, SampleBuilder& builder) {
  dom::object members;
  if (object.get_object().get(members)) return;
  for (const auto [name, value] : members) builder.add(name, value_of(value));
}

void read_tagged(dom::element event, std::string_view values, config::TimeUnit unit,
                 SampleBuilder& builder) {
  builder.labels().measurement = text_member(event, "name");
  if (const auto tags = member(event, "tags")) read_labels(*tags, builder);
  if (const auto time = member(event, "timestamp")) builder.time(time_of(*time, unit));
  if (const auto found = member(event, values)) add_members(*found, builder);
}

}  // namespace faultprint::ingest
