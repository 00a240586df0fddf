#include "ingest/incidents.h"

#include <fnmatch.h>
#include <locale.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "ingest/csv_row.h"
#include "ingest/line_source.h"
#include "ingest/timestamp.h"

namespace faultprint::ingest {

namespace {

enum Column : std::size_t { kElement, kStart, kEnd, kFaultType, kColumns };
constexpr std::array<std::string_view, kColumns> kColumnNames = {"element", "start", "end",
                                                                 "fault_type"};

// Where each column stands in the file.
std::array<std::size_t, kColumns> read_header(const std::string& file, const CsvRow& row) {
  std::array<std::size_t, kColumns> places{};
  const auto& cells = row.cells();
  for (std::size_t c = 0; c < kColumns; ++c) {
    const auto place = std::find(cells.begin(), cells.end(), kColumnNames[c]);
    if (place == cells.end()) {
      throw CsvRow::error(file, row.line_number(), kColumnNames[c], "the column is missing");
    }
    if (std::find(place + 1, cells.end(), kColumnNames[c]) != cells.end()) {
      throw CsvRow::error(file, row.line_number(), kColumnNames[c], "the column stands twice");
    }
    places[c] = static_cast<std::size_t>(place - cells.begin());
  }
  return places;
}

Incident read_row(const std::string& file, const CsvRow& row,
                  const std::array<std::size_t, kColumns>& places) {
  const auto fail = [&](Column column, const std::string& what) {
    return CsvRow::error(file, row.line_number(), kColumnNames[column], what);
  };
  const auto cell = [&](Column column) {
    if (places[column] >= row.cells().size()) throw fail(column, "the row ends before it");
    return row.cells()[places[column]];
  };
  const auto time = [&](Column column) {
    if (const auto value = parse_time(cell(column))) return *value;
    throw fail(column, "\"" + std::string(cell(column)) +
                           "\" is neither RFC 3339 nor a number between 1970 and 2200");
  };
  Incident incident;
  incident.element = cell(kElement);
  incident.fault_type = cell(kFaultType);
  if (incident.element.empty()) throw fail(kElement, "is empty");
  if (incident.fault_type.empty()) throw fail(kFaultType, "is empty");
  incident.start_us = time(kStart);
  incident.end_us = time(kEnd);
  if (incident.end_us <= incident.start_us) throw fail(kEnd, "is not after start");
  return incident;
}

// A fault before ignore before normal.
int rank(const Incident& incident) {
  if (incident.fault_type == kNormal) return 2;
  return incident.fault_type == kIgnore ? 1 : 0;
}

}  // namespace

Incidents Incidents::read(const std::vector<std::string>& files) {
  std::vector<Incident> rows;
  for (const std::string& file : files) {
    LineSource lines(file);
    CsvRow row;
    if (!row.read(lines)) throw CsvRow::error(file, 1, kColumnNames[0], "the column is missing");
    const auto places = read_header(file, row);
    while (row.read(lines)) rows.push_back(read_row(file, row, places));
  }
  return Incidents(std::move(rows));
}

Incidents::Incidents(std::vector<Incident> rows) : rows_(std::move(rows)) {
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    rows_[i].id = static_cast<int>(i);
    has_normal_rows_ = has_normal_rows_ || rows_[i].fault_type == kNormal;
  }
}

const Incident* Incidents::at(std::string_view element, std::int64_t time_us) const {
  const Incident* best = nullptr;
  for (const Incident* row : rows_of(element)) {
    if (row->start_us > time_us) break;
    if (time_us >= row->end_us) continue;
    if (best == nullptr || rank(*row) < rank(*best)) best = row;
  }
  return best;
}

const std::string& Incidents::label(std::string_view element, std::int64_t time_us) const {
  static const std::string normal = kNormal;
  static const std::string ignore = kIgnore;
  if (const Incident* row = at(element, time_us)) return row->fault_type;
  return has_normal_rows_ ? ignore : normal;
}

std::vector<const Incident*> Incidents::faults() const {
  std::vector<const Incident*> result;
  for (const Incident& row : rows_) {
    if (rank(row) == 0) result.push_back(&row);
  }
  return result;
}

const std::vector<const Incident*>& Incidents::rows_of(std::string_view element) const {
  const auto known = by_element_.find(element);
  if (known != by_element_.end()) return known->second;
  auto& rows = by_element_[std::string(element)];
  for (const Incident& row : rows_) {
    if (row.element == element || glob_matches(row.element, element)) rows.push_back(&row);
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Incident* a, const Incident* b) { return a->start_us < b->start_us; });
  return rows;
}

bool glob_matches(const std::string& glob, std::string_view text) {
  if (glob.find_first_of("*?[\\") == std::string::npos) return glob == text;
  // The process may run in any locale, where "?" would be one byte.
  static const locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  std::string terminated(text);
  std::replace(terminated.begin(), terminated.end(), '\0', '\1');  // fnmatch would stop there
  const locale_t before = uselocale(utf8);
  const bool matches = fnmatch(glob.c_str(), terminated.c_str(), 0) == 0;
  uselocale(before);
  return matches;
}

}  // namespace faultprint::ingest
