// stream.format perf3gpp: VES 7 events of domain perf3gpp (3GPP measurements as O-RAN nodes send
// them). Each entry of measValuesList is a sample of its own: one measured object. Its measResults
// are sparse, `p` is the place of the name in measTypes, from 1. A value is most often text; text
// with commas is a histogram, whose bins are NAME[1], NAME[2], .. An object whose suspectFlag is
// true is not used.
#include <charconv>

#include "ingest/ves_event.h"

namespace faultprint::ingest {

namespace {

// A list as it is, or that of an object's first member whose name ends so: sMeasTypesList and
// iMeasTypesList hold names and numbers of the same.
std::optional<dom::element> alternative(std::optional<dom::element> value,
                                        std::string_view ending) {
  dom::object members;
  if (!value || value->get_object().get(members)) return value;
  for (const auto [name, member_value] : members)
    if (name.ends_with(ending)) return member_value;
  return std::nullopt;
}

class Perf3gppDecoder : public JsonEvents {
 public:
  explicit Perf3gppDecoder(const DecoderOptions& options)
      : JsonEvents(options.stream.max_record_bytes),
        time_unit_(options.stream.record.time_unit),
        builder_(options, SampleBuilder::TextNumbers::yes) {}

 private:
  // One measured object, and what stands around it.
  struct Object {
    dom::element event;
    std::optional<dom::element> collection;
    std::optional<dom::element> info;
    std::optional<dom::element> values;
  };

  std::size_t collect(dom::element root) override;
  void collect_objects(dom::element event);
  RejectReason read(std::size_t index, KpiSample& sample) override;
  void read_labels(const Object& object);
  void read_types(const Object& object);
  void read_result(dom::element result);
  void add_value(std::string_view name, const Value& value);

  config::TimeUnit time_unit_;
  SampleBuilder builder_;
  std::vector<dom::element> events_;
  std::vector<Object> objects_;
  std::vector<std::string> types_;
  std::string measurement_;
  std::string bin_;
};

std::string text_or_digits(dom::element value) {
  std::string_view text;
  std::int64_t number = 0;
  if (!value.get_string().get(text)) return std::string(text);
  return value.get_int64().get(number) ? std::string() : std::to_string(number);
}

std::size_t Perf3gppDecoder::collect(dom::element root) {
  events_.clear();
  objects_.clear();
  collect_ves_events(root, events_);
  for (const dom::element event : events_) {
    const std::size_t before = objects_.size();
    collect_objects(event);
    if (objects_.size() == before) objects_.push_back({event, {}, {}, {}});
  }
  return objects_.size();
}

void Perf3gppDecoder::collect_objects(dom::element event) {
  const auto fields = member(event, "perf3gppFields");
  const auto collection = fields ? member(*fields, "measDataCollection") : std::nullopt;
  const auto list = collection ? member(*collection, "measInfoList") : std::nullopt;
  dom::array infos;
  if (!list || list->get_array().get(infos)) return;
  for (const dom::element info : infos) {
    const auto values_list = member(info, "measValuesList");
    dom::array values;
    if (!values_list || values_list->get_array().get(values)) continue;
    for (const dom::element value : values) objects_.push_back({event, collection, info, value});
  }
}

RejectReason Perf3gppDecoder::read(std::size_t index, KpiSample& sample) {
  const Object& object = objects_[index];
  if (!object.values) {  // a fault, a heartbeat; or nothing measured
    const bool other =
        member(object.event, "commonEventHeader") && !member(object.event, "perf3gppFields");
    return other ? RejectReason::other_kpis : RejectReason::no_kpis;
  }
  builder_.begin(sample, record());
  read_labels(object);
  read_ves_time(object.event, member(*object.collection, "granularityPeriod"), time_unit_,
                builder_);
  read_types(object);
  const auto results = member(*object.values, "measResults");
  dom::array list;
  if (results && !results->get_array().get(list))
    for (const dom::element result : list) read_result(result);
  const RejectReason reason = builder_.finish();
  const bool used = reason == RejectReason::none || reason == RejectReason::bad_value;
  return used && says_true(member(*object.values, "suspectFlag")) ? RejectReason::suspect : reason;
}

void Perf3gppDecoder::read_labels(const Object& object) {
  Labels& labels = builder_.labels();
  read_ves_header(object.event, labels);
  read_tags(*object.collection, labels);
  const auto id = alternative(member(*object.info, "measInfoId"), "easInfoId");
  measurement_ = id ? text_or_digits(*id) : "";
  labels.measurement = measurement_;
  read_tags(*object.values, labels);
  if (const auto more = member(*object.values, "measObjAddlFlds")) read_tags(*more, labels);
}

void Perf3gppDecoder::read_types(const Object& object) {
  types_.clear();
  const auto list = alternative(member(*object.info, "measTypes"), "easTypesList");
  dom::array types;
  if (!list || list->get_array().get(types)) return;
  for (const dom::element type : types) types_.push_back(text_or_digits(type));
}

void Perf3gppDecoder::read_result(dom::element result) {
  const auto p = member(result, "p");
  const std::string place_text = p ? text_or_digits(*p) : "";
  const char* const end = place_text.data() + place_text.size();
  std::size_t place = 0;
  if (std::from_chars(place_text.data(), end, place).ptr != end) place = 0;
  // A place out of range: the producer counts in another way, so that no name can be trusted.
  if (place < 1 || place > types_.size()) return builder_.spoil();
  const std::string& name = types_[place - 1];
  if (says_true(member(result, "isNull"))) return add_value(name, {});
  for (const char* kind : {"sValue", "iValue", "rValue"})
    if (const auto value = member(result, kind)) return add_value(name, value_of(*value));
  builder_.spoil();
}

void Perf3gppDecoder::add_value(std::string_view name, const Value& value) {
  builder_.add(name, value);
  if (value.kind != Value::Kind::text || value.text.find(',') == std::string_view::npos) return;
  std::string_view rest = value.text;
  for (std::size_t bin = 1;; ++bin) {
    const std::size_t comma = rest.find(',');
    bin_.assign(name).append("[").append(std::to_string(bin)).append("]");
    builder_.add(bin_, Value::of_text(rest.substr(0, comma)));
    if (comma == std::string_view::npos) return;
    rest.remove_prefix(comma + 1);
  }
}

}  // namespace

std::unique_ptr<Decoder> make_perf3gpp_decoder(const DecoderOptions& options) {
  return std::make_unique<Perf3gppDecoder>(options);
}

}  // namespace faultprint::ingest
