// An alarm tracker's bytes in a snapshot.
#include "daemon/alarm_tracker.h"

namespace faultprint::daemon {
namespace {

constexpr std::uint32_t kMostRestored = 1U << 24;  // elements

}  // namespace

void AlarmTracker::write(ingest::StateWriter& out) const {
  out.put(static_cast<std::uint32_t>(states_.size()));
  for (const State& s : states_) {
    const bool empty = s.recent.empty() && !s.alarm && !s.withheld;
    out.put(static_cast<std::uint8_t>(empty ? 0 : s.alarm ? 2 : s.withheld ? 3 : 1));
    if (empty) continue;
    out.put(s.normal_run);
    out.put(s.renamed_run);
    out.put(static_cast<std::uint32_t>(s.recent.size()));
    for (const Recent& recent : s.recent) {
      out.put(static_cast<std::uint8_t>((recent.abnormal ? 1 : 0) | (recent.unknown ? 2 : 0)));
      out.put(static_cast<std::uint32_t>(recent.evidence.size()));
      out.put_all(std::span<const float>(recent.evidence));
    }
    if (s.alarm) put_alarm(out, *s.alarm);
  }
  history_.write(out);
}

void AlarmTracker::read(ingest::StateReader& in) {
  const auto count = in.get<std::uint32_t>();
  if (count > kMostRestored) throw ingest::StateError("too many elements");
  states_.clear();
  for (std::uint32_t i = 0; i < count; ++i) {
    State& s = states_.emplace_back();
    const auto kind = in.get<std::uint8_t>();
    if (kind == 0) continue;
    s.withheld = kind == 3;
    s.normal_run = in.get<std::int32_t>();
    s.renamed_run = in.get<std::int32_t>();
    for (auto left = in.get<std::uint32_t>(); left > 0; --left) {
      Recent& recent = s.recent.emplace_back();
      const auto flags = in.get<std::uint8_t>();
      recent.abnormal = (flags & 1) != 0;
      recent.unknown = (flags & 2) != 0;
      const auto size = in.get<std::uint32_t>();
      if (size > kMostRestored) throw ingest::StateError("too many clusters");
      recent.evidence.resize(size);
      in.get_all(std::span<float>(recent.evidence));
    }
    if (kind == 2) {
      s.alarm = std::make_unique<ActiveAlarm>(get_alarm(in));
      s.alarm->probable_cause = options_.probable_cause_of(s.alarm->fault_type);
    }
  }
  history_ = {};
  if (in.version() >= 5) history_.read(in);
}

}  // namespace faultprint::daemon
