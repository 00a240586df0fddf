// The lines of a text file, gzipped or not.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

struct gzFile_s;

namespace faultprint::ingest {

// Reading errors (no such file, corrupt or truncated gzip, a line over 64 MB) throw
// std::runtime_error that begins with the file's name.
class LineSource {
 public:
  explicit LineSource(const std::string& file);
  ~LineSource();
  LineSource(const LineSource&) = delete;
  LineSource& operator=(const LineSource&) = delete;

  // The next line without its "\n" and without a BOM in front of the first; false at the end.
  // The view is valid until the next call.
  bool next(std::string_view& line);
  // What the next call will give.
  bool peek(std::string_view& line);

  const std::string& file() const { return file_; }
  long line_number() const { return line_number_; }  // of the line last given, from 1
  std::int64_t size() const { return size_; }        // of the file in bytes; 0 when it has none
  std::int64_t bytes_read() const;                   // of the file: compressed ones for gzip

 private:
  bool fill();

  std::string file_;
  gzFile_s* gzip_;
  std::int64_t size_ = 0;
  std::string buffer_;
  std::size_t begin_ = 0;  // of what has not been given out
  bool at_end_ = false;
  bool peeked_ = false;
  std::string_view peeked_line_;
  long line_number_ = 0;
};

}  // namespace faultprint::ingest
