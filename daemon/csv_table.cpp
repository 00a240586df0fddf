#include "daemon/csv_table.h"

#include <algorithm>

#include "config/scalar.h"
#include "ingest/timestamp.h"

namespace faultprint::daemon {

CsvTable::CsvTable(const std::string& file, std::vector<std::string> columns)
    : file_(file), columns_(std::move(columns)), lines_(file) {
  const bool any = row_.read(lines_);
  for (const std::string& column : columns_) {
    if (!any) throw ingest::CsvRow::error(file, 1, column, "the column is missing");
    const auto& cells = row_.cells();
    const auto place = std::find(cells.begin(), cells.end(), column);
    if (place == cells.end())
      throw ingest::CsvRow::error(file, row_.line_number(), column, "the column is missing");
    if (std::find(place + 1, cells.end(), column) != cells.end())
      throw ingest::CsvRow::error(file, row_.line_number(), column, "the column stands twice");
    places_.push_back(static_cast<std::size_t>(place - cells.begin()));
  }
}

bool CsvTable::next() {
  if (!row_.read(lines_)) return false;
  for (std::size_t column = 0; column < columns_.size(); ++column)
    if (places_[column] >= row_.cells().size()) throw error(column, "the row ends before it");
  return true;
}

std::int64_t CsvTable::time(std::size_t column) const {
  if (const auto value = ingest::parse_time(cell(column))) return *value;
  throw error(column, "\"" + config::shown(cell(column)) +
                          "\" is neither RFC 3339 nor a number between 1970 and 2200");
}

std::runtime_error CsvTable::error(std::size_t column, std::string_view what) const {
  return ingest::CsvRow::error(file_, row_.line_number(), columns_[column], what);
}

}  // namespace faultprint::daemon
