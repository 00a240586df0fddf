// VES 7 measurement events, after those of ONAP's and O-RAN's simulators.
#include <doctest/doctest.h>

#include "decoding.h"

namespace faultprint::ingest {
namespace ves_decoder_test {

using test::Decoding;
using Lines = std::vector<std::string>;

const std::vector<std::string> kKpis = {"requestRate", "cpuUsageArray.cpu1.percentUsage",
                                        "nicPerformanceArray.eth0.receivedOctetsDelta",
                                        "additionalFields.rsrp",
                                        "additionalMeasurements.latency.p50"};

std::string header(const std::string& times, const std::string& domain = "measurement") {
  return R"({"domain":")" + domain +
         R"(","eventId":"m1","eventName":"Measurement_vDU","priority":"Normal",)"
         R"("reportingEntityName":"ems-1","sequence":3,"sourceName":"du-7",)" +
         times + R"("version":"4.1","vesEventListenerVersion":"7.2.1"})";
}

const std::string kTimes =
    R"("startEpochMicrosec":1498754100000000,"lastEpochMicrosec":1498755000000000,)";

std::string event(const std::string& fields, const std::string& times = kTimes) {
  return R"({"event":{"commonEventHeader":)" + header(times) + R"(,"measurementFields":)" + fields +
         "}}";
}

std::string fields(const std::string& more, const std::string& interval = "900") {
  return R"({"measurementFieldsVersion":"4.0","measurementInterval":)" + interval + "," + more +
         "}";
}

const std::string kAt = "du-7 2017-06-29T16:35:00Z";

TEST_CASE("values are KPIs by their path, entries of lists by their identifier") {
  Decoding decoding("ves", kKpis);
  const std::string full =
      fields(R"("requestRate":12,"meanRequestLatency":0.5,)"
             R"("cpuUsageArray":[{"cpuIdentifier":"cpu0","percentUsage":1},)"
             R"({"cpuIdentifier":"cpu1","percentUsage":42.5,"cpuIdle":57.5}],)"
             R"("nicPerformanceArray":[{"nicIdentifier":"eth0","valuesAreSuspect":"false",)"
             R"("receivedOctetsDelta":1e6}],)"
             R"("additionalFields":{"rsrp":"-97.5","cellId":"c3"},)"
             R"("additionalMeasurements":[{"name":"latency","hashMap":{"p50":"8","p99":"20"}}])");
  const std::string values =
      " requestRate=12 cpuUsageArray.cpu1.percentUsage=42.5 "
      "nicPerformanceArray.eth0.receivedOctetsDelta=1000000 additionalFields.rsrp=-97.5 "
      "additionalMeasurements.latency.p50=8";
  CHECK(decoding.line_of(event(full)) == kAt + values);
  Decoding named("ves, record: {element: \"{reportingEntityName}/{sourceName}/{cellId}\"}", kKpis);
  CHECK(named.line_of(event(full)) == "ems-1/du-7/c3 2017-06-29T16:35:00Z" + values);
  Decoding unnamed("ves", {"codecUsageArray.2.numberInUse"});
  CHECK(unnamed.line_of(
            event(fields(R"("codecUsageArray":[{"numberInUse":1},{"numberInUse":2}])"))) ==
        kAt + " codecUsageArray.2.numberInUse=2");
}

TEST_CASE("the period's begin is its time, whatever unit and interval the producer writes") {
  Decoding decoding("ves", kKpis);
  const auto time = [&](const std::string& times, const std::string& interval) {
    return decoding.line_of(event(fields(R"("requestRate":1)", interval), times));
  };
  const std::string start = R"("startEpochMicrosec":1498754100000000,)";
  const std::string last = R"("lastEpochMicrosec":1498755000000000,)";
  const std::string good = kAt + " requestRate=1";
  CHECK(time(start + last, "900") == good);
  CHECK(time(last, "900") == good);
  CHECK(time(start, "900") == good);
  CHECK(time(start + last, R"("900.0")") == good);
  CHECK(time(start + last, "1498755000000") == good);  // an epoch: the header's start counts
  CHECK(time(start + last, "0") == good);
  // Milliseconds, named microseconds; and as text.
  CHECK(time(R"("startEpochMicrosec":1498754100000,"lastEpochMicrosec":1498755000000,)", "900") ==
        good);
  CHECK(time(R"("startEpochMicrosec":"1498754100000","lastEpochMicrosec":"1498755000000",)",
             "900") == good);
  CHECK(time(R"("startEpochMicrosec":"x","lastEpochMicrosec":1498755000000000,)", "900") == good);
  CHECK(time(R"("lastEpochMicrosec":100,)", "900") == "!bad_time");
  CHECK(time(last, "0") == "!no_time");
}

