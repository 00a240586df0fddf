// An alarm tracker's bytes in a snapshot.
#include "daemon/alarm_tracker.h"

namespace faultprint::daemon {
namespace {

constexpr std::uint32_t kMostRestored = 1U << 24;  // elements

}  // namespace

void put_labels(ingest::StateWriter& out, const AlarmLabels& labels) {
  out.put(static_cast<std::uint32_t>(labels.size()));
  for (const auto& [name, value] : labels) {
    out.put(std::string_view(name));
    out.put(std::string_view(value));
  }
}

AlarmLabels get_labels(ingest::StateReader& in) {
  AlarmLabels labels;
  for (auto left = in.get<std::uint32_t>(); left > 0; --left) {
    std::string name(in.get_text());
    labels.emplace_back(std::move(name), in.get_text());
  }
  return labels;
}

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
    if (!s.alarm) continue;
    out.put(std::string_view(s.alarm->id));
    out.put(std::string_view(s.alarm->element));
    out.put(s.alarm->raised_us);
    out.put(std::string_view(s.alarm->fault_type));
    out.put(std::string_view(s.alarm->severity));
    out.put(std::string_view(s.alarm->raised_type));
    out.put(std::string_view(s.alarm->raised_severity));
    out.put(s.alarm->changed_us);
    out.put(std::string_view(s.alarm->evidence));
    put_labels(out, s.alarm->labels);
    out.put(static_cast<std::int32_t>(s.alarm->flaps));
    out.put(static_cast<std::uint8_t>(s.alarm->lull));
    out.put(s.alarm->abnormal_us);
    out.put(std::string_view(s.alarm->folded_into));
    out.put(std::string_view(s.alarm->folded_as));
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
    if (kind != 2) continue;
    s.alarm = std::make_unique<ActiveAlarm>();
    s.alarm->id = in.get_text();
    s.alarm->element = in.get_text();
    s.alarm->raised_us = in.get<std::int64_t>();
    s.alarm->fault_type = in.get_text();
    s.alarm->severity = in.get_text();
    s.alarm->raised_type = in.get_text();
    s.alarm->raised_severity = in.get_text();
    s.alarm->changed_us = in.get<std::int64_t>();
    s.alarm->evidence = in.get_text();
    s.alarm->labels = get_labels(in);
    if (in.version() < 5) continue;
    s.alarm->flaps = in.get<std::int32_t>();
    s.alarm->lull = in.get<std::uint8_t>() != 0;
    s.alarm->abnormal_us = in.get<std::int64_t>();
    s.alarm->folded_into = in.get_text();
    s.alarm->folded_as = in.get_text();
  }
  history_ = {};
  if (in.version() >= 5) history_.read(in);
}

}  // namespace faultprint::daemon
