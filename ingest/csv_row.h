// RFC 4180: the cells of a CSV file, row by row.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/line_source.h"

namespace faultprint::ingest {

// Quoted cells may hold commas, doubled quotes and line ends; rows may end in CRLF; empty lines are
// skipped. Cells are views, valid until the next read().
class CsvRow {
 public:
  // False at the end of the file. Throws std::runtime_error "file:line: what is wrong".
  bool read(LineSource& lines);

  const std::vector<std::string_view>& cells() const { return cells_; }
  // Its bytes, for as long; empty where a cell is quoted.
  std::string_view plain_text() const { return plain_text_; }
  long line_number() const { return line_number_; }  // of the row's first line

  // "file:line: column: what".
  static std::runtime_error error(const std::string& file, long line, std::string_view column,
                                  std::string_view what);

 private:
  void split_plain(std::string_view line);
  void split_quoted(LineSource& lines, std::string_view line);
  std::size_t read_quoted(LineSource& lines, std::string& line, std::size_t at);

  std::vector<std::string_view> cells_;
  std::string text_;               // of quoted rows: the cells' text, one after the other
  std::vector<std::size_t> ends_;  // of each cell in text_
  std::string_view plain_text_;
  long line_number_ = 0;
};

// A cell's text as a file has it: quoted where it must be.
std::string csv_cell(std::string_view text);

}  // namespace faultprint::ingest
