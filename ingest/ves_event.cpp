#include "ingest/ves_event.h"

#include <charconv>

namespace faultprint::ingest {

namespace {

constexpr const char* kHeader = "commonEventHeader";

std::optional<double> seconds_of(dom::element value) {
  double seconds = 0;
  std::string_view text;
  if (value.get_double().get(seconds)) {
    if (value.get_string().get(text)) return std::nullopt;
    const char* const end = text.data() + text.size();
    const auto [last, error] = std::from_chars(text.data(), end, seconds);
    if (error != std::errc() || last != end) return std::nullopt;
  }
  if (!(seconds >= 1 && seconds <= 86400)) return std::nullopt;
  return seconds;
}

}  // namespace

void collect_ves_events(dom::element root, std::vector<dom::element>& events) {
  std::vector<dom::element> items;
  collect_items(member(root, "eventList").value_or(root), items);
  for (const dom::element item : items) events.push_back(member(item, "event").value_or(item));
}

void read_ves_header(dom::element event, SampleBuilder& builder) {
  const auto header = member(event, kHeader);
  if (!header) return;
  builder.labels().measurement = text_member(*header, "eventName");
  read_labels(*header, builder);
}

bool says_true(std::optional<dom::element> flag) {
  bool value = false;
  std::string_view text;
  if (!flag) return false;
  if (!flag->get_bool().get(value)) return value;
  return !flag->get_string().get(text) && (text == "true" || text == "True" || text == "TRUE");
}

std::optional<std::optional<std::int64_t>> ves_time(dom::element event,
                                                    std::optional<dom::element> granularity_s,
                                                    config::TimeUnit unit) {
  const auto header = member(event, kHeader);
  const auto last = header ? member(*header, "lastEpochMicrosec") : std::nullopt;
  const auto start = header ? member(*header, "startEpochMicrosec") : std::nullopt;
  const auto granularity = granularity_s ? seconds_of(*granularity_s) : std::nullopt;
  if (last && granularity) {
    auto time = time_of(*last, unit);
    if (time) *time -= static_cast<std::int64_t>(*granularity * 1e6);
    return time && *time >= 0 ? time : std::optional<std::int64_t>();
  }
  if (start) return time_of(*start, unit);
  return std::nullopt;
}

}  // namespace faultprint::ingest
