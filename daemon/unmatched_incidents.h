// Rows of the incident files that mean nothing of a history: told, where they would be lost
// silently (a misspelt element, a clock in another zone, another network's file).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ingest/incidents.h"
#include "ingest/reject_reason.h"

namespace faultprint::daemon {

// Which times of which elements a history has.
class HistoryTimes {
 public:
  struct Span {
    std::int64_t start_us;
    std::int64_t end_us;  // exclusive
  };

  // A slot or more of the element. One that follows the element's last makes its span longer.
  void add(std::string_view element, Span span);

  // "" where the row meets a time of an element of it; else which of the two is not there.
  std::string why_unmatched(const ingest::Incident& row) const;
  // Of what is certain of the row's interval, how much lies in the data of one of its elements, the
  // one that has most: 0 to 1.
  double share_of(const ingest::Incident& row) const;

 private:
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>()(text);
    }
  };
  // Until `look` says true, which is returned then.
  template <typename Look>
  bool any_element(const ingest::Incident& row, const Look& look) const;

  std::unordered_map<std::string, std::vector<Span>, TextHash, std::equal_to<>> by_element_;
};

// A warning that names the rows (but those of `ignore`) that meet nothing, and where they stand;
// nothing where each meets something. Where none does it names the cause that lies in the history's
// `rejects`, if there is one.
std::optional<std::string> unmatched_warning(const ingest::Incidents& incidents,
                                             const HistoryTimes& times,
                                             const ingest::RejectCounts& rejects = {});
// The same for what has nothing to learn where none does: std::runtime_error then.
std::optional<std::string> require_some_matched(const ingest::Incidents& incidents,
                                                const HistoryTimes& times,
                                                const ingest::RejectCounts& rejects = {});

// A warning that names the incidents (faults alone) of which the history holds less than nine
// tenths, or no window that could be judged; those that meet nothing are unmatched_warning's.
// judged: their Incident::id where there is such a window.
std::optional<std::string> partly_matched_warning(const ingest::Incidents& incidents,
                                                  const HistoryTimes& times,
                                                  const std::set<int>& judged);

}  // namespace faultprint::daemon
