#include "ingest/csv_samples.h"

#include <charconv>
#include <cmath>
#include <utility>

#include "ingest/timestamp.h"

namespace faultprint::ingest {

namespace {

bool is_missing(std::string_view cell) {
  return cell.empty() || cell == "NaN" || cell == "nan" || cell == "NA" || cell == "null";
}

double read_number(std::string_view cell, bool& ok) {
  double value = kMissing;
  const char* const end = cell.data() + cell.size();
  const auto result = std::from_chars(cell.data(), end, value);
  ok = result.ec == std::errc() && result.ptr == end && std::isfinite(value);
  return value;
}

}  // namespace

CsvSamples::CsvSamples(LineSource& lines, const std::vector<std::string>& fields,
                       const std::vector<config::KpiSpec>& tokens, const Zone& zone)
    : lines_(lines), zone_(zone), tokens_(fields.size(), tokens), sums_(fields) {
  row_.read(lines);
  names_.assign(row_.cells().begin(), row_.cells().end());
  targets_.assign(names_.size(), kIgnored);
  std::vector<std::size_t> places(fields.size(), kIgnored);
  for (std::size_t c = 0; c < names_.size(); ++c) {
    const auto field = std::find(fields.begin(), fields.end(), names_[c]);
    if (names_[c] == kTimeColumn) {
      use_column(kTimeColumn, time_, c);
    } else if (names_[c] == kElementColumn) {
      use_column(kElementColumn, element_, c);
    } else if (field != fields.end()) {
      targets_[c] = static_cast<std::size_t>(field - fields.begin());
      use_column(names_[c], places[targets_[c]], c);
    } else if (const int sum = sums_.match(names_[c]); sum != GlobSums::kNone) {
      targets_[c] = static_cast<std::size_t>(sum);
    }
  }
  for (const auto& [name, place] : {std::pair{kTimeColumn, time_}, {kElementColumn, element_}}) {
    if (place != kIgnored) continue;
    throw CsvRow::error(lines.file(), row_.line_number(), name, "the column is missing");
  }
}

void CsvSamples::use_column(std::string_view name, std::size_t& place, std::size_t column) {
  if (place != kIgnored) {
    throw CsvRow::error(lines_.file(), row_.line_number(), name, "the column stands twice");
  }
  place = column;
}

std::runtime_error CsvSamples::error(std::size_t column, const std::string& what) const {
  return CsvRow::error(lines_.file(), row_.line_number(), names_[column], what);
}

bool CsvSamples::next(KpiSample& sample) {
  if (!row_.read(lines_)) return false;
  const auto& cells = row_.cells();
  if (cells.size() != names_.size()) {
    throw std::runtime_error(lines_.file() + ":" + std::to_string(row_.line_number()) + ": " +
                             std::to_string(cells.size()) + " cells where the header has " +
                             std::to_string(names_.size()));
  }
  const auto time = parse_time(cells[time_], zone_);
  if (!time) {
    throw error(time_, "\"" + std::string(cells[time_]) +
                           "\" is neither RFC 3339 nor a number between 1970 and 2200");
  }
  sample.time_us = *time;
  sample.element = cells[element_];
  sample.record = row_.plain_text();
  sample.part = 0;
  if (sample.element.empty()) throw error(element_, "is empty");
  if (sample.element.size() > kMaxElementBytes) throw error(element_, "is longer than 256 bytes");
  tokens_.clear(sample);
  sample.unknown_kpis = 0;
  sums_.clear();
  for (std::size_t c = 0; c < cells.size(); ++c)
    if (targets_[c] != kIgnored) read_cell(c, sample);
  sums_.write(sample.values);
  return true;
}

void CsvSamples::read_cell(std::size_t column, KpiSample& sample) {
  const std::string_view cell = row_.cells()[column];
  const std::size_t field = targets_[column];
  if (tokens_.contains(field)) return tokens_.read(field, cell, sample);
  double value = kMissing;
  bool ok = is_missing(cell);
  // Not every element has all that a pattern matches: an empty cell is no report, as in a record
  // that lacks the name.
  if (cell.empty() && sums_.contains(field)) return;
  if (!ok) value = read_number(cell, ok);
  if (sums_.contains(field))
    sums_.add(field, value);
  else
    sample.values[field] = value;
  if (!ok) throw error(column, "\"" + std::string(cell) + "\" is no finite number");
}

}  // namespace faultprint::ingest
