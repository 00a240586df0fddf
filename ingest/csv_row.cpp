#include "ingest/csv_row.h"

#include "ingest/json_decoder.h"

namespace faultprint::ingest {

namespace {

constexpr std::size_t kMaxRow = 64 << 20;

std::string_view without_carriage_return(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::runtime_error row_error(const LineSource& lines, long line, const char* what) {
  return std::runtime_error(lines.file() + ":" + std::to_string(line) + ": " + what);
}

}  // namespace

bool CsvRow::read(LineSource& lines) {
  cells_.clear();
  std::string_view line;
  do {
    if (!lines.next(line)) return false;
    line = without_carriage_return(line);
  } while (line.empty());
  line_number_ = lines.line_number();
  if (!is_utf8(line)) throw row_error(lines, line_number_, "not UTF-8 text");
  plain_text_ = {};
  if (line.find('"') == std::string_view::npos) {
    plain_text_ = line;
    split_plain(line);
  } else {
    split_quoted(lines, line);
  }
  return true;
}

std::runtime_error CsvRow::error(const std::string& file, long line, std::string_view column,
                                 std::string_view what) {
  std::string text = file + ":" + std::to_string(line) + ": ";
  text.append(column).append(": ").append(what);
  return std::runtime_error(text);
}

void CsvRow::split_plain(std::string_view line) {
  for (;;) {
    const std::size_t comma = line.find(',');
    cells_.push_back(line.substr(0, comma));
    if (comma == std::string_view::npos) return;
    line.remove_prefix(comma + 1);
  }
}

void CsvRow::split_quoted(LineSource& lines, std::string_view first) {
  std::string line(first);  // of its own: a quoted cell may reach into further lines
  text_.clear();
  ends_.clear();
  for (std::size_t at = 0;; ++at) {
    if (at < line.size() && line[at] == '"') {
      at = read_quoted(lines, line, at);
    } else {
      const std::size_t comma = std::min(line.find(',', at), line.size());
      text_.append(line, at, comma - at);
      at = comma;
    }
    ends_.push_back(text_.size());
    if (at == line.size()) break;
  }
  std::size_t begin = 0;
  for (const std::size_t end : ends_) {
    cells_.push_back(std::string_view(text_).substr(begin, end - begin));
    begin = end;
  }
}

// Appends the cell whose opening quote is at `at` to text_; returns where its comma or the row's
// end is. `line` becomes the line in which the cell ends.
std::size_t CsvRow::read_quoted(LineSource& lines, std::string& line, std::size_t at) {
  ++at;
  for (;;) {
    const std::size_t quote = line.find('"', at);
    text_.append(line, at, quote == std::string::npos ? quote : quote - at);
    if (quote == std::string::npos) {
      std::string_view further;
      if (text_.size() > kMaxRow || !lines.next(further)) {
        throw row_error(lines, line_number_, "a quote is opened and never closed");
      }
      further = without_carriage_return(further);
      if (!is_utf8(further)) throw row_error(lines, lines.line_number(), "not UTF-8 text");
      text_ += '\n';
      line = further;
      at = 0;
    } else if (quote + 1 < line.size() && line[quote + 1] == '"') {
      text_ += '"';
      at = quote + 2;
    } else if (quote + 1 == line.size() || line[quote + 1] == ',') {
      return quote + 1;
    } else {
      throw row_error(lines, lines.line_number(), "text follows a closing quote");
    }
  }
}

std::string csv_cell(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

}  // namespace faultprint::ingest
