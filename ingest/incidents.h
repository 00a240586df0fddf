// Labelled incidents: CSV `element,start,end,fault_type`, half-open intervals; the element may be a
// glob. What no row covers is normal, unless rows of fault type `normal` say which stretches are
// known good; `ignore` rows are neither.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace faultprint::ingest {

constexpr const char* kNormal = "normal";
constexpr const char* kIgnore = "ignore";

struct Incident {
  std::string element;  // a name or a glob (*, ?, [a-z])
  std::int64_t start_us = 0;
  std::int64_t end_us = 0;  // exclusive
  std::string fault_type;
  int id = 0;  // 0, 1, ... in the order of the files' rows
};

class Incidents {
 public:
  // Throws std::runtime_error "file:line: column: what is wrong": a missing column, a time that is
  // none, an end not after its start, an empty element or fault type. Further columns are ignored.
  static Incidents read(const std::vector<std::string>& files);
  // Numbers the rows anew (Incident::id).
  explicit Incidents(std::vector<Incident> rows = {});
  // Rows point at each other's storage: movable, not copyable.
  Incidents(Incidents&&) noexcept = default;
  Incidents& operator=(Incidents&&) noexcept = default;

  // The row that says what `element` is at `time_us`: a fault before ignore before normal, the
  // earliest start among equals; null where no row covers it.
  const Incident* at(std::string_view element, std::int64_t time_us) const;
  // The label at a time: a fault type, kNormal, or kIgnore (uncovered while `normal` rows exist).
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
  using RowsByElement =
      std::unordered_map<std::string, std::vector<const Incident*>, TextHash, std::equal_to<>>;

  const std::vector<const Incident*>& rows_of(std::string_view element) const;

  std::vector<Incident> rows_;
  bool has_normal_rows_ = false;
  // Rows that concern an element, by start; filled as elements are asked for (not thread-safe).
  mutable RowsByElement by_element_;
};

// fnmatch(3) on UTF-8 text, without the special meaning of '/' and a leading dot.
bool glob_matches(const std::string& glob, std::string_view text);

}  // namespace faultprint::ingest
