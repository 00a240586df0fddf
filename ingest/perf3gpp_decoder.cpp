// stream.format perf3gpp: VES 7 events of domain perf3gpp (3GPP measurements as O-RAN nodes send
// them). Each entry of measValuesList is a sample of its own: one measured object. Its measResults
// are sparse, `p` is the place of the name in measTypes, from 1. A value is most often text; text
// with commas is a histogram, whose bins are NAME[1], NAME[2], .. An object whose suspectFlag is
// true is not used.
#include <charconv>
#include <utility>

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
  // What stands around measured objects.
  struct Info {
    std::size_t event;
    dom::element collection;
    dom::element info;
  };
  struct Object {
    std::size_t event;
    std::optional<std::size_t> info;  // nothing: the event measures nothing
    dom::element values;
  };
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  std::size_t collect(dom::element root) override;
  void collect_objects(std::size_t event);
  RejectReason read(std::size_t index, KpiSample& sample) override;
  void read_event(const Info& info);
  void read_info(const Info& info);
  void read_result(dom::element result);
  void add_value(std::string_view name, const Value& value);

  config::TimeUnit time_unit_;
  SampleBuilder builder_;
  std::vector<dom::element> events_;
  std::vector<Info> infos_;
  std::vector<Object> objects_;
  // Of the event and info of the object read last, which most often are the next one's too: read
  // for each object, a record of many objects and many names would take the square of its length.
  std::size_t last_event_ = kNone;
  std::vector<std::pair<std::string_view, std::string_view>> event_tags_;
  std::optional<std::optional<std::int64_t>> event_time_;
  std::size_t last_info_ = kNone;
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
  infos_.clear();
  objects_.clear();
  last_event_ = last_info_ = kNone;
  collect_ves_events(root, events_);
  for (std::size_t event = 0; event < events_.size(); ++event) {
    const std::size_t before = objects_.size();
    collect_objects(event);
    if (objects_.size() == before) objects_.push_back({event, {}, {}});
  }
  return objects_.size();
}

void Perf3gppDecoder::collect_objects(std::size_t event) {
  const auto fields = member(events_[event], "perf3gppFields");
  const auto collection = fields ? member(*fields, "measDataCollection") : std::nullopt;
  const auto list = collection ? member(*collection, "measInfoList") : std::nullopt;
  dom::array infos;
  if (!list || list->get_array().get(infos)) return;
  for (const dom::element info : infos) {
    const auto values_list = member(info, "measValuesList");
    dom::array values;
    if (!values_list || values_list->get_array().get(values)) continue;
    infos_.push_back({event, *collection, info});
    for (const dom::element value : values) objects_.push_back({event, infos_.size() - 1, value});
  }
}

RejectReason Perf3gppDecoder::read(std::size_t index, KpiSample& sample) {
  const Object& object = objects_[index];
  if (!object.info) {  // a fault, a heartbeat; or nothing measured
    const dom::element event = events_[object.event];
    const bool other = member(event, "commonEventHeader") && !member(event, "perf3gppFields");
    return other ? RejectReason::other_kpis : RejectReason::no_kpis;
  }
  const Info& info = infos_[*object.info];
  builder_.begin(sample, record());
  if (object.event != last_event_) read_event(info);
  if (*object.info != last_info_) read_info(info);
  last_event_ = object.event;
  last_info_ = *object.info;
  Labels& labels = builder_.labels();
  labels.tags = event_tags_;
  labels.measurement = measurement_;
  if (event_time_) builder_.time(*event_time_);
  read_labels(object.values, builder_);
  if (const auto more = member(object.values, "measObjAddlFlds")) read_labels(*more, builder_);
  const auto results = member(object.values, "measResults");
  dom::array list;
  if (results && !results->get_array().get(list))
    for (const dom::element result : list) read_result(result);
  const RejectReason reason = builder_.finish();
  const bool used = reason == RejectReason::none || reason == RejectReason::bad_value;
  return used && says_true(member(object.values, "suspectFlag")) ? RejectReason::suspect : reason;
}

void Perf3gppDecoder::read_event(const Info& info) {
  read_ves_header(events_[info.event], builder_);
  read_labels(info.collection, builder_);
  event_tags_ = builder_.labels().tags;
  event_time_ =
      ves_time(events_[info.event], member(info.collection, "granularityPeriod"), time_unit_);
}

void Perf3gppDecoder::read_info(const Info& info) {
  const auto id = alternative(member(info.info, "measInfoId"), "easInfoId");
  measurement_ = id ? text_or_digits(*id) : "";
  types_.clear();
  const auto list = alternative(member(info.info, "measTypes"), "easTypesList");
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
  if (name.size() > SampleBuilder::kMostNameBytes) return;  // nor is any of its bins'
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
