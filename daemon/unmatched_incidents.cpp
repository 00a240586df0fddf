#include "daemon/unmatched_incidents.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "config/scalar.h"
#include "daemon/rejected_records.h"
#include "ingest/timestamp.h"

namespace faultprint::daemon {
namespace {

constexpr std::size_t kMostNamed = 3;
constexpr double kWhole = 0.9;  // of an incident: a ticket is closed later than the fault ends

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

// Rows of which there is something to tell.
struct Told {
  std::size_t rows = 0;  // all that were looked at
  std::size_t told = 0;
  std::string named;  // the first few, and how many more

  void add(const ingest::Incident& row, const std::string& why) {
    ++rows;
    if (why.empty() || ++told > kMostNamed) return;
    named += (named.empty() ? "" : "; ") + place_of(row) + why;
  }
  std::string text() const {
    return told > kMostNamed ? named + "; and " + std::to_string(told - kMostNamed) + " more"
                             : named;
  }
  std::string count() const { return std::to_string(told) + " of " + std::to_string(rows); }
};

Told unmatched(const ingest::Incidents& incidents, const HistoryTimes& times) {
  Told result;
  for (const ingest::Incident& row : incidents.rows())
    if (row.fault_type != ingest::kIgnore) result.add(row, times.why_unmatched(row));
  return result;
}

std::string between(const HistoryTimes::Span& span) {
  return ingest::format_rfc3339(span.start_us) + " to " + ingest::format_rfc3339(span.end_us);
}

std::string quoted_element(const ingest::Incident& row) {
  return "\"" + config::shown(row.element) + "\"";
}

std::string why_in_part(const ingest::Incident& row, const HistoryTimes& times, bool judged) {
  const double share = times.share_of(row);
  std::string why;
  if (share < kWhole)
    why = (share < 0.01 ? "less than 1" : "only " + std::to_string(static_cast<int>(100 * share))) +
          " % of it lies in the data of " + quoted_element(row);
  if (judged) return why;
  return (why.empty() ? "" : why + ", and ") + "no window of " +
         (why.empty() ? quoted_element(row) : "it") + " could be judged in it";
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

template <typename Look>
bool HistoryTimes::any_element(const ingest::Incident& row, const Look& look) const {
  // Most rows name one element: the others need no look.
  if (const auto named = by_element_.find(row.element);
      named != by_element_.end() && look(named->second))
    return true;
  for (const auto& [element, spans] : by_element_)
    if (ingest::glob_matches(row.element, element) && look(spans)) return true;
  return false;
}

std::string HistoryTimes::why_unmatched(const ingest::Incident& row) const {
  std::optional<Span> whole;  // of the row's elements
  Span gap{std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()};
  const auto meets = [&](const std::vector<Span>& spans) {
    for (const Span& span : spans) {
      if (overlap(span, row)) return true;
      if (!whole) whole = span;
      whole->start_us = std::min(whole->start_us, span.start_us);
      whole->end_us = std::max(whole->end_us, span.end_us);
      if (span.end_us <= row.earliest_us()) gap.start_us = std::max(gap.start_us, span.end_us);
      if (span.start_us >= row.latest_us()) gap.end_us = std::min(gap.end_us, span.start_us);
    }
    return false;
  };
  if (any_element(row, meets)) return "";
  const std::string shown = quoted_element(row);
  if (!whole) return "no element of the data is " + shown;
  const bool inside = gap.start_us >= whole->start_us && gap.end_us <= whole->end_us;
  return std::string("its times lie ") + (inside ? "in a gap of" : "outside") + " the data of " +
         shown + " (" + between(inside ? gap : *whole) + ")";
}

double HistoryTimes::share_of(const ingest::Incident& row) const {
  Span certain{row.start_us + row.uncertainty_us, row.end_us - row.uncertainty_us};
  if (certain.start_us >= certain.end_us) certain = {row.start_us, row.end_us};
  const auto length = static_cast<double>(certain.end_us - certain.start_us);
  double most = 0;
  any_element(row, [&](const std::vector<Span>& spans) {
    double share = 0;
    for (const Span& span : spans) {
      const std::int64_t both =
          std::min(span.end_us, certain.end_us) - std::max(span.start_us, certain.start_us);
      share += std::max(0.0, static_cast<double>(both) / length);
    }
    most = std::max(most, share);
    return most >= 1;
  });
  return most;
}

std::optional<std::string> unmatched_warning(const ingest::Incidents& incidents,
                                             const HistoryTimes& times,
                                             const ingest::RejectCounts& rejects) {
  const Told found = unmatched(incidents, times);
  if (found.told == 0) return std::nullopt;
  if (found.told == found.rows) return "W_UNMATCHED: " + none_fits(found.text(), rejects);
  return "W_UNMATCHED: " + found.count() +
         " incidents do not fit the history and count for nothing: " + found.text();
}

std::optional<std::string> require_some_matched(const ingest::Incidents& incidents,
                                                const HistoryTimes& times,
                                                const ingest::RejectCounts& rejects) {
  const Told found = unmatched(incidents, times);
  if (found.told > 0 && found.told == found.rows)
    throw std::runtime_error(none_fits(found.text(), rejects));
  return unmatched_warning(incidents, times, rejects);
}

std::optional<std::string> partly_matched_warning(const ingest::Incidents& incidents,
                                                  const HistoryTimes& times,
                                                  const std::set<int>& judged) {
  Told found;
  for (const ingest::Incident* row : incidents.faults())
    found.add(*row, times.why_unmatched(*row).empty()
                        ? why_in_part(*row, times, judged.contains(row->id))
                        : "");
  if (found.told == 0) return std::nullopt;
  return "W_PARTLY_MATCHED: " + found.count() +
         " incidents fit the history in part alone: " + found.text() +
         " (what no data covers counts for nothing; no window is judged while an element learns "
         "its baseline, or where more than half of a window is missing)";
}

}  // namespace faultprint::daemon
