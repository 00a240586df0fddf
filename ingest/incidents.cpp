#include "ingest/incidents.h"

#include <fnmatch.h>
#include <locale.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <stdexcept>

#include "config/scalar.h"
#include "ingest/csv_row.h"
#include "ingest/line_source.h"
#include "ingest/timestamp.h"

namespace faultprint::ingest {

namespace {

enum Column : std::size_t { kElement, kStart, kEnd, kFaultType, kUncertainty, kColumns };
constexpr std::array<std::string_view, kColumns> kColumnNames = {"element", "start", "end",
                                                                 "fault_type", "uncertainty"};
constexpr std::size_t kAbsent = static_cast<std::size_t>(-1);

// Where each column stands in the file.
using Places = std::array<std::size_t, kColumns>;

Places read_header(const std::string& file, const CsvRow& row) {
  Places places{};
  const auto& cells = row.cells();
  for (std::size_t c = 0; c < kColumns; ++c) {
    const auto place = std::find(cells.begin(), cells.end(), kColumnNames[c]);
    if (place == cells.end()) {
      if (c != kUncertainty)
        throw CsvRow::error(file, row.line_number(), kColumnNames[c], "the column is missing");
      places[c] = kAbsent;
      continue;
    }
    if (std::find(place + 1, cells.end(), kColumnNames[c]) != cells.end()) {
      throw CsvRow::error(file, row.line_number(), kColumnNames[c], "the column stands twice");
    }
    places[c] = static_cast<std::size_t>(place - cells.begin());
  }
  return places;
}

// Seconds, or a duration with its unit; nothing when it is neither, negative or too long.
std::optional<std::int64_t> parse_uncertainty(std::string_view text) {
  if (text.empty()) return 0;
  const auto most = config::Microseconds(kMostUncertain);
  if (const auto seconds = config::parse_decimal(text)) {
    const double us = std::round(*seconds * 1e6);
    if (us < 0 || us > static_cast<double>(most.count())) return std::nullopt;
    return static_cast<std::int64_t>(us);
  }
  const auto duration = config::parse_duration(text);
  if (!duration || *duration < config::Microseconds(0) || *duration > most) return std::nullopt;
  return duration->count();
}

// What is wrong with a cell of the column fault_type; "" where nothing is.
std::string fault_type_error(std::string_view cell, UnknownRows unknown) {
  for (const char* word : {kNormal, kIgnore, kFalseAlarm}) {
    if (cell == word) return "";
    if (means_reserved(cell, word))
      return "\"" + std::string(cell) + "\" is no fault's name: write " + word +
             " where that is what it is, or another name";
  }
  if (cell != kUnknownType) return fault_name_error(cell);
  if (unknown == UnknownRows::allowed) return "";
  return "\"unknown\" is no fault's name: replace it by the name of the fault, or have `enroll "
         "--fault-type NAME` take such rows as NAME";
}

Incident read_row(const std::string& file, const CsvRow& row, const Places& places,
                  UnknownRows unknown) {
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
  incident.place = file + ":" + std::to_string(row.line_number());
  incident.element = cell(kElement);
  incident.fault_type = cell(kFaultType);
  if (incident.element.empty()) throw fail(kElement, "is empty");
  if (const std::string wrong = fault_type_error(incident.fault_type, unknown); !wrong.empty())
    throw fail(kFaultType, wrong);
  incident.start_us = time(kStart);
  incident.end_us = time(kEnd);
  if (incident.end_us <= incident.start_us) throw fail(kEnd, "is not after start");
  if (places[kUncertainty] == kAbsent) return incident;
  const auto uncertainty = parse_uncertainty(cell(kUncertainty));
  if (!uncertainty)
    throw fail(kUncertainty,
               "\"" + config::shown(cell(kUncertainty)) +
                   "\" is neither seconds nor a duration such as 90s or 5m, from 0 to 366d");
  incident.uncertainty_us = *uncertainty;
  return incident;
}

// A fault before ignore before normal.
enum Rank { kFaultRank, kIgnoreRank, kNormalRank };

Rank rank(const Incident& incident) {
  if (incident.fault_type == kNormal) return kNormalRank;
  return incident.fault_type == kIgnore ? kIgnoreRank : kFaultRank;
}

}  // namespace

Incidents Incidents::read(const std::vector<std::string>& files, config::Microseconds slot,
                          UnknownRows unknown) {
  std::vector<Incident> rows;
  for (const std::string& file : files) {
    LineSource lines(file);
    CsvRow row;
    if (!row.read(lines)) throw CsvRow::error(file, 1, kColumnNames[0], "the column is missing");
    const auto places = read_header(file, row);
    while (row.read(lines)) rows.push_back(read_row(file, row, places, unknown));
  }
  return Incidents(std::move(rows), slot);
}

Incidents::Incidents(std::vector<Incident> rows, config::Microseconds slot)
    : rows_(std::move(rows)), slot_us_(slot.count()) {
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    rows_[i].id = static_cast<int>(i);
    if (rows_[i].fault_type == kFalseAlarm) {
      rows_[i].fault_type = kNormal;
      rows_[i].false_alarm = true;
    }
    has_normal_rows_ =
        has_normal_rows_ || (rows_[i].fault_type == kNormal && !rows_[i].false_alarm);
  }
}

