// stream.format telegraf: what Telegraf's outputs write with data_format = "json", one metric
//   {"name": .., "tags": {..}, "fields": {..}, "timestamp": ..}
// or, with use_batch_format, many of them as {"metrics": [..]}.
#include "ingest/json_events.h"

namespace faultprint::ingest {

namespace {

class TelegrafDecoder : public JsonEvents {
 public:
  explicit TelegrafDecoder(const DecoderOptions& options)
      : JsonEvents(options.stream.max_record_bytes),
        time_unit_(options.stream.record.time_unit),
        builder_(options, SampleBuilder::TextNumbers::no) {}

 private:
  std::size_t collect(dom::element root) override {
    metrics_.clear();
    collect_items(member(root, "metrics").value_or(root), metrics_);
    return metrics_.size();
  }

  RejectReason read(std::size_t event, KpiSample& sample) override {
    builder_.begin(sample, record());
    read_tagged(metrics_[event], "fields", time_unit_, builder_);
    return builder_.finish();
  }

  config::TimeUnit time_unit_;
  SampleBuilder builder_;
  std::vector<dom::element> metrics_;
};

}  // namespace

std::unique_ptr<Decoder> make_telegraf_decoder(const DecoderOptions& options) {
  return std::make_unique<TelegrafDecoder>(options);
}

}  // namespace faultprint::ingest
