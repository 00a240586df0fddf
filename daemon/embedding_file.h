// Embeddings as files: CSV (element,time,e0,...), or NumPy's .npy (format 1.0, float32, n x N, C
// order) with the rows' names beside it.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/output_lines.h"

namespace faultprint::daemon {

enum class EmbeddingFormat { csv, npy };

// Rows go out as they come. std::runtime_error "FILE: cannot be written: ...".
class EmbeddingWriter {
 public:
  // file: "-" is standard output, for CSV alone. npy: FILE.csv names the rows (element,time).
  EmbeddingWriter(const std::string& file, EmbeddingFormat format, int width);

  // time_us: the end of the newest slot. embedding: `width` values.
  void write(std::string_view element, std::int64_t time_us, std::span<const float> embedding);
  // Ends the file; until then a .npy says that it holds no row.
  void close();
  std::uint64_t rows() const { return rows_; }

 private:
  [[noreturn]] void fail() const;
  void put(const void* bytes, std::size_t size);

  std::string file_;
  int width_;
  std::uint64_t rows_ = 0;
  OutputLines lines_;                                        // CSV, or the rows' names
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> vectors_;  // npy alone
  std::string line_;                                         // scratch
};

// The 128 bytes in front of a .npy's values.
std::string npy_header(std::uint64_t rows, int width);

// A row of a CSV file of vectors, named FILE:ROW, rows from 1 below the header. Columns e0, e1, ...
// count, wherever they stand. std::runtime_error "FILE:line: column: what is wrong".
std::vector<float> read_vector(const std::string& name);

}  // namespace faultprint::daemon
