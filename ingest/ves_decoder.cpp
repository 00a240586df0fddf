// stream.format ves: VES 7 events of domain measurement. A value's name is its path, with dots:
// requestRate, additionalFields.<key>, cpuUsageArray.<cpuIdentifier>.percentUsage,
// additionalMeasurements.<name>.<key>. Entries of a list go by their name or identifier, by their
// place (from 1) where they have neither; hashMap is left out. Texts of additionalFields are
// labels, too. Entries whose valuesAreSuspect is true are not used.
#include "ingest/ves_event.h"

namespace faultprint::ingest {

namespace {

constexpr int kMaxVesDepth = 8;  // the schema has 4

bool identifies(std::string_view member_name) {
  return member_name == "name" || member_name.ends_with("Identifier") ||
         member_name.ends_with("Name");
}

class VesDecoder : public JsonEvents {
 public:
  explicit VesDecoder(const DecoderOptions& options)
      : JsonEvents(options.stream.max_record_bytes),
        time_unit_(options.stream.record.time_unit),
        builder_(options, SampleBuilder::TextNumbers::yes) {}

 private:
  std::size_t collect(dom::element root) override {
    events_.clear();
    collect_ves_events(root, events_);
    return events_.size();
  }
  RejectReason read(std::size_t index, KpiSample& sample) override;
  void add_object(dom::element object, std::string_view identifier, int depth);
  void add(std::string_view name, dom::element value, int depth);
  void add_list(dom::array list, int depth);

  config::TimeUnit time_unit_;
  SampleBuilder builder_;
  std::vector<dom::element> events_;
  std::string path_;
  bool suspect_ = false;  // some entry of the event
};

RejectReason VesDecoder::read(std::size_t index, KpiSample& sample) {
  const dom::element event = events_[index];
  const auto fields = member(event, "measurementFields");
  if (!fields)  // a fault, a heartbeat
    return member(event, "commonEventHeader") ? RejectReason::other_kpis : RejectReason::no_kpis;
  builder_.begin(sample, record());
  read_ves_header(event, builder_);
  if (const auto time = ves_time(event, member(*fields, "measurementInterval"), time_unit_))
    builder_.time(*time);
  if (const auto more = member(*fields, "additionalFields")) read_labels(*more, builder_);
  path_.clear();
  suspect_ = false;
  add_object(*fields, {}, 0);
  const RejectReason reason = builder_.finish();
  const bool unused = reason == RejectReason::other_kpis || reason == RejectReason::no_kpis;
  return unused && suspect_ ? RejectReason::suspect : reason;
}

// All members but the one that the object is called by.
void VesDecoder::add_object(dom::element object, std::string_view identifier, int depth) {
  dom::object members;
  if (object.get_object().get(members)) return;
  for (const auto [name, value] : members)
    if (identifier.empty() || name != identifier) add(name, value, depth);
}

void VesDecoder::add(std::string_view name, dom::element value, int depth) {
  if (depth == 0 && (name == "measurementFieldsVersion" || name == "measurementInterval")) return;
  const std::size_t before = path_.size();
  if (name != "hashMap") {
    if (!path_.empty()) path_ += '.';
    path_ += name;
  }
  dom::array list;
  if (depth >= kMaxVesDepth || !(value.is_object() || value.is_array()))
    builder_.add(path_, value_of(value));
  else if (!value.get_array().get(list))
    add_list(list, depth + 1);
  else
    add_object(value, {}, depth + 1);
  path_.resize(before);
}

void VesDecoder::add_list(dom::array list, int depth) {
  const std::size_t before = path_.size();
  std::size_t place = 0;
  for (const dom::element item : list) {
    ++place;
    if (!item.is_object()) {
      add(std::to_string(place), item, depth);
      continue;
    }
    if (says_true(member(item, "valuesAreSuspect"))) {
      suspect_ = true;
      continue;
    }
    std::string_view identifier;
    std::string_view text;
    dom::object members;
    if (!item.get_object().get(members)) {
      for (const auto [name, value] : members)
        if (identifier.empty() && identifies(name) && !value.get_string().get(text))
          identifier = name;
    }
    path_ += '.';
    path_ += identifier.empty() ? std::to_string(place) : std::string(text);
    add_object(item, identifier, depth);
    path_.resize(before);
  }
}

}  // namespace

std::unique_ptr<Decoder> make_ves_decoder(const DecoderOptions& options) {
  return std::make_unique<VesDecoder>(options);
}

}  // namespace faultprint::ingest