TEST_CASE("a list of events gives a sample or a reason for each") {
  Decoding decoding("ves", kKpis);
  const std::string inner = event(fields(R"("requestRate":1)")).substr(9);  // without {"event":
  const std::string bare = inner.substr(0, inner.size() - 1);
  const std::string fault = R"({"commonEventHeader":)" + header(kTimes, "fault") +
                            R"(,"faultFields":{"alarmCondition":"linkDown"}})";
  const Lines expected{kAt + " requestRate=1", "!other_kpis", "!no_kpis", kAt + " requestRate=1"};
  CHECK(decoding.lines(R"({"eventList":[)" + bare + "," + fault + ",3," + bare + "]}") == expected);
  CHECK(decoding.lines("[" + event(fields(R"("requestRate":1)")) + R"(,{"event":)" + fault +
                       "},3," + bare + "]") == expected);
}

TEST_CASE("entries that are suspect are not used") {
  Decoding decoding("ves", kKpis);
  const auto nic = [](const char* suspect) {
    return std::string(R"("nicPerformanceArray":[{"nicIdentifier":"eth0","valuesAreSuspect":)") +
           suspect + R"(,"receivedOctetsDelta":5}])";
  };
  CHECK(decoding.line_of(event(fields(nic(R"("false")")))) ==
        kAt + " nicPerformanceArray.eth0.receivedOctetsDelta=5");
  CHECK(decoding.line_of(event(fields(nic(R"("true")")))) == "!suspect");
  CHECK(decoding.line_of(event(fields(nic("true") + R"(,"requestRate":1)"))) ==
        kAt + " requestRate=1");
}

TEST_CASE("a state may be one of the fields' texts") {
  Decoding decoding("ves", {"requestRate"}, "{name: additionalFields.mode, kind: state}");
  CHECK(decoding.line_of(event(fields(R"("additionalFields":{"mode":"sleep"})"))) ==
        kAt + " additionalFields.mode=sleep");
}

TEST_CASE("events that must not be decoded, and why") {
  Decoding decoding("ves", kKpis);
  const std::string good = event(fields(R"("requestRate":1)"));
  std::string deep = "1";
  for (int i = 0; i < 100; ++i) deep = R"({"a":[)" + deep + "]}";
  const std::vector<std::pair<std::string, std::string>> table = {
      {"", "!empty"},
      {std::string(100001, ' '), "!too_large"},
      {good.substr(0, good.size() - 1), "!not_json"},
      {event(fields(R"("requestRate":NaN)")), "!not_json"},
      {event(fields(R"("requestRate":1,"x":"\ud800")")), "!not_json"},
      {event(fields(R"("requestRate":)" + std::string(50000, '['))), "!not_json"},
      {event(fields("\"requestRate\":1,\"x\":\"\xFF\"")), "!not_utf8"},
      {"{}", "!no_kpis"},
      {"[]", "!no_kpis"},
      {R"({"event":5})", "!no_kpis"},
      {R"({"eventList":[]})", "!no_kpis"},
      {event("5"), "!no_kpis"},
      {event(fields(R"("x":)" + deep)), "!other_kpis"},
      {R"({"event":{"commonEventHeader":)" + header(kTimes, "heartbeat") + "}}", "!other_kpis"},
      {R"({"event":{"measurementFields":{"requestRate":1}}})", "!no_element"},
      {R"({"event":{"commonEventHeader":5,"measurementFields":{"requestRate":1}}})", "!no_element"},
      {event(fields(R"("requestRate":1)"), ""), "!no_time"},
      {event(fields(R"("requestRate":1)"), R"("startEpochMicrosec":"now",)"), "!bad_time"},
      {event(fields(R"("requestRate":1)"), R"("lastEpochMicrosec":1e300,)"), "!bad_time"},
      {event(fields(R"("requestRate":"fast")")), "!bad_value"},
      {event(fields(R"("requestRate":[1])")), "!other_kpis"},
      {event(fields(R"("additionalFields":{"rsrp":"-inf"})")), "!bad_value"},
      {event(fields(R"("additionalFields":{"rsrp":"1,2"})")), "!bad_value"},
  };
  for (const auto& [record, expected] : table) {
    CAPTURE(record.substr(0, 400));
    CHECK(decoding.line_of(record) == expected);
    CHECK(decoding.line_of(good) == kAt + " requestRate=1");
  }
}

TEST_CASE("damaged events of VES never crash") {
  Decoding decoding("ves", kKpis);
  CHECK(survives_damage(decoding,
                        event(fields(R"("requestRate":1,"cpuUsageArray":[{"cpuIdentifier":"cpu1",)"
                                     R"("percentUsage":2}],"additionalFields":{"rsrp":"-9"})")),
                        "{}[]\",:\\0123456789.eE+-tfnu \x01\xC3\xFF"));
}

}  // namespace ves_decoder_test
}  // namespace faultprint::ingest
