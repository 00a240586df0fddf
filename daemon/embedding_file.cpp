#include "daemon/embedding_file.h"

#include <bit>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <stdexcept>

#include "ingest/csv_row.h"
#include "ingest/timestamp.h"

namespace faultprint::daemon {
namespace {

static_assert(std::endian::native == std::endian::little, "'<f4' is what memory holds");

// RFC 4180: in quotes where it has to be.
void append_cell(std::string& line, std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    line += text;
    return;
  }
  line += '"';
  for (const char c : text) {
    if (c == '"') line += '"';
    line += c;
  }
  line += '"';
}

// The shortest text that reads back as the same float.
void append_number(std::string& line, float value) {
  char text[32];
  line.append(text, std::to_chars(text, text + sizeof text, value).ptr);
}

struct VectorName {
  std::string file;
  long row = 0;
};

VectorName parse_vector_name(const std::string& name) {
  const auto colon = name.rfind(':');
  VectorName parsed;
  if (colon != std::string::npos && colon > 0) {
    const char* const end = name.data() + name.size();
    const auto [stop, error] = std::from_chars(name.data() + colon + 1, end, parsed.row);
    if (error == std::errc() && stop == end && parsed.row > 0) {
      parsed.file = name.substr(0, colon);
      return parsed;
    }
  }
  throw std::runtime_error("'" + name +
                           "' names no vector: FILE:ROW is wanted, rows from 1, as vectors.csv:3 "
                           "(or ELEMENT@TIME, with --data)");
}

// Where e0, e1, ... stand.
std::vector<std::size_t> vector_columns(const std::string& file, const ingest::CsvRow& header) {
  std::vector<std::size_t> places;
  for (;;) {
    const std::string name = "e" + std::to_string(places.size());
    std::size_t place = 0;
    while (place < header.cells().size() && header.cells()[place] != name) ++place;
    if (place == header.cells().size()) break;
    places.push_back(place);
  }
  if (places.empty())
    throw ingest::CsvRow::error(file, 1, "e0",
                                "the column is missing: a CSV is wanted as `faultprint embed` "
                                "writes it (element,time,e0,e1,...)");
  return places;
}

}  // namespace

std::string npy_header(std::uint64_t rows, int width) {
  constexpr std::size_t kSize = 128;                    // a multiple of 64, as NumPy has it
  std::string header("\x93NUMPY\x01\x00\x76\x00", 10);  // version 1.0, 118 bytes follow
  header += "{'descr': '<f4', 'fortran_order': False, 'shape': (" + std::to_string(rows) + ", " +
            std::to_string(width) + "), }";
  header.resize(kSize - 1, ' ');
  return header + '\n';
}

EmbeddingWriter::EmbeddingWriter(const std::string& file, EmbeddingFormat format, int width)
    : file_(file),
      width_(width),
      lines_(format == EmbeddingFormat::npy ? file + ".csv" : file, OutputLines::Open::truncate),
      vectors_(nullptr, &std::fclose) {
  line_ = "element,time";
  if (format == EmbeddingFormat::npy) {
    vectors_.reset(std::fopen(file.c_str(), "wbe"));
    if (!vectors_) fail();
    const std::string header = npy_header(0, width);
    put(header.data(), header.size());
  } else {
    for (int i = 0; i < width; ++i) line_ += ",e" + std::to_string(i);
  }
  lines_.write(line_);
}

void EmbeddingWriter::fail() const {
  throw std::runtime_error(file_ + ": cannot be written: " + std::strerror(errno));
}

void EmbeddingWriter::put(const void* bytes, std::size_t size) {
  if (std::fwrite(bytes, 1, size, vectors_.get()) != size) fail();
}

void EmbeddingWriter::write(std::string_view element, std::int64_t time_us,
                            std::span<const float> embedding) {
  line_.clear();
  append_cell(line_, element);
  line_ += ',' + ingest::format_rfc3339(time_us);
  if (vectors_) {
    put(embedding.data(), embedding.size_bytes());
  } else {
    for (const float value : embedding) {
      line_ += ',';
      append_number(line_, value);
    }
  }
  lines_.write(line_);
  ++rows_;
}

void EmbeddingWriter::close() {
  lines_.flush();
  if (!vectors_) return;
  const std::string header = npy_header(rows_, width_);
  if (std::fseek(vectors_.get(), 0, SEEK_SET) != 0) fail();
  put(header.data(), header.size());
  if (std::fclose(vectors_.release()) != 0) fail();
}

std::vector<float> read_vector(const std::string& name) {
  const VectorName wanted = parse_vector_name(name);
  ingest::LineSource lines(wanted.file);
  std::string_view first;
  if (lines.peek(first) && first.starts_with("\x93NUMPY"))
    throw std::runtime_error(wanted.file +
                             ": it is a .npy: rows are read from CSV (`embed --format csv`)");
  ingest::CsvRow row;
  if (!row.read(lines)) throw std::runtime_error(wanted.file + ": it is empty");
  const std::vector<std::size_t> columns = vector_columns(wanted.file, row);
  long seen = 0;
  while (seen < wanted.row && row.read(lines)) ++seen;
  if (seen < wanted.row)
    throw std::runtime_error(wanted.file + ": it has " + std::to_string(seen) + " rows, and row " +
                             std::to_string(wanted.row) + " is wanted");
  std::vector<float> values;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::string column = "e" + std::to_string(i);
    if (columns[i] >= row.cells().size())
      throw ingest::CsvRow::error(wanted.file, row.line_number(), column, "the row ends before it");
    const std::string_view text = row.cells()[columns[i]];
    float value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
      throw ingest::CsvRow::error(wanted.file, row.line_number(), column,
                                  "\"" + std::string(text) + "\" is no number");
    values.push_back(value);
  }
  return values;
}

}  // namespace faultprint::daemon