const Incident* Incidents::at(std::string_view element, std::int64_t time_us) const {
  const Span* span = find(element, time_us);
  return span == nullptr ? nullptr : span->row;
}

const std::string& Incidents::label(std::string_view element, std::int64_t time_us) const {
  static const std::string normal = kNormal;
  static const std::string ignore = kIgnore;
  if (const Span* span = find(element, time_us))
    return span->row == nullptr ? ignore : span->row->fault_type;
  return has_normal_rows_ ? ignore : normal;
}

const Incidents::Span* Incidents::find(std::string_view element, std::int64_t time_us) const {
  const Span* best = nullptr;
  for (const Span& span : spans_of(element)) {
    if (span.start_us > time_us) break;
    if (time_us >= span.end_us) continue;
    if (best == nullptr || span.rank < best->rank) best = &span;
  }
  return best;
}

std::vector<const Incident*> Incidents::faults() const {
  std::vector<const Incident*> result;
  for (const Incident& row : rows_) {
    if (rank(row) == kFaultRank) result.push_back(&row);
  }
  return result;
}

const std::vector<Incidents::Span>& Incidents::spans_of(std::string_view element) const {
  const auto known = by_element_.find(element);
  if (known != by_element_.end()) return known->second;
  auto& spans = by_element_[std::string(element)];
  for (const Incident& row : rows_) {
    if (element_matches(row.element, element)) add_spans(row, spans);
  }
  std::stable_sort(spans.begin(), spans.end(),
                   [](const Span& a, const Span& b) { return a.start_us < b.start_us; });
  return spans;
}

void Incidents::add_spans(const Incident& row, std::vector<Span>& spans) const {
  const Rank its_rank = rank(row);
  const std::int64_t unsure = row.uncertainty_us;
  if (its_rank == kIgnoreRank) {
    spans.push_back({row.earliest_us(), row.latest_us(), &row, its_rank});
    return;
  }
  const std::int64_t length = row.end_us - row.start_us;
  std::int64_t lost = unsure;  // at each end
  if (its_rank == kFaultRank)
    lost = std::min({unsure, length / 3, std::max<std::int64_t>(0, (length - slot_us_) / 2)});
  if (2 * lost < length) spans.push_back({row.start_us + lost, row.end_us - lost, &row, its_rank});
  if (its_rank != kFaultRank || unsure == 0) return;
  spans.push_back({row.earliest_us(), row.start_us + lost, nullptr, kIgnoreRank});
  spans.push_back({row.end_us - lost, row.latest_us(), nullptr, kIgnoreRank});
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

bool element_matches(const std::string& name_or_glob, std::string_view element) {
  return name_or_glob == element || glob_matches(name_or_glob, element);
}

}  // namespace faultprint::ingest
