// Rows of CSV on Kafka.
#include <doctest/doctest.h>

#include "decoding.h"

namespace faultprint::ingest {
namespace csv_decoder_test {

using test::Decoding;
using Lines = std::vector<std::string>;

const char* const kColumns =
    "csv, record: {columns: [ts, site, cell, in, spare, out], time: ts, element: "
    "\"{site}/{cell}\"}";

TEST_CASE("rows are read by the order of the columns") {
  Decoding decoding(kColumns, {"in", "out"});
  const std::vector<std::pair<std::string, std::string>> table = {
      {"1498754414,north,7,1.5,x,-2e1", "north/7 2017-06-29T16:40:14Z in=1.5 out=-20"},
      {"2017-06-29T16:40:14Z,north,7,1,,\r\n", "north/7 2017-06-29T16:40:14Z in=1"},
      {"\n1498754414000,\"no,\"\"rth\",7,\"1\",\"x\ny\",2\n",
       "no,\"rth/7 2017-06-29T16:40:14Z in=1 out=2"},
      {"\xEF\xBB\xBF"
       "1498754414,north,7,NaN,,+2",
       "north/7 2017-06-29T16:40:14Z out=2"},
      {"1498754414,north,7,null,,NA", "north/7 2017-06-29T16:40:14Z"},
      {"1498754414,Z\xC3\xBCrich,7,1,,2", "Z\xC3\xBCrich/7 2017-06-29T16:40:14Z in=1 out=2"},
  };
  for (const auto& [record, expected] : table) {
    CAPTURE(record);
    CHECK(decoding.line_of(record) == expected);
    CHECK(decoding.sample().unknown_kpis == 1);  // spare
  }
}

TEST_CASE("each row is a sample or a reason of its own") {
  Decoding decoding(kColumns, {"in", "out"});
  CHECK(decoding.lines("10,n,1,1,,2\n10,n,2,1,,x\n10,n\n20,n,1,3,,4\n") ==
        Lines{"n/1 1970-01-01T00:00:10Z in=1 out=2", "!bad_value", "!malformed",
              "n/1 1970-01-01T00:00:20Z in=3 out=4"});
}

TEST_CASE("a quote that is not closed takes no further row with it") {
  Decoding decoding(kColumns, {"in", "out"});
  CHECK(decoding.lines("10,n,1,\"1,,2\n10,\"n\",2,1,,3\n10,n,3,1,,4\n") ==
        Lines{"!malformed", "n/2 1970-01-01T00:00:10Z in=1 out=3",
              "n/3 1970-01-01T00:00:10Z in=1 out=4"});
}

TEST_CASE("rows whose quotes are never closed do not take the square of the record's length") {
  Decoding decoding(kColumns, {"in", "out"});
  std::string record;
  while (record.size() < 99900) record += "x\",\"\n";  // each of them open up to the end
  CHECK(decoding.last_line_in_a_second(record + "10,n,3,1,,4\n") ==
        "n/3 1970-01-01T00:00:10Z in=1 out=4");
  CHECK(decoding.line_of("10,n,3,1,\"two\nlines\",4\n") == "n/3 1970-01-01T00:00:10Z in=1 out=4");
}

TEST_CASE("without columns each record's first row names them, in any order") {
  Decoding decoding("csv", {"in", "out"});
  CHECK(decoding.lines("element,out,time,in\na,1,10,2\nb,3,10,4\n") ==
        Lines{"a 1970-01-01T00:00:10Z in=2 out=1", "b 1970-01-01T00:00:10Z in=4 out=3"});
  CHECK(decoding.lines("time,\"element\",in\n20,a,5") == Lines{"a 1970-01-01T00:00:20Z in=5"});
  CHECK(decoding.line_of("time,element,in") == "!no_kpis");
  CHECK(decoding.line_of("time,element,other\n10,a,1") == "!other_kpis");
  CHECK(decoding.line_of("element,in\na,1") == "!no_time");
  CHECK(decoding.line_of("time,\"element,in\n10,a,1") == "!malformed");
}

TEST_CASE("another separator, a unit of time, and the Kafka key") {
  Decoding semicolon(
      "csv, record: {columns: [time, in], separator: \";\", element: \"{key}\", time_unit: ms}",
      {"in"});
  CHECK(semicolon.line_of("10000;1.5", "r7") == "r7 1970-01-01T00:00:10Z in=1.5");
  CHECK(semicolon.line_of("10000;1,5", "r7") == "!bad_value");
  CHECK(semicolon.line_of("10000;1.5") == "!no_element");
  Decoding tab("csv, record: {separator: tab}", {"in"});
  CHECK(tab.line_of("time\telement\tin\n10\ta b\t1") == "a b 1970-01-01T00:00:10Z in=1");
}

TEST_CASE("rows that must not be decoded, and why") {
  Decoding decoding(kColumns, {"in", "out"});
  const std::vector<std::pair<std::string, std::string>> table = {
      {"", "!empty"},
      {std::string(100001, ','), "!too_large"},
      {"\r\n\n", "!no_kpis"},
      {"10,\xFF,7,1,,2", "!not_utf8"},
      {"10,n,7,1,2", "!malformed"},
      {"10,n,7,1,,2,3", "!malformed"},
      {"10,n,7,\"1,,2", "!malformed"},
      {"10,n,7,\"1\"x,,2", "!malformed"},
      {"ts,site,cell,in,spare,out", "!bad_time"},
      {"soon,n,7,1,,2", "!bad_time"},
      {"-1,n,7,1,,2", "!bad_time"},
      {"1e300,n,7,1,,2", "!bad_time"},
      {",n,7,1,,2", "!no_time"},
      {"10,,7,1,,2", "!no_element"},
      {"10,n," + std::string(257, 'x') + ",1,,2", "!element_too_long"},
      {"10,n,7,one,,2", "!bad_value"},
      {"10,n,7,inf,,2", "!bad_value"},
      {"10,n,7,1e999,,2", "!bad_value"},
      {"10,n,7,0x1F,,2", "!bad_value"},
      {"10,n,7, 1,,2", "!bad_value"},
      {"10,n,7,+-1,,2", "!bad_value"},
  };
  for (const auto& [record, expected] : table) {
    CAPTURE(record.substr(0, 100));
    CHECK(decoding.line_of(record) == expected);
    CHECK(decoding.line_of("10,n,7,1,,2") == "n/7 1970-01-01T00:00:10Z in=1 out=2");
  }
}

TEST_CASE("damaged rows never crash") {
  Decoding decoding("csv", {"in", "out"});
  CHECK(survives_damage(decoding, "time,element,\"in\",out\n10,\"a\"\"b\",1,2\n20,c,3,\n",
                        ",\"\n\r0123456789.eE+- x\xC3\xFF"));
}

}  // namespace csv_decoder_test
}  // namespace faultprint::ingest
