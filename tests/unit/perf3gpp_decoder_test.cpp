// VES perf3gpp events, after those of O-RAN simulators and nodes.
#include <doctest/doctest.h>

#include "decoding.h"

namespace faultprint::ingest {
namespace perf3gpp_decoder_test {

using test::Decoding;
using Lines = std::vector<std::string>;

const std::vector<std::string> kKpis = {"RRC.ConnEstabAtt.Sum", "RRC.ConnEstabSucc.Sum",
                                        "RRU.PrbTotDl"};

// Milliseconds, as many producers write them.
const std::string kTimes =
    R"("startEpochMicrosec":1498754100000,"lastEpochMicrosec":1498755000000)";

std::string event(const std::string& infos, const std::string& granularity = "900",
                  const std::string& times = kTimes) {
  return R"({"event":{"commonEventHeader":{"domain":"perf3gpp","eventId":"7",)"
         R"("eventName":"perf3gpp_gnb_pmMeasResult","sequence":0,"priority":"Normal",)"
         R"("sourceName":"gnb-12","reportingEntityName":"","version":"4.0",)" +
         times +
         R"(},"perf3gppFields":{"perf3gppFieldsVersion":"1.0","measDataCollection":{)"
         R"("granularityPeriod":)" +
         granularity +
         R"(,"measuredEntityUserName":"north","measuredEntityDn":"ManagedElement=12",)"
         R"("measInfoList":[)" +
         infos + "]}}}}";
}

std::string info(const std::string& values,
                 const std::string& types =
                     R"({"sMeasTypesList":["RRC.ConnEstabAtt.Sum","RRC.ConnEstabSucc.Sum",)"
                     R"("X.Other","RRU.PrbTotDl"]})") {
  return R"({"measInfoId":{"sMeasInfoId":"RRC"},"measTypes":)" + types + R"(,"measValuesList":[)" +
         values + "]}";
}

std::string object(const std::string& results, const std::string& suspect = R"("false")",
                   const std::string& id = "NRCellDU=1") {
  return R"({"measObjInstId":")" + id + R"(","suspectFlag":)" + suspect + R"(,"measResults":[)" +
         results + "]}";
}

const std::string kAt = "gnb-12/NRCellDU=1 2017-06-29T16:35:00Z";

TEST_CASE("results are named by p, from 1, whatever is left out") {
  Decoding decoding("perf3gpp", kKpis);
  const std::vector<std::pair<std::string, std::string>> table = {
      {R"({"p":1,"sValue":"100"},{"p":2,"sValue":"98"},{"p":4,"sValue":"0.25"})",
       " RRC.ConnEstabAtt.Sum=100 RRC.ConnEstabSucc.Sum=98 RRU.PrbTotDl=0.25"},
      {R"({"p":4,"rValue":0.5},{"p":3,"sValue":"9"},{"p":1,"iValue":7})",
       " RRC.ConnEstabAtt.Sum=7 RRU.PrbTotDl=0.5"},
      {R"({"p":"2","sValue":"-1e2"})", " RRC.ConnEstabSucc.Sum=-100"},
      {R"({"p":1,"isNull":"true"},{"p":2,"iValue":3,"isNull":"false"})",
       " RRC.ConnEstabSucc.Sum=3"},
      {R"({"p":1,"sValue":""},{"p":2,"sValue":"null"},{"p":4,"sValue":"1"})", " RRU.PrbTotDl=1"},
      {R"({"p":3,"sValue":"1,2,3"},{"p":4,"sValue":"1"})", " RRU.PrbTotDl=1"},
  };
  for (const auto& [results, expected] : table) {
    CAPTURE(results);
    CHECK(decoding.line_of(event(info(object(results)))) == kAt + expected);
  }
}

TEST_CASE("names may be numbers, and lists may stand without what is around them") {
  Decoding decoding("perf3gpp", {"17"});
  CHECK(decoding.line_of(event(info(object(R"({"p":2,"sValue":"5"})"),
                                    R"({"iMeasTypesList":[16,17]})"))) == kAt + " 17=5");
  CHECK(decoding.line_of(event(info(object(R"({"p":2,"sValue":"5"})"), R"(["16","17"])"))) ==
        kAt + " 17=5");
}

TEST_CASE("each measured object is a sample or a reason, whatever event and group it is in") {
  Decoding decoding("perf3gpp", kKpis);
  const std::string one = R"({"p":1,"sValue":"1"})";
  const std::string record = event(
      info(object(one) + "," + object(one, R"("true")", "NRCellDU=2") + "," +
           object(R"({"p":3,"sValue":"1"})")) +
      "," + info(object(R"({"p":1,"sValue":"5"})"), R"({"sMeasTypesList":["RRU.PrbTotDl"]})"));
  const Lines expected{kAt + " RRC.ConnEstabAtt.Sum=1", "!suspect", "!other_kpis",
                       kAt + " RRU.PrbTotDl=5"};
  CHECK(decoding.lines(record) == expected);
  Lines twice = expected;
  twice.insert(twice.end(), expected.begin(), expected.end());
  CHECK(decoding.lines("[" + record + "," + record + "]") == twice);
}

TEST_CASE("many objects of many names do not take the square of the record's length") {
  Decoding decoding("perf3gpp", kKpis);
  std::string types = R"("RRC.ConnEstabAtt.Sum")";
  std::string objects;
  for (int i = 0; i < 15000; ++i) {
    types += R"(,"")";
    objects += "{},";
  }
  const std::string last = object(R"({"p":1,"sValue":"1"})");
  CHECK(decoding.last_line_in_a_second(event(info(objects + last, "[" + types + "]"))) ==
        kAt + " RRC.ConnEstabAtt.Sum=1");
}

TEST_CASE("objects of several events and groups have labels, names and time of their own") {
  Decoding decoding(
      "perf3gpp, record: {element: \"{measuredEntityDn}\", kpi: "
      "\"{measurement}/{field}\"}",
      {"RRC/a", "RRC/b"});
  const std::string one = object(R"({"p":1,"sValue":"1"})");
  const std::string first = info(one + "," + one, R"(["a"])");
  const std::string second = info(one, R"(["b"])");
  const std::string bare = R"({"measTypes":["b"],"measValuesList":[)" + one + "]}";
  const std::string later =
      event(first + "," + bare, "900", R"("startEpochMicrosec":1498755000000)");
  const std::string at = "ManagedElement=12 2017-06-29T16:35:00Z ";
  const std::string then = "ManagedElement=12 2017-06-29T16:50:00Z ";
  CHECK(decoding.lines("[" + event(first + "," + second) + "," + later + "]") ==
        Lines{at + "RRC/a=1", at + "RRC/a=1", at + "RRC/b=1", then + "RRC/a=1", then + "RRC/a=1",
              "!other_kpis"});
}

TEST_CASE("an object that is suspect is not used, however the flag is written") {
  Decoding decoding("perf3gpp", kKpis);
  const auto with = [&](const std::string& flag) {
    return decoding.line_of(event(info(object(R"({"p":1,"sValue":"1"})", flag))));
  };
  CHECK(with(R"("true")") == "!suspect");
  CHECK(with(R"("TRUE")") == "!suspect");
  CHECK(with("true") == "!suspect");
  CHECK(with("false") == kAt + " RRC.ConnEstabAtt.Sum=1");
  CHECK(with(R"("")") == kAt + " RRC.ConnEstabAtt.Sum=1");
}

TEST_CASE("bins of a histogram are KPIs by their place") {
  Decoding decoding("perf3gpp", {"DRB.Delay[2]", "DRB.Delay[3]"});
  const std::string types = R"({"sMeasTypesList":["DRB.Delay"]})";
  CHECK(decoding.line_of(event(info(object(R"({"p":1,"sValue":"4,5.5,6"})"), types))) ==
        kAt + " DRB.Delay[2]=5.5 DRB.Delay[3]=6");
  CHECK(decoding.line_of(event(info(object(R"({"p":1,"sValue":"4,,6"})"), types))) ==
        kAt + " DRB.Delay[3]=6");
  Decoding whole("perf3gpp", {"DRB.Delay"});
  CHECK(whole.line_of(event(info(object(R"({"p":1,"sValue":"4,5"})"), types))) == "!bad_value");
}

TEST_CASE("the period's begin is its time, whatever the granularity says") {
  Decoding decoding("perf3gpp", kKpis);
  const std::string infos = info(object(R"({"p":1,"sValue":"1"})"));
  const std::string good = kAt + " RRC.ConnEstabAtt.Sum=1";
  for (const char* granularity : {"900", R"("900")", "1498755000000", "16262192000", "0", "null"}) {
    CAPTURE(granularity);
    CHECK(decoding.line_of(event(infos, granularity)) == good);
  }
  CHECK(decoding.line_of(event(infos, "900", R"("lastEpochMicrosec":1498755000000000)")) == good);
}

TEST_CASE("element and KPI are named by labels of event, group and object") {
  Decoding decoding(
      "perf3gpp, record: {element: \"{measuredEntityDn},{measObjInstId}\", "
      "kpi: \"{measurement}/{field}\"}",
      {"RRC/RRU.PrbTotDl"});
  CHECK(decoding.line_of(event(info(object(R"({"p":4,"sValue":"1"})")))) ==
        "ManagedElement=12,NRCellDU=1 2017-06-29T16:35:00Z RRC/RRU.PrbTotDl=1");
}

TEST_CASE("events of perf3gpp that must not be decoded, and why") {
  Decoding decoding("perf3gpp", kKpis);
  const std::string one = R"({"p":1,"sValue":"1"})";
  const std::string good = event(info(object(one)));
  const std::vector<std::pair<std::string, std::string>> table = {
      {"", "!empty"},
      {std::string(100001, ' '), "!too_large"},
      {good.substr(0, good.size() - 1), "!not_json"},
      {event(info(object(R"({"p":1,"rValue":NaN})"))), "!not_json"},
      {event(info(object(R"({"p":1,"sValue":"\z"})"))), "!not_json"},
      {event(std::string(90000, '[')), "!not_json"},
      {event(info(object("{\"p\":1,\"sValue\":\"\xE9\"}"))), "!not_utf8"},
      {"{}", "!no_kpis"},
      {"7", "!no_kpis"},
      {event(""), "!no_kpis"},
      {event("5"), "!no_kpis"},
      {event(R"({"measValuesList":{}})"), "!no_kpis"},
      {event(info("")), "!no_kpis"},
      {event(info("5")), "!no_kpis"},
      {event(info(object(""))), "!no_kpis"},
      {R"({"event":{"commonEventHeader":{"domain":"heartbeat","sourceName":"a"}}})", "!other_kpis"},
      {event(info(object(R"({"p":3,"sValue":"1"})"))), "!other_kpis"},
      {event(info(object(one, R"("false")", ""))), "!no_element"},
      {event(info(object(one, R"("false")", std::string(250, 'x')))), "!element_too_long"},
      {event(info(object(one)), "900", R"("x":1)"), "!no_time"},
      {event(info(object(one)), "900", R"("lastEpochMicrosec":"x")"), "!bad_time"},
      {event(info(object(one)), "900", R"("lastEpochMicrosec":-5)"), "!bad_time"},
      {event(info(object(R"({"p":1,"sValue":"many"})"))), "!bad_value"},
      {event(info(object(R"({"p":1,"sValue":"inf"})"))), "!bad_value"},
      {event(info(object(R"({"p":1,"sValue":{}})"))), "!bad_value"},
      {event(info(object(R"({"p":1})"))), "!no_kpis"},
      {event(info(object(one + R"(,{"p":4})"))), "!bad_value"},
      // Places that cannot be: another way of counting, so no name is right.
      {event(info(object(one + R"(,{"p":0,"sValue":"1"})"))), "!bad_value"},
      {event(info(object(one + R"(,{"p":5,"sValue":"1"})"))), "!bad_value"},
      {event(info(object(one + R"(,{"p":-1,"sValue":"1"})"))), "!bad_value"},
      {event(info(object(one + R"(,{"p":1.5,"sValue":"1"})"))), "!bad_value"},
      {event(info(object(one + R"(,{"sValue":"1"})"))), "!bad_value"},
      {event(info(object(one + ",7"))), "!bad_value"},
      {event(info(object(one), "{}")), "!no_kpis"},
  };
  for (const auto& [record, expected] : table) {
    CAPTURE(record.substr(0, 700));
    CHECK(decoding.line_of(record) == expected);
    CHECK(decoding.line_of(good) == kAt + " RRC.ConnEstabAtt.Sum=1");
  }
}

TEST_CASE("damaged events of perf3gpp never crash") {
  Decoding decoding("perf3gpp", kKpis);
  CHECK(survives_damage(decoding,
                        event(info(object(R"({"p":1,"sValue":"1"},{"p":4,"sValue":"2,3"})") + "," +
                                   object(R"({"p":2,"isNull":"true"})", R"("true")"))),
                        "{}[]\",:\\0123456789.eE+-tfnu \x01\xC3\xFF", 5000));
}

}  // namespace perf3gpp_decoder_test
}  // namespace faultprint::ingest
