// Labelled incidents: CSV `element,start,end,fault_type`, half-open intervals; the element may be a
// glob. What no row covers is normal, unless rows of fault type `normal` say which stretches are
// known good; `ignore` rows are neither. A row `false_alarm` is an operator's word that nothing was
// wrong: normal, and no statement on the rest.
//
// Tickets are sloppy: with a column `uncertainty` (seconds, or a duration such as 5m; empty = 0)
// the times of a row may be off by that much either way. Within it of a fault's start and end,
// outside and inside, the state is not known. A fault keeps at least the middle third of its
// interval all the same, and at least one slot, so that a short incident with a large uncertainty
// stays usable: wherever the truth lies, the middle is the likeliest to be inside. A `normal` row
// keeps only what is certain, be it nothing: a fault taught as normal is worse than a lost stretch
// of normal.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "config/input_spec.h"
#include "ingest/fault_type.h"

namespace faultprint::ingest {

constexpr std::chrono::hours kMostUncertain(24 * 366);

struct Incident {
  std::string element;  // a name or a glob (*, ?, [a-z])
  std::int64_t start_us = 0;
  std::int64_t end_us = 0;  // exclusive
  std::string fault_type;
  int id = 0;                       // 0, 1, ... in the order of the files' rows
  std::int64_t uncertainty_us = 0;  // by which start and end may be off, either way
  bool false_alarm = false;         // the file says kFalseAlarm, and fault_type kNormal
  std::string place = {};           // "file:line"; empty: no file holds it

  // The widest it may have been.
  std::int64_t earliest_us() const { return start_us - uncertainty_us; }
  std::int64_t latest_us() const { return end_us + uncertainty_us; }
};

// Rows of type kUnknownType, as `replay --unknowns` writes them: incidents that wait for a name.
enum class UnknownRows { refused, allowed };

class Incidents {
 public:
  // Throws std::runtime_error "file:line: column: what is wrong": a missing column, a time that is
  // none, an end not after its start, an empty element, what no fault may be called
  // (ingest/fault_type.h), an uncertainty that is none or longer than kMostUncertain. Further
  // columns are ignored.
  static Incidents read(const std::vector<std::string>& files, config::Microseconds slot = {},
                        UnknownRows unknown = UnknownRows::refused);
  // Numbers the rows anew (Incident::id). slot: the period, of which an uncertain fault keeps one.
  explicit Incidents(std::vector<Incident> rows = {}, config::Microseconds slot = {});
  // Rows point at each other's storage: movable, not copyable.
  Incidents(Incidents&&) noexcept = default;
  Incidents& operator=(Incidents&&) noexcept = default;

  // The row that says what `element` is at `time_us`: a fault before ignore (or a fault's uncertain
  // edge) before normal, the earliest start among equals; null where none says it.
  const Incident* at(std::string_view element, std::int64_t time_us) const;
  // The label at a time: a fault type, kNormal, or kIgnore (a fault's uncertain edge; uncovered
  // while `normal` rows exist).
  const std::string& label(std::string_view element, std::int64_t time_us) const;

  // Faults alone (neither normal nor ignore).
  std::vector<const Incident*> faults() const;
  const std::vector<Incident>& rows() const { return rows_; }
  bool has_normal_rows() const { return has_normal_rows_; }

 private:
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>()(text);
    }
  };
  // A stretch about which a row says one thing.
  struct Span {
    std::int64_t start_us;
    std::int64_t end_us;
    const Incident* row;  // null: an uncertain edge
    int rank;             // the lowest goes first
  };
  using SpansByElement =
      std::unordered_map<std::string, std::vector<Span>, TextHash, std::equal_to<>>;

  const Span* find(std::string_view element, std::int64_t time_us) const;
  const std::vector<Span>& spans_of(std::string_view element) const;
  void add_spans(const Incident& row, std::vector<Span>& spans) const;

  std::vector<Incident> rows_;
  std::int64_t slot_us_;
  bool has_normal_rows_ = false;
  // What concerns an element, by start; filled as elements are asked for (not thread-safe).
  mutable SpansByElement by_element_;
};

// fnmatch(3) on UTF-8 text, without the special meaning of '/' and a leading dot.
bool glob_matches(const std::string& glob, std::string_view text);

// Whether what stands for elements in a file or option means this one. A name means itself, also
// where it would match something else as a glob: cell[0].
bool element_matches(const std::string& name_or_glob, std::string_view element);

}  // namespace faultprint::ingest
