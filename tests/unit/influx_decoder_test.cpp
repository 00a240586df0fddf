// InfluxDB line protocol, as Telegraf and InfluxDB's clients write it.
#include <doctest/doctest.h>

#include "decoding.h"

namespace faultprint::ingest {
namespace influx_decoder_test {

using test::Decoding;
using Lines = std::vector<std::string>;

const std::vector<std::string> kKpis = {"interface.in", "interface.out", "interface.up"};

TEST_CASE("lines that must be decoded") {
  Decoding decoding("influx", kKpis);
  const std::vector<std::pair<std::string, std::string>> table = {
      {"interface,host=leaf1 in=5.5,out=3i 1498754414000000000",
       "leaf1 2017-06-29T16:40:14Z interface.in=5.5 interface.out=3"},
      {"interface,agent=10.0.0.1,host=leaf1,name=eth0 in=1e3,out=-2.5E-1,up=true "
       "1498754414123456789\n",
       "leaf1 2017-06-29T16:40:14.123456Z interface.in=1000 interface.out=-0.25 interface.up=1"},
      {"interface,host=leaf1 in=18446744073709551615u,other=\"a, b=c \\\"x\\\" \\\\\",up=F "
       "1498754414",
       "leaf1 2017-06-29T16:40:14Z interface.in=1.84467440737096e+19 interface.up=0"},
      {"interface,host=leaf\\ 1\\,\\=x\\y in=1 1498754414000",
       "leaf 1,=x\\y 2017-06-29T16:40:14Z "
       "interface.in=1"},
      {"interface,ho\\=st=x,host=b=c in=1 1498754414", "b=c 2017-06-29T16:40:14Z interface.in=1"},
      {"interface,host=Z\xC3\xBCrich in=1 1498754414",
       "Z\xC3\xBCrich 2017-06-29T16:40:14Z interface.in=1"},
      {"  interface,host=leaf1   in=1   1498754414  \r\n",
       "leaf1 2017-06-29T16:40:14Z interface.in=1"},
      {"interface,host=leaf1 in=1,text=\"two\nlines\" 1498754414",
       "leaf1 2017-06-29T16:40:14Z interface.in=1"},
      {"interface,host=leaf1 in=.5,out=1. 1498754414",
       "leaf1 2017-06-29T16:40:14Z interface.in=0.5 interface.out=1"},
      {"# a comment\n\ninterface,host=leaf1 in=1 1498754414",
       "leaf1 2017-06-29T16:40:14Z interface.in=1"},
  };
  for (const auto& [record, expected] : table) {
    CAPTURE(record);
    CHECK(decoding.line_of(record) == expected);
  }
}

TEST_CASE("each line is a sample or a reason of its own") {
  Decoding decoding("influx", kKpis);
  CHECK(decoding.lines("interface,host=a in=1 10\n"
                       "cpu,host=a usage_idle=99 10\n"
                       "interface,host=b in= 10\n"
                       "interface,host=b in=2 20\n"
                       "# end\n") == Lines{"a 1970-01-01T00:00:10Z interface.in=1", "!other_kpis",
                                           "!malformed", "b 1970-01-01T00:00:20Z interface.in=2"});
}

TEST_CASE("a quote that is not closed takes no further line with it") {
  Decoding decoding("influx", kKpis);
  CHECK(decoding.lines("interface,host=a x=\"open,in=1 10\n"
                       "interface,host=b in=2,x=\"t\\\\\" 10\n"
                       "interface,host=c in=3 10\n") ==
        Lines{"!malformed", "b 1970-01-01T00:00:10Z interface.in=2",
              "c 1970-01-01T00:00:10Z interface.in=3"});
}

TEST_CASE("a line without a time has that of its Kafka record") {
  Decoding decoding("influx", kKpis);
  CHECK(decoding.line_of("interface,host=a in=1", "", 1498754414000000) ==
        "a 2017-06-29T16:40:14Z interface.in=1");
  CHECK(decoding.line_of("interface,host=a in=1 10", "", 1498754414000000) ==
        "a 1970-01-01T00:00:10Z interface.in=1");
  CHECK(decoding.line_of("interface,host=a in=1") == "!no_time");
  CHECK(decoding.line_of("interface,host=a in=1 -5", "", 1498754414000000) == "!bad_time");
}

TEST_CASE("element and KPI are named as their templates say") {
  Decoding decoding(
      "influx, record: {element: \"{host}/{name}\", kpi: \"{field}_{dir}\", time_unit: s}",
      {"octets_in", "octets_out"});
  CHECK(decoding.lines("net,host=a,name=eth0,dir=in octets=1 10\n"
                       "net,host=a,name=eth0,dir=out octets=2 10\n"
                       "net,host=a,name=eth0 octets=3 10\n"
                       "net,host=a,dir=out octets=3 10\n") ==
        Lines{"a/eth0 1970-01-01T00:00:10Z octets_in=1", "a/eth0 1970-01-01T00:00:10Z octets_out=2",
              "!other_kpis", "!no_element"});
  Decoding by_key("influx, record: {element: \"{key}\", kpi: \"{measurement}\"}", {"load"});
  CHECK(by_key.line_of("load value=3 10", "r7") == "r7 1970-01-01T00:00:10Z load=3");
  CHECK(by_key.line_of("load value=3 10") == "!no_element");
}

TEST_CASE("a name of over 1024 bytes is none that is configured, and none of a pattern") {
  Decoding decoding("influx", {"plain"}, "{name: sum, from: \"m*\"}");
  const std::string most(1022, 'm');  // and ".a"
  CHECK(decoding.line_of(most + ",host=h a=1 10") == "h 1970-01-01T00:00:10Z m*=1");
  CHECK(decoding.line_of("m" + most + ",host=h a=1 10") == "!other_kpis");
}

TEST_CASE("of a label that stands twice the last counts, however many others there are") {
  Decoding decoding("influx, record: {element: \"{host}\", kpi: \"{field}{dir}\"}", {"ain"});
  std::string others;
  for (int i = 0; i < 9000; ++i) others += ",t=1";
  CHECK(decoding.line_of("m,host=x,dir=in" + others + ",host=y a=1 10") ==
        "y 1970-01-01T00:00:10Z ain=1");
}

TEST_CASE("a key or header that makes a name too long says so") {
  Decoding decoding("influx, record: {element: \"{key}\"}", {"m.a"});
  CHECK(decoding.line_of("m a=1 10", std::string(300000, 'x')) == "!element_too_long");
  std::string umlauts;
  while (umlauts.size() < 3000) umlauts += "\xC3\xBC";
  CHECK(decoding.line_of("m a=1 10", "x" + umlauts) == "!element_too_long");
}

TEST_CASE("lines that must not be decoded, and why") {
  Decoding decoding("influx", kKpis);
  const std::vector<std::pair<std::string, std::string>> table = {
      {"", "!empty"},
      {std::string(100001, ' '), "!too_large"},
      {"\n  \n", "!no_kpis"},
      {"# only a comment", "!no_kpis"},
      {"interface,host=\xFF in=1 10", "!not_utf8"},
      {"interface", "!malformed"},
      {"interface,host=a", "!malformed"},
      {"interface,host=a ", "!malformed"},
      {"interface,host=a 10", "!malformed"},
      {"interface,host= in=1 10", "!malformed"},
      {"interface,=a in=1 10", "!malformed"},
      {"interface,host in=1 10", "!malformed"},
      {",host=a in=1 10", "!malformed"},
      {"interface,host=a in 10", "!malformed"},
      {"interface,host=a =1 10", "!malformed"},
      {"interface,host=a in=1, 10", "!malformed"},
      {"interface,host=a in=1 out=2 10", "!malformed"},
      {"interface,host=a in=abc 10", "!malformed"},
      {"interface,host=a in=1.5i 10", "!malformed"},
      {"interface,host=a in=i 10", "!malformed"},
      {"interface,host=a in=0x10 10", "!malformed"},
      {"interface,host=a in=1 10x", "!malformed"},
      {"interface,host=a in=1 10 20", "!malformed"},
      {"interface,host=a in=1 1.5", "!malformed"},
      {"interface,host=a in=\"open 10", "!malformed"},
      {"interface,host=a in=\"closed\"x 10", "!malformed"},
      {R"({"element":"a","time":10,"kpis":{"in":1}})", "!malformed"},
      {"interface,host=a in=NaN 10", "!bad_value"},
      {"interface,host=a in=-Inf 10", "!bad_value"},
      {"interface,host=a in=1e999 10", "!bad_value"},
      {"interface,host=a in=\"5\" 10", "!bad_value"},
      {"interface in=1 10", "!no_element"},
      {"interface,host=" + std::string(257, 'x') + " in=1 10", "!element_too_long"},
      {"interface,host=a in=1 99999999999999999999", "!bad_time"},
  };
  for (const auto& [record, expected] : table) {
    CAPTURE(record.substr(0, 100));
    CHECK(decoding.line_of(record) == expected);
    CHECK(decoding.line_of("interface,host=a in=1 10") == "a 1970-01-01T00:00:10Z interface.in=1");
  }
}

TEST_CASE("a state may be text, a number or a boolean of the line") {
  Decoding decoding("influx", {"i.in"}, "{name: i.s, kind: state}");
  CHECK(decoding.line_of("i,host=a s=\"link \\\"up\\\"\" 10") ==
        "a 1970-01-01T00:00:10Z i.s=link \"up\"");
  CHECK(decoding.line_of("i,host=a s=3i 10") == "a 1970-01-01T00:00:10Z i.s=3");
  CHECK(decoding.line_of("i,host=a s=t 10") == "a 1970-01-01T00:00:10Z i.s=true");
}

TEST_CASE("damaged lines never crash") {
  Decoding decoding("influx", kKpis);
  CHECK(survives_damage(decoding,
                        "interface,host=l\\ 1,n=e in=1.5,out=3i,up=t,x=\"a\\\"b\" 1498754414\n"
                        "interface,host=b in=2 1498754415\n",
                        ",= \\\"\n\r#0123456789.eE+-itu\x01\xC3\xFF"));
}

}  // namespace influx_decoder_test
}  // namespace faultprint::ingest
