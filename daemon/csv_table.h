// A CSV file read by the names of its columns.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/csv_row.h"
#include "ingest/line_source.h"

namespace faultprint::daemon {

class CsvTable {
 public:
  // std::runtime_error "file:line: column: ..." where one of the columns is missing or stands
  // twice; further ones are passed over.
  CsvTable(const std::string& file, std::vector<std::string> columns);

  // To the next row; false at the end. Throws where the row ends before a column.
  bool next();
  // Of that row, by the number of the column as given; valid until the next one.
  std::string_view cell(std::size_t column) const { return row_.cells()[places_[column]]; }
  // The same as microseconds since 1970; throws where it is no time.
  std::int64_t time(std::size_t column) const;
  std::runtime_error error(std::size_t column, std::string_view what) const;

 private:
  std::string file_;
  std::vector<std::string> columns_;
  ingest::LineSource lines_;
  ingest::CsvRow row_;
  std::vector<std::size_t> places_;
};

}  // namespace faultprint::daemon
