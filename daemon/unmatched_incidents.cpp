#include "daemon/unmatched_incidents.h"

#include <algorithm>
#include <stdexcept>

#include "config/scalar.h"
#include "daemon/rejected_records.h"
#include "ingest/timestamp.h"

namespace faultprint::daemon {
namespace {

constexpr std::size_t kMostNamed = 3;

bool overlap(const HistoryTimes::Span& span, const ingest::Incident& row) {
  return span.start_us < row.latest_us() && row.earliest_us() < span.end_us;
}

std::string place_of(const ingest::Incident& row) {
  return row.place.empty() ? "" : row.place + ": ";
}

// Where the history lost most of its records, that comes first: it may well be the cause.
std::string none_fits(const std::string& named, const ingest::RejectCounts& rejects) {
  const std::string what = "no incident fits the history: ";
  const std::string rejected = prevailing_reject(rejects);
  if (!rejected.empty()) return what + rejected + "; " + named;
  return what + named + " (names count upper and lower case; times without a zone are UTC)";
}

struct Unmatched {
  std::size_t rows = 0;
  std::size_t unmatched = 0;
  std::string named;  // the first few, and how many more
};

Unmatched look(const ingest::Incidents& incidents, const HistoryTimes& times) {
  Unmatched result;
  for (const ingest::Incident& row : incidents.rows()) {
    if (row.fault_type == ingest::kIgnore) continue;
    ++result.rows;
    const std::string why = times.why_unmatched(row);
    if (why.empty() || ++result.unmatched > kMostNamed) continue;
    result.named += (result.named.empty() ? "" : "; ") + place_of(row) + why;
  }
  if (result.unmatched > kMostNamed)
    result.named += "; and " + std::to_string(result.unmatched - kMostNamed) + " more";
  return result;
}

}  // namespace

void HistoryTimes::add(std::string_view element, Span span) {
  auto known = by_element_.find(element);
  if (known == by_element_.end()) known = by_element_.try_emplace(std::string(element)).first;
  std::vector<Span>& spans = known->second;
  if (!spans.empty() && spans.back().end_us == span.start_us)
    spans.back().end_us = span.end_us;
  else
    spans.push_back(span);
}

std::string HistoryTimes::why_unmatched(const ingest::Incident& row) const {
  std::optional<Span> whole;  // of the row's elements
  const auto meets = [&](const std::vector<Span>& spans) {
    for (const Span& span : spans) {
      if (overlap(span, row)) return true;
      if (!whole) whole = span;
      whole->start_us = std::min(whole->start_us, span.start_us);
      whole->end_us = std::max(whole->end_us, span.end_us);
    }
    return false;
  };
  // Most rows name one element: the others need no look.
  if (const auto named = by_element_.find(row.element);
      named != by_element_.end() && meets(named->second))
    return "";
  for (const auto& [element, spans] : by_element_)
    if (ingest::glob_matches(row.element, element) && meets(spans)) return "";
  const std::string shown = "\"" + config::shown(row.element) + "\"";
  if (!whole) return "no element of the data is " + shown;
  return "its times lie outside the data of " + shown + " (" +
         ingest::format_rfc3339(whole->start_us) + " to " + ingest::format_rfc3339(whole->end_us) +
         ")";
}

std::optional<std::string> unmatched_warning(const ingest::Incidents& incidents,
                                             const HistoryTimes& times,
                                             const ingest::RejectCounts& rejects) {
  const Unmatched found = look(incidents, times);
  if (found.unmatched == 0) return std::nullopt;
  if (found.unmatched == found.rows) return "W_UNMATCHED: " + none_fits(found.named, rejects);
  return "W_UNMATCHED: " + std::to_string(found.unmatched) + " of " + std::to_string(found.rows) +
         " incidents do not fit the history and count for nothing: " + found.named;
}

std::optional<std::string> require_some_matched(const ingest::Incidents& incidents,
                                                const HistoryTimes& times,
                                                const ingest::RejectCounts& rejects) {
  const Unmatched found = look(incidents, times);
  if (found.unmatched > 0 && found.unmatched == found.rows)
    throw std::runtime_error(none_fits(found.named, rejects));
  return unmatched_warning(incidents, times, rejects);
}

}  // namespace faultprint::daemon
