#include "daemon/embedding_file.h"

#include <doctest/doctest.h>

#include <cstring>

#include "error_of.h"
#include "file_bytes.h"

namespace faultprint::daemon {
namespace embedding_file_test {

using test::error_of;

constexpr std::int64_t kTime = 1498754415LL * 1000000;

TEST_CASE("CSV: element, time and values that read back as the same floats") {
  const test::Folder folder;
  const std::string file = folder.file("v.csv");
  const std::vector<float> first = {0.1F, 1.0F / 3, 1e-30F};
  EmbeddingWriter writer(file, EmbeddingFormat::csv, 3);
  writer.write("leaf1", kTime, first);
  writer.write("a,\"b\"", kTime + 500000, std::vector<float>{0, 1, 0.5F});
  writer.close();
  CHECK(writer.rows() == 2);
  CHECK(test::read_bytes(file) ==
        "element,time,e0,e1,e2\n"
        "leaf1,2017-06-29T16:40:15Z,0.1,0.33333334,1e-30\n"
        "\"a,\"\"b\"\"\",2017-06-29T16:40:15.500Z,0,1,0.5\n");
  CHECK(read_vector(file + ":1") == first);
  CHECK(read_vector(file + ":2") == std::vector<float>{0, 1, 0.5F});
}

TEST_CASE("npy: the header byte by byte, then the floats, then names beside it") {
  const test::Folder folder;
  const std::string file = folder.file("v.npy");
  EmbeddingWriter writer(file, EmbeddingFormat::npy, 2);
  writer.write("leaf1", kTime, std::vector<float>{1, -2});
  writer.write("leaf2", kTime, std::vector<float>{0.5F, 0});
  writer.write("leaf3", kTime, std::vector<float>{0, 3});
  writer.close();
  const std::string bytes = test::read_bytes(file);
  REQUIRE(bytes.size() == 128 + 3 * 2 * 4);
  CHECK(bytes.substr(0, 6) == "\x93NUMPY");
  CHECK(bytes[6] == 1);  // format 1.0
  CHECK(bytes[7] == 0);
  CHECK(bytes[8] == 118);  // what follows, little-endian
  CHECK(bytes[9] == 0);
  const std::string dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }";
  CHECK(bytes.substr(10, dictionary.size()) == dictionary);
  CHECK(bytes.substr(10 + dictionary.size(), 117 - dictionary.size()) ==
        std::string(117 - dictionary.size(), ' '));
  CHECK(bytes[127] == '\n');
  float values[6];
  std::memcpy(values, bytes.data() + 128, sizeof values);
  CHECK(std::vector<float>(values, values + 6) == std::vector<float>{1, -2, 0.5F, 0, 0, 3});
  CHECK(test::read_bytes(file + ".csv") ==
        "element,time\nleaf1,2017-06-29T16:40:15Z\nleaf2,2017-06-29T16:40:15Z\n"
        "leaf3,2017-06-29T16:40:15Z\n");
}

TEST_CASE("npy: the header keeps its size whatever the shape, and without a row it is whole") {
  for (const std::uint64_t rows : {std::uint64_t{0}, std::uint64_t{1}, ~std::uint64_t{0}}) {
    const std::string header = npy_header(rows, 4096);
    CHECK(header.size() == 128);
    CHECK(header.back() == '\n');
    CHECK(header.find("(" + std::to_string(rows) + ", 4096), }") != std::string::npos);
  }
  const test::Folder folder;
  EmbeddingWriter(folder.file("v.npy"), EmbeddingFormat::npy, 2).close();
  CHECK(test::read_bytes(folder.file("v.npy")) == npy_header(0, 2));
}

TEST_CASE("a file that cannot be written is an error by name") {
  for (const auto format : {EmbeddingFormat::csv, EmbeddingFormat::npy})
    CHECK(error_of([&] { EmbeddingWriter("/nowhere/v", format, 2); }).starts_with("/nowhere/v"));
  CHECK(error_of([] {
          EmbeddingWriter full("/dev/full", EmbeddingFormat::csv, 1);
          full.write("e", 0, std::vector<float>{0});
          full.close();
        }).starts_with("/dev/full: cannot be written"));
}

TEST_CASE("a vector's columns are found by name") {
  const test::TempFile file("e1,element,note,e0\n2,x,\"a\nb\",1\n4,y,,3\n");
  CHECK(read_vector(file.path() + ":1") == std::vector<float>{1, 2});
  CHECK(read_vector(file.path() + ":2") == std::vector<float>{3, 4});
}

TEST_CASE("errors of vectors name the file, line and column") {
  for (const char* bad : {"v.csv", "v.csv:", "v.csv:0", "v.csv:-1", "v.csv:1x", ":1"})
    CHECK(error_of([&] {
            read_vector(bad);
          }).starts_with("'" + std::string(bad) + "' names no vector: FILE:ROW"));
  const test::TempFile file("element,e0,e1\nx,1,2\ny,1,z\nw,1\nv,1,inf\n");
  const auto error = [&](const char* row) {
    const std::string text = error_of([&] { read_vector(file.path() + row); });
    CHECK(text.starts_with(file.path()));
    return text.substr(std::min(text.size(), file.path().size()));
  };
  CHECK(error(":2") == ":3: e1: \"z\" is no number");
  CHECK(error(":3") == ":4: e1: the row ends before it");
  CHECK(error(":4") == ":5: e1: \"inf\" is no number");
  CHECK(error(":5") == ": it has 4 rows, and row 5 is wanted");
  const test::TempFile other("element,x\na,1\n");
  CHECK(error_of([&] {
          read_vector(other.path() + ":1");
        }).starts_with(other.path() + ":1: e0: the column is missing"));
  const test::TempFile empty("");
  CHECK(error_of([&] { read_vector(empty.path() + ":1"); }) == empty.path() + ": it is empty");
  const test::TempFile npy(npy_header(0, 2));
  CHECK(
      error_of([&] { read_vector(npy.path() + ":1"); }).starts_with(npy.path() + ": it is a .npy"));
  CHECK(error_of([] { read_vector("/nowhere/v.csv:1"); }).starts_with("/nowhere/v.csv"));
}

}  // namespace embedding_file_test
}  // namespace faultprint::daemon
