#include "ingest/incidents.h"

#include <doctest/doctest.h>

#include <stdexcept>

#include "tests/unit/file_bytes.h"

namespace faultprint::ingest {
namespace incidents_test {

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
  const std::string with_uncertainty = "element,start,end,fault_type,uncertainty\n";
  const std::vector<std::pair<std::string, std::string>> table = {
      {"", "F:1: element: the column is missing"},
      {"\n\n", "F:1: element: the column is missing"},
      {"element,start,fault_type\n", "F:1: end: the column is missing"},
      {"element,start,end,end,fault_type\n", "F:1: end: the column stands twice"},
      {header + "a,1,2,x\n,1,2,x\n", "F:3: element: is empty"},
      {header + "a,1,2,\n", "F:2: fault_type: is empty"},
      {header + "a,1,2,  \n", "F:2: fault_type: is blank"},
      {header + "a,1,2," + std::string(129, 'x') + "\n",
       "F:2: fault_type: has 129 bytes: a fault's name has at most 128"},
      {header + "a,1,2,\"x\ny\"\n",
       "F:2: fault_type: \"x?y\" is no fault's name: it must be UTF-8 without control characters"},
      {header + "a,1,2,Normal\n",
       "F:2: fault_type: \"Normal\" is no fault's name: write normal where that is what it is, or "
       "another name"},
      {header + "a,1,2, ignore\n",
       "F:2: fault_type: \" ignore\" is no fault's name: write ignore where that is what it is, or "
       "another name"},
      {header + "a,1,2,x\na,1,2,unknown\n",
       "F:3: fault_type: \"unknown\" is no fault's name: replace it by the name of the fault, or "
       "have `enroll --fault-type NAME` take such rows as NAME"},
      {header + "a,1,2\n", "F:2: fault_type: the row ends before it"},
      {header + "a,soon,2,x\n",
       "F:2: start: \"soon\" is neither RFC 3339 nor a number between 1970 and 2200"},
      {header + "a,1,,x\n",
       "F:2: end: \"\" is neither RFC 3339 nor a number between 1970 and 2200"},
      {header + "a,2,2,x\n", "F:2: end: is not after start"},
      {with_uncertainty + "a,1,2,x\n", "F:2: uncertainty: the row ends before it"},
      {"element,start,end,fault_type,uncertainty,uncertainty\n",
       "F:1: uncertainty: the column stands twice"},
      {header + "\"a\nb\",1,2,x\na,3,2,x\n", "F:4: end: is not after start"},
      {header + "\"a,1,2,x\n", "F:2: a quote is opened and never closed"},
      {header + "\"a\"b,1,2,x\n", "F:2: text follows a closing quote"},
      {header + "\xE9,1,2,x\n", "F:2: not UTF-8 text"},
  };
  for (const auto& [text, message] : table) {
    CAPTURE(text);
    CHECK(error_of(text) == message);
  }
  for (const std::string bad : {"soon", "-1", "-5m", "5 m", "m", "nan", "1e3", "367d", "1e99s"}) {
    CAPTURE(bad);
    CHECK(error_of(with_uncertainty + "a,1,2,x,\na,1,2,x," + bad + "\n") ==
          "F:3: uncertainty: \"" + bad +
              "\" is neither seconds nor a duration such as 90s or 5m, from 0 to 366d");
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

Incident uncertain(std::int64_t start, std::int64_t end, const std::string& type,
                   std::int64_t uncertainty) {
  return {"x", us(start), us(end), type, 0, us(uncertainty)};
}

// Labels of the seconds from `first` on, one letter each.
std::string letters(const Incidents& incidents, std::int64_t first, std::int64_t end) {
  std::string result;
  for (std::int64_t s = first; s < end; ++s) result += incidents.label("x", us(s)).front();
  return result;
}

TEST_CASE("an uncertainty is read as seconds or a duration, empty or absent as none") {
  const TempFile file(
      "element,uncertainty,start,end,fault_type,note\n"
      "x,,10,20,f,\nx,1.5,10,20,f,further columns are free\nx,5m,10,20,f,\nx,0,10,20,f,\n"
      "x,366d,10,20,f,\n");
  const Incidents incidents = Incidents::read({file.path()});
  std::vector<std::int64_t> read;
  for (const Incident& row : incidents.rows()) read.push_back(row.uncertainty_us);
  CHECK(read == std::vector<std::int64_t>{0, 1500000, us(300), 0, us(366L * 86400)});
  const TempFile plain("element,start,end,fault_type\nx,1,2,f\n");
  CHECK(Incidents::read({plain.path()}).rows()[0].uncertainty_us == 0);
}

TEST_CASE("around an uncertain start and end, outside and inside, the state is not known") {
  const Incidents incidents({uncertain(10, 20, "f", 2)});
  CHECK(letters(incidents, 6, 24) == "nniiiiffffffiiiinn");
  CHECK(incidents.at("x", us(9)) == nullptr);
  CHECK(incidents.at("x", us(11)) == nullptr);
  CHECK(incidents.at("x", us(12)) == incidents.faults()[0]);
  CHECK(incidents.label("y", us(9)) == "normal");
}

TEST_CASE("the middle third of an incident is certain, however great its uncertainty") {
  CHECK(letters(Incidents({uncertain(10, 19, "f", 4)}), 5, 24) == "niiiiiiifffiiiiiiin");
  CHECK(letters(Incidents({uncertain(10, 19, "f", 5)}), 4, 25) == "niiiiiiiifffiiiiiiiin");
  CHECK(letters(Incidents({uncertain(10, 19, "f", 1000)}), 8, 21) == "iiiiifffiiiii");
}

TEST_CASE("of a short incident a slot stays certain, or all of it when it is no longer than one") {
  const std::vector<Incident> rows{uncertain(10, 16, "f", 60)};
  CHECK(letters(Incidents(rows, std::chrono::seconds(4)), 9, 17) == "iiffffii");
  CHECK(letters(Incidents(rows, std::chrono::seconds(6)), 9, 17) == "iffffffi");
  CHECK(letters(Incidents(rows, std::chrono::seconds(60)), 9, 17) == "iffffffi");
}

TEST_CASE("an uncertain edge gives way to a certain fault and takes from normal rows") {
  const Incidents incidents({uncertain(0, 40, "normal", 0), uncertain(10, 20, "f", 2),
                             uncertain(20, 30, "g", 0), uncertain(38, 39, "ignore", 2)});
  CHECK(letters(incidents, 6, 22) == "nniiiiffffffiigg");
  CHECK(letters(incidents, 28, 43) == "ggnnnnnniiiiiii");
}

TEST_CASE("a normal row is normal only where that is certain") {
  CHECK(letters(Incidents({uncertain(10, 20, "normal", 2)}), 7, 23) == "iiiiinnnnnniiiii");
  CHECK(letters(Incidents({uncertain(10, 20, "normal", 5)}), 7, 23) == std::string(16, 'i'));
  CHECK(letters(Incidents({uncertain(10, 20, "normal", 2), uncertain(0, 30, "normal", 0)}), 7,
                23) == std::string(16, 'n'));
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

TEST_CASE("a false alarm is normal where it was, and says nothing of the rest") {
  const TempFile file("element,start,end,fault_type\nx,10,20,false_alarm\nx,15,30,loss\n");
  const Incidents incidents = Incidents::read({file.path()});
  CHECK_FALSE(incidents.has_normal_rows());
  CHECK(incidents.label("x", us(10)) == kNormal);
  CHECK(incidents.label("x", us(16)) == "loss");  // a fault goes before
  CHECK(incidents.label("x", us(40)) == kNormal);
  CHECK(incidents.at("x", us(10)) != nullptr);
  CHECK(incidents.at("x", us(40)) == nullptr);
  CHECK(incidents.faults().size() == 1);
}

}  // namespace incidents_test
}  // namespace faultprint::ingest
