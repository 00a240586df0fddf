#include "ingest/history.h"

#include <doctest/doctest.h>
#include <zlib.h>

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "tests/unit/file_bytes.h"
#include "tests/unit/stream_helpers.h"

namespace faultprint::ingest {
namespace history_test {

const std::vector<std::string> kFields = {"in", "out"};

using test::TempFile;

DecoderOptions options(const std::vector<std::string>& fields = kFields,
                       const std::vector<config::KpiSpec>& tokens = {}) {
  DecoderOptions result(config::StreamConfig{}, {});
  result.fields = fields;
  result.tokens = tokens;
  return result;
}

std::string gzipped(const std::string& text) {
  const test::Folder folder;
  const std::string path = folder.file("gz");
  gzFile file = gzopen(path.c_str(), "wb");
  gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
  gzclose(file);
  return test::read_bytes(path);
}

// "second element value value", one line a sample; a missing value is "-".
std::string read_all(History& history) {
  std::ostringstream text;
  KpiSample sample;
  while (history.next(sample)) {
    text << sample.time_us / 1000000 << ' ' << sample.element;
    for (const double value : sample.values) {
      std::isnan(value) ? text << " -" : text << ' ' << value;
    }
    text << '\n';
  }
  return text.str();
}

std::string read_all(const std::string& content, bool gzip = false) {
  const TempFile file(gzip ? gzipped(content) : content);
  History history({file.path()}, options());
  return read_all(history);
}

// What reading says, with the file's path as "F".
std::string error_of(const std::string& content) {
  const TempFile file(content);
  try {
    History history({file.path()}, options());
    read_all(history);
  } catch (const std::runtime_error& error) {
    std::string what = error.what();
    if (what.starts_with(file.path())) what.replace(0, file.path().size(), "F");
    return what;
  }
  return "";
}

std::string json(int time, const std::string& element, const std::string& kpis) {
  return "{\"element\":\"" + element + "\",\"time\":" + std::to_string(time) + ",\"kpis\":{" +
         kpis + "}}\n";
}

TEST_CASE("CSV columns are found by name, missing cells and unknown columns are understood") {
  CHECK(read_all("out,note,time,element,in\n"
                 "2,hello,10,a,1.5\n"
                 ",,1970-01-01T00:00:20Z,b,-1e3\n"
                 "NaN,,30,c,nan\n"
                 "NA,,40,d,null\n") ==
        "10 a 1.5 2\n"
        "20 b -1000 -\n"
        "30 c - -\n"
        "40 d - -\n");
}

TEST_CASE("BOM, CRLF, empty lines, quotes and a last line without an end are understood") {
  CHECK(read_all("\xEF\xBB\xBFtime,element,\"in\",out\r\n"
                 "\r\n"
                 "10,\"a, \"\"b\"\"\nc\",\"1\",2\r\n"
                 "20,Z\xC3\xBCrich,3,4") ==
        "10 a, \"b\"\nc 1 2\n"
        "20 Z\xC3\xBCrich 3 4\n");
}

TEST_CASE("JSON lines are decoded as on Kafka, bad ones are counted and skipped") {
  const TempFile file("\n" + json(10, "a", "\"in\":1,\"x\":2") + "{broken\n\n" +
                      json(20, "b", "\"out\":true") + json(30, "", "\"in\":1") + "  \r\n" +
                      json(40, "c", "\"in\":null"));
  History history({file.path()}, options());
  CHECK(read_all(history) == "10 a 1 -\n20 b - 1\n40 c - -\n");
  CHECK(history.rejects()[static_cast<std::size_t>(RejectReason::not_json)] == 1);
  CHECK(history.rejects()[static_cast<std::size_t>(RejectReason::no_element)] == 1);
  CHECK(history.progress() == 1.0);
}

TEST_CASE("gzip is told by content") {
  CHECK(read_all("time,element,in,out\n10,a,1,2\n", true) == "10 a 1 2\n");
  CHECK(read_all(json(10, "a", "\"in\":1"), true) == "10 a 1 -\n");
}

TEST_CASE("a file without rows is no fault") {
  CHECK(read_all("time,element,in,out\n").empty());
  History none({}, options());
  CHECK(read_all(none).empty());
  CHECK(none.progress() == 0);
}

TEST_CASE("files are merged by time, each keeping its own order") {
  const TempFile first("time,element,in,out\n10,a,1,1\n30,a,2,2\n20,a,3,3\n");
  const TempFile second(gzipped(json(10, "b", "\"in\":1") + json(25, "b", "\"in\":2")));
  const TempFile third("time,element,in\n5,c,1\n10,c,2\n");
  History history({first.path(), second.path(), third.path()}, options());
  CHECK(read_all(history) ==
        "5 c 1 -\n10 a 1 1\n10 b 1 -\n10 c 2 -\n25 b 2 -\n30 a 2 2\n20 a 3 3\n");
}

TEST_CASE("an element stays valid until the next sample is asked for") {
  const TempFile first("time,element,in,out\n10,first-element,1,1\n11,other,1,1\n");
  const TempFile second(json(10, "second-\\u0065lement", "\"in\":1"));
  History history({first.path(), second.path()}, options());
  KpiSample sample;
  REQUIRE(history.next(sample));
  CHECK(sample.element == "first-element");
  REQUIRE(history.next(sample));
  CHECK(sample.element == "second-element");
}

TEST_CASE("each fault in a file is told with its line and column") {
  const std::string header = "time,element,in,out\n";
  const std::vector<std::pair<std::string, std::string>> table = {
      {"", "F: the file is empty"},
      {" \n\n", "F: the file is empty"},
      {"\n[{\"element\":1}]", "F:2: a JSON array; JSON lines hold one record each"},
      {"element,in,out\n", "F:1: time: the column is missing"},
      {"time,in,out\n", "F:1: element: the column is missing"},
      {"time,element,in\n", "F:1: out: no such column"},
      {"time,element\n", "F:1: in, out: no such column"},
      {"time,element,in,in,out\n", "F:1: in: the column stands twice"},
      {"time,time,element,in,out\n", "F:1: time: the column stands twice"},
      {header + "10,a,1\n", "F:2: 3 cells where the header has 4"},
      {header + "10,a,1,2,3\n", "F:2: 5 cells where the header has 4"},
      {header + "10,a,1,2\nx,a,1,2\n",
       "F:3: time: \"x\" is neither RFC 3339 nor a number between 1970 and 2200"},
      {header + ",a,1,2\n",
       "F:2: time: \"\" is neither RFC 3339 nor a number between 1970 and 2200"},
      {header + "10,,1,2\n", "F:2: element: is empty"},
      {header + "10," + std::string(257, 'x') + ",1,2\n", "F:2: element: is longer than 256 bytes"},
      {header + "10,a,1x,2\n", "F:2: in: \"1x\" is no finite number"},
      {header + "10,a,1, 2\n", "F:2: out: \" 2\" is no finite number"},
      {header + "10,a,inf,2\n", "F:2: in: \"inf\" is no finite number"},
      {header + "10,a,1e999,2\n", "F:2: in: \"1e999\" is no finite number"},
      {header + "10,a,0x1,2\n", "F:2: in: \"0x1\" is no finite number"},
      {header + "10,\"a,1,2\n", "F:2: a quote is opened and never closed"},
      {header + "10,\"a\"b,1,2\n", "F:2: text follows a closing quote"},
      {header + "10,\"a\nb\",1,2\n20,b,?,1\n", "F:4: in: \"?\" is no finite number"},
      {header + "10,\xE9,1,2\n", "F:2: not UTF-8 text"},
      {std::string("\x1F\x8B\x08\x00", 4), "F: the gzip data ends too early"},
  };
  for (const auto& [text, message] : table) {
    CAPTURE(text);
    CHECK(error_of(text) == message);
  }
}

TEST_CASE(
    "cells of states and texts are the tokens that JSON would give, an empty one is missing") {
  const std::vector<std::string> fields = {"in", "s", "t"};
  const std::vector<config::KpiSpec> tokens = {test::state("s"),
                                               test::text("t", config::TokenSplit::characters, 3)};
  const TempFile csv(
      "time,element,t,in,s\n10,a,xyz!,1,UP\n20,a,,2,\n30,a,NaN,3,7.0\n40,a,\"a,b\",4,true\n");
  const TempFile lines(json(10, "a", R"("in":1,"s":"UP","t":"xyz!")") + json(20, "a", R"("in":2)") +
                       json(30, "a", R"("in":3,"s":7,"t":"NaN")") +
                       json(40, "a", R"("in":4,"s":true,"t":"a,b")"));
  History from_csv({csv.path()}, options(fields, tokens));
  History from_json({lines.path()}, options(fields, tokens));
  const std::string read = read_all(from_csv);
  CHECK(read == read_all(from_json));
  CHECK(read.find("20 a 2 - - - -\n") != std::string::npos);
  CHECK(read.find(" 78 97 78\n") != std::string::npos);  // "NaN" is text here
}

// The samples of a file as stream.format and stream.record, `stream`, have them; and rejects.
std::string read_as(const std::string& stream, const std::string& content) {
  const TempFile file(content);
  const config::Config config = config::parse(
      "stream: {period: 10s, window: 4, kpis: [{name: in}, {name: out}], " + stream + "}",
      "t.yaml");
  History history({file.path()}, {config.group().stream, config.input_spec()});
  std::string text = read_all(history);
  for (std::size_t i = 1; i < history.rejects().size(); ++i)
    if (history.rejects()[i] > 0)
      text +=
          std::to_string(history.rejects()[i]) + " " + name(static_cast<RejectReason>(i)) + "\n";
  return text;
}

TEST_CASE("a file of another format holds a record a line, each of which may hold many samples") {
  const std::string influx = "format: influx, record: {kpi: \"{field}\"}";
  CHECK(read_as(influx,
                "# export\n\nnet,host=a in=1,out=2 10\nnet,host=b in=3 10\nbroken\n"
                "cpu,host=a idle=9 20\nnet,host=a in=4 20\n") ==
        "10 a 1 2\n10 b 3 -\n20 a 4 -\n1 malformed\n1 no_kpis\n1 other_kpis\n");
  const std::string event = R"({"timestamp":10,"tags":{"source":"a"},"values":{"in":"1"}})";
  CHECK(read_as("format: gnmic", "[" + event + "," + event + "]\n[]\n" + event) ==
        "10 a 1 -\n10 a 1 -\n10 a 1 -\n1 no_kpis\n");
}

TEST_CASE("CSV whose header names time and element is a recording, whatever the format") {
  const std::string recording = "time,element,in,out\n10,a,1,2\n20,a,3,\n";
  for (const char* stream : {"format: json", "format: influx", "format: csv", "format: gnmic"}) {
    CAPTURE(stream);
    CHECK(read_as(stream, recording) == "10 a 1 2\n20 a 3 -\n");
  }
  CHECK(read_as("format: ves", "out,in,\"time\",\"element\"\r\n2,1,10,a\r\n") == "10 a 1 2\n");
}

TEST_CASE("a CSV file of other columns is read by its own header, or by the columns configured") {
  CHECK(read_as("format: csv, record: {time: ts, element: \"{cell}\"}",
                "ts,cell,in,spare\n10,a,1,x\n20,b,2,y\nshort\n") ==
        "10 a 1 -\n20 b 2 -\n1 malformed\n");
  CHECK(read_as("format: csv, record: {columns: [ts, cell, in], time: ts, element: \"{cell}\"}",
                "10,a,1\n20,b,2\n") == "10 a 1 -\n20 b 2 -\n");
}

TEST_CASE("a field may stand in another file, or come with JSON") {
  const TempFile in("time,element,in\n10,a,1\n");
  const TempFile out("time,element,out\n20,a,2\n");
  History both({in.path(), out.path()}, options());
  CHECK(read_all(both) == "10 a 1 -\n20 a - 2\n");
  const TempFile lines(json(30, "a", "\"in\":1"));
  History with_json({in.path(), lines.path()}, options());
  CHECK(read_all(with_json) == "10 a 1 -\n30 a 1 -\n");
  const std::vector<std::string> fields = {"in", "out", "lost"};
  const std::string message = in.path() + ":1: lost: no file has such a column";
  CHECK_THROWS_WITH_AS(History({in.path(), out.path()}, options(fields)), message.c_str(),
                       std::runtime_error);
}

TEST_CASE("files that cannot be opened are named") {
  CHECK_THROWS_WITH_AS(History({"/no/such/file"}, options()),
                       "/no/such/file: No such file or directory", std::runtime_error);
  CHECK_THROWS_WITH_AS(History({"/"}, options()), "/: Is a directory", std::runtime_error);
}

// Rows that do not compress to nothing.
std::string many_rows(int rows) {
  std::string text = "time,element,in,out\n";
  for (int i = 0; i < rows; ++i) {
    text += std::to_string(i + 1) + ",e" + std::to_string(i * 7919LL % 1000003) + "," +
            std::to_string(i * 104729LL % 1000033) + ",1\n";
  }
  return text;
}

TEST_CASE("truncated and damaged gzip is an error, not a short file") {
  const TempFile whole(gzipped(many_rows(50000)));
  std::stringstream bytes;
  bytes << std::ifstream(whole.path(), std::ios::binary).rdbuf();
  const std::string gzip = bytes.str();
  REQUIRE(gzip.size() > 200000);
  CHECK(error_of(gzip.substr(0, gzip.size() / 2)) == "F: the gzip data ends too early");
  CHECK(error_of(gzip.substr(0, gzip.size() - 4)) == "F: the gzip data ends too early");
  std::string damaged = gzip;
  damaged[damaged.size() - 6] = static_cast<char>(damaged[damaged.size() - 6] ^ 1);  // checksum
  CHECK(error_of(damaged).starts_with("F: damaged gzip data: "));
}

TEST_CASE("progress grows from nothing to one, counted in compressed bytes") {
  const TempFile file(gzipped(many_rows(100000)));
  History history({file.path()}, options());
  KpiSample sample;
  double last = history.progress();
  CHECK(last < 0.5);
  bool grows = true;
  int rows = 0;
  for (; history.next(sample); ++rows) {
    grows = grows && history.progress() >= last && history.progress() <= 1;
    last = history.progress();
    if (rows == 50000) {
      CHECK(last > 0.3);
      CHECK(last < 0.8);
    }
  }
  CHECK(grows);
  CHECK(rows == 100000);
  CHECK(last == 1.0);
}

TEST_CASE("a long line is read whole, one beyond 64 MB is an error") {
  const std::string header = "time,element,in,out,note\n";
  CHECK(read_all(header + "10,a,1,2," + std::string(3000000, 'x') + "\n20,b,3,4,\n") ==
        "10 a 1 2\n20 b 3 4\n");
  CHECK(error_of(header + "10,a,1,2," + std::string((64 << 20) + 200000, 'x')) ==
        "F:2: the line is longer than 64 MB");
}

}  // namespace history_test
}  // namespace faultprint::ingest
