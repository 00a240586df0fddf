// stream.format json_value: one value a record, {"element": .., "time": .., "kpi": .., "value":
// ..}, or an array of such objects; where they stand is configured by JSON pointer.
#include "ingest/json_events.h"

namespace faultprint::ingest {

namespace {

class JsonValueDecoder : public JsonEvents {
 public:
  explicit JsonValueDecoder(const DecoderOptions& options)
      : JsonEvents(options.stream.max_record_bytes),
        json_(options.stream.json),
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
    if (json_.element.starts_with('{'))  // the key, or a header in its place
      builder_.element(builder_.labels().key);
    else if (!object.at_pointer(json_.element).get_string().get(text))
      builder_.element(text);
    if (!object.at_pointer(json_.time).get(found) && !found.is_null())
      builder_.time(time_of(found, json_.time_unit));
    if (!object.at_pointer(json_.kpi).get_string().get(text) &&
        !object.at_pointer(json_.value).get(found))
      builder_.add_named(text, value_of(found));
    return builder_.finish();
  }

  config::JsonConfig json_;
  SampleBuilder builder_;
  std::vector<dom::element> objects_;
};

}  // namespace

std::unique_ptr<Decoder> make_json_value_decoder(const DecoderOptions& options) {
  return std::make_unique<JsonValueDecoder>(options);
}

}  // namespace faultprint::ingest
