// stream.format json_value: one value a record, {"element": .., "time": .., "kpi": .., "value":
// ..}, or an array of such objects; where they stand is configured by JSON pointer, as json's are.
#include "config/time_zone.h"
#include "ingest/element_name.h"
#include "ingest/json_events.h"

namespace faultprint::ingest {

namespace {

class JsonValueDecoder : public JsonEvents {
 public:
  explicit JsonValueDecoder(const DecoderOptions& options)
      : JsonEvents(options.stream.max_record_bytes),
        json_(options.stream.json),
        zone_(config::find_zone(options.stream.timezone)),
        element_name_(json_.element),
        element_parts_(element_name_.pointers().size()),
        numbers_(element_parts_.size()),
        builder_(options, SampleBuilder::TextNumbers::no) {}

 private:
  std::size_t collect(dom::element root) override {
    objects_.clear();
    collect_items(root, objects_);
    return objects_.size();
  }

  RejectReason read(std::size_t event, KpiSample& sample) override {
    const dom::element object = objects_[event];
    builder_.begin(sample, record());
    dom::element found;
    std::string_view text;
    builder_.element(element_of(object));
    if (!object.at_pointer(json_.time).get(found) && !found.is_null())
      builder_.time(time_of(found, json_.time_unit, zone_));
    if (!object.at_pointer(json_.kpi).get_string().get(text) &&
        !object.at_pointer(json_.value).get(found))
      builder_.add_named(text, value_of(found));
    return builder_.finish();
  }

  std::string_view element_of(dom::element object) {
    for (std::size_t i = 0; i < element_parts_.size(); ++i)
      element_parts_[i] = element_part(object, i);
    return element_name_.is_pointer() ? element_parts_.front()
                                      : element_name_.of(record(), element_parts_);
  }

  // As the format json has it: parts of a name may be whole numbers, a name that is nothing else is
  // text.
  std::string_view element_part(dom::element object, std::size_t part) {
    dom::element found;
    std::string_view text;
    if (object.at_pointer(element_name_.pointers()[part]).get(found)) return {};
    if (!found.get_string().get(text)) return text;
    if (element_name_.is_pointer() || !(found.is_int64() || found.is_uint64())) return {};
    return numbers_[part] = simdjson::minify(found);
  }

  config::JsonConfig json_;
  Zone zone_;
  ElementName element_name_;
  std::vector<std::string_view> element_parts_;
  std::vector<std::string> numbers_;  // that some of them are
  SampleBuilder builder_;
  std::vector<dom::element> objects_;
};

}  // namespace

std::unique_ptr<Decoder> make_json_value_decoder(const DecoderOptions& options) {
  return std::make_unique<JsonValueDecoder>(options);
}

}  // namespace faultprint::ingest
