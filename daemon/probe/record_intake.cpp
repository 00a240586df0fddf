#include "daemon/probe/record_intake.h"

namespace faultprint::daemon::probe {

void RecordIntake::take(ingest::SampledRecord record) {
  std::size_t beside = sizeof record + record.key.size();
  for (const auto& [name, value] : record.headers) beside += name.size() + value.size();
  const std::size_t room = most_bytes_ - bytes_;
  if (beside + record.payload.size() > room) {
    ++left_out_;
    return;
  }
  if (ingest::is_gzip(record.payload)) {
    ++packed_;
    std::string_view text;
    const auto reason = gunzip_.unpack(record.payload, room - beside, text);
    if (reason == ingest::RejectReason::too_large) {
      ++left_out_;
      return;
    }
    if (reason == ingest::RejectReason::none) record.payload = std::string(text);
  }
  bytes_ += beside + record.payload.size();
  records_.push_back(std::move(record));
}

std::string RecordIntake::text() const {
  std::string text;
  if (packed_ > 0) text = std::to_string(packed_) + " of them are gzipped";
  if (left_out_ == 0) return text;
  return text + (text.empty() ? "" : "; ") + std::to_string(left_out_) +
         " left out: too large, at most " + std::to_string(most_bytes_ >> 20) + " MB are looked at";
}

}  // namespace faultprint::daemon::probe
