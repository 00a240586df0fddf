// stream.format gnmic: what gNMIc's outputs write with format: event, an array of events
//   {"name": "<subscription>", "timestamp": <ns>, "tags": {..}, "values": {"<path>": ..}}
// or a single one. A device's 64-bit numbers are text there, as JSON_IETF has them. An event that
// only deletes paths holds no KPI.
#include "ingest/json_events.h"

namespace faultprint::ingest {

namespace {

class GnmicDecoder : public JsonEvents {
 public:
  explicit GnmicDecoder(const DecoderOptions& options)
      : JsonEvents(options.stream.max_record_bytes),
        time_unit_(options.stream.record.time_unit),
        builder_(options, SampleBuilder::TextNumbers::yes) {}

 private:
  std::size_t collect(dom::element root) override {
    events_.clear();
    collect_items(root, events_);
    return events_.size();
  }

  RejectReason read(std::size_t event, KpiSample& sample) override {
    builder_.begin(sample, record());
    read_tagged(events_[event], "values", time_unit_, builder_);
    return builder_.finish();
  }

  config::TimeUnit time_unit_;
  SampleBuilder builder_;
  std::vector<dom::element> events_;
};

}  // namespace

std::unique_ptr<Decoder> make_gnmic_decoder(const DecoderOptions& options) {
  return std::make_unique<GnmicDecoder>(options);
}

}  // namespace faultprint::ingest
