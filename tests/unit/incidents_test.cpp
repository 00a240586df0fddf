#include "ingest/incidents.h"

#include <doctest/doctest.h>

#include <stdexcept>

#include "tests/unit/file_bytes.h"

namespace faultprint::ingest {
namespace {

using test::TempFile;

// What reading says, with the file's path as "F".
std::string error_of(const std::string& text) {
  const TempFile file(text);
  try {
    Incidents::read({file.path()});
  } catch (const std::runtime_error& error) {
    std::string what = error.what();
    if (what.starts_with(file.path())) what.replace(0, file.path().size(), "F");
    return what;
  }
  return "";
}

constexpr std::int64_t us(std::int64_t seconds) { return seconds * 1000000; }

TEST_CASE("rows are read in any column order, quoted, with RFC 3339 or epoch times") {
  const TempFile first(
      "\xEF\xBB\xBF"
      "fault_type,note,end,start,element\r\n"
      "\"link, down\",\"two\nlines\",1498754500,2017-06-29T16:40:14Z,\"a,\"\"b\"\"\"\r\n"
      "\r\n"
      "normal,,20,10,*\r\n");
  const TempFile second("element,start,end,fault_type\nx,1,2,ignore");
  const Incidents incidents = Incidents::read({first.path(), second.path()});
  REQUIRE(incidents.rows().size() == 3);
  CHECK(incidents.rows()[0].element == "a,\"b\"");
  CHECK(incidents.rows()[0].fault_type == "link, down");
  CHECK(incidents.rows()[0].start_us == us(1498754414));
  CHECK(incidents.rows()[0].end_us == us(1498754500));
  CHECK(incidents.rows()[2].id == 2);
  CHECK(incidents.has_normal_rows());
  REQUIRE(incidents.faults().size() == 1);
  CHECK(incidents.faults()[0]->id == 0);
}

TEST_CASE("each fault in a file is told with its line and column") {
  const std::string header = "element,start,end,fault_type\n";
  const std::vector<std::pair<std::string, std::string>> table = {
      {"", "F:1: element: the column is missing"},
      {"\n\n", "F:1: element: the column is missing"},
      {"element,start,fault_type\n", "F:1: end: the column is missing"},
      {"element,start,end,end,fault_type\n", "F:1: end: the column stands twice"},
      {header + "a,1,2,x\n,1,2,x\n", "F:3: element: is empty"},
      {header + "a,1,2,\n", "F:2: fault_type: is empty"},
      {header + "a,1,2\n", "F:2: fault_type: the row ends before it"},
      {header + "a,soon,2,x\n",
       "F:2: start: \"soon\" is neither RFC 3339 nor a number between 1970 and 2200"},
      {header + "a,1,,x\n",
       "F:2: end: \"\" is neither RFC 3339 nor a number between 1970 and 2200"},
      {header + "a,2,2,x\n", "F:2: end: is not after start"},
      {header + "\"a\nb\",1,2,x\na,3,2,x\n", "F:4: end: is not after start"},
      {header + "\"a,1,2,x\n", "F:2: a quote is opened and never closed"},
      {header + "\"a\"b,1,2,x\n", "F:2: text follows a closing quote"},
      {header + "\xE9,1,2,x\n", "F:2: not UTF-8 text"},
  };
  for (const auto& [text, message] : table) {
    CAPTURE(text);
    CHECK(error_of(text) == message);
  }
  CHECK_THROWS_WITH_AS(Incidents::read({"/no/such/file"}),
                       "/no/such/file: No such file or directory", std::runtime_error);
}

TEST_CASE("a fault goes before ignore before normal, then the earliest start") {
  const Incidents incidents({{"*", us(0), us(100), "normal"},
                             {"x", us(10), us(50), "ignore"},
                             {"x", us(30), us(40), "later"},
                             {"x", us(20), us(40), "earlier"}});
  const auto label = [&](std::int64_t seconds) { return incidents.label("x", us(seconds)); };
  CHECK(label(0) == "normal");
  CHECK(label(10) == "ignore");
  CHECK(label(20) == "earlier");
  CHECK(label(39) == "earlier");
  CHECK(label(40) == "ignore");
  CHECK(label(99) == "normal");
  CHECK(incidents.at("x", us(35))->id == 3);
  CHECK(incidents.at("x", us(100)) == nullptr);
  CHECK(incidents.at("y", us(35))->fault_type == "normal");
}

TEST_CASE("what no row covers is normal, or ignored where normal rows exist") {
  const Incidents faults_only({{"x", us(10), us(20), "f"}});
  CHECK(faults_only.label("x", us(9)) == "normal");
  CHECK(faults_only.label("x", us(10)) == "f");
  CHECK(faults_only.label("x", us(20)) == "normal");  // half-open
  CHECK(faults_only.label("y", us(10)) == "normal");
  const Incidents with_normal({{"x", us(10), us(20), "f"}, {"x", us(0), us(5), "normal"}});
  CHECK(with_normal.label("x", us(9)) == "ignore");
  CHECK(with_normal.label("x", us(4)) == "normal");
  CHECK(Incidents().label("x", 0) == "normal");
}

TEST_CASE("moved incidents answer as before") {
  Incidents first({{"x", us(10), us(20), "f"}});
  CHECK(first.label("x", us(10)) == "f");
  const Incidents second = std::move(first);
  CHECK(second.label("x", us(10)) == "f");
}

TEST_CASE("globs match whole UTF-8 names") {
  CHECK(glob_matches("leaf*", "leaf1"));
  CHECK(glob_matches("*", ""));
  CHECK(glob_matches("*", ".hidden/with/slash"));
  CHECK(glob_matches("a?c",
                     "a\xC3\xA9"
                     "c"));
  CHECK(glob_matches("cell[1-3]", "cell2"));
  CHECK(glob_matches("*", std::string_view("a\0b", 3)));
  CHECK_FALSE(glob_matches("leaf", "leaf1"));
  CHECK_FALSE(glob_matches("leaf?", "leaf"));
  CHECK_FALSE(glob_matches("cell[1-3]", "cell4"));
  CHECK_FALSE(glob_matches("a*", std::string_view("\0a", 2)));
}

TEST_CASE("a name with brackets stands for itself too") {
  const Incidents incidents({{"port[1]", us(0), us(10), "f"}});
  CHECK(incidents.label("port[1]", us(1)) == "f");
  CHECK(incidents.label("port1", us(1)) == "f");
  CHECK(incidents.label("port2", us(1)) == "normal");
}

}  // namespace
}  // namespace faultprint::ingest
