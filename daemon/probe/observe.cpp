#include "daemon/probe/observe.h"

#include <limits>

#include "ingest/decoder.h"

namespace faultprint::daemon::probe {

Observed observe(config::StreamConfig stream, const Records& records) {
  stream.max_record_bytes = std::numeric_limits<int>::max();
  ingest::Observation seen;
  ingest::DecoderOptions options(stream, config::InputSpec{});
  options.observed = &seen;
  const auto decoder = ingest::make_decoder(options);
  Observed observed;
  ingest::KpiSample sample;
  ingest::RejectReason reason = ingest::RejectReason::none;
  for (std::size_t i = 0; i < records.size(); ++i) {
    decoder->begin({records[i].payload, records[i].key, records[i].time_us});
    while (decoder->next(sample, reason)) {
      if (reason == ingest::RejectReason::none)
        observed.things.push_back({seen, i});
      else
        ++observed.rejects[ingest::name(reason)];
    }
  }
  return observed;
}

}  // namespace faultprint::daemon::probe
