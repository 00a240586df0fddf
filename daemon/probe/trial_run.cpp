#include "daemon/probe/trial_run.h"

#include "daemon/report_text.h"
#include "ingest/history.h"

namespace faultprint::daemon::probe {

std::string TrialRun::text() const {
  return std::to_string(samples) + " samples are read by it, rejected: " + describe(rejects);
}

TrialRun try_records(const config::Config& config, const Records& records) {
  const auto decoder = ingest::make_decoder({config.group().stream, config.input_spec()});
  TrialRun run;
  ingest::KpiSample sample;
  ingest::RejectReason reason = ingest::RejectReason::none;
  for (const auto& record : records) {
    const ingest::Headers headers(record.headers.begin(), record.headers.end());
    decoder->begin({record.payload, record.key, record.time_us, &headers});
    while (decoder->next(sample, reason)) {
      if (reason == ingest::RejectReason::none)
        ++run.samples;
      else
        ++run.rejects[static_cast<std::size_t>(reason)];
    }
  }
  return run;
}

TrialRun try_file(const config::Config& config, const std::string& file) {
  ingest::History history({file}, {config.group().stream, config.input_spec()});
  TrialRun run;
  ingest::KpiSample sample;
  while (history.next(sample)) ++run.samples;
  run.rejects = history.rejects();
  return run;
}

}  // namespace faultprint::daemon::probe
