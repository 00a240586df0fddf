// CPU time of decoding alone, a record of 12 KPIs in each format.
#include <algorithm>
#include <cstdlib>
#include <map>

#include "bench/synthetic.h"
#include "ingest/decoder.h"

namespace {

using namespace faultprint;
using namespace faultprint::bench;

constexpr int kRecords = 4096;
constexpr int kRounds = 15;
constexpr int kRepeats = 25;

struct Feed {
  std::string format;
  std::string record_section;  // stream.record of it, where it is not the default
  std::string (*record)(int element, std::mt19937_64& random);
};

std::string value(std::mt19937_64& random) {
  return std::to_string(95 + static_cast<double>(random() % 10000) * 0.001);
}

std::string name(int k) { return "kpi_" + std::to_string(100 + k); }

// "<before>kpi_100<between>95.1<after>", .. with commas.
std::string values(const char* before, const char* between, const char* after,
                   std::mt19937_64& random) {
  std::string text;
  for (int k = 0; k < kKpis; ++k)
    text += (k > 0 ? "," : "") + std::string(before) + name(k) + between + value(random) + after;
  return text;
}

std::string json(int e, std::mt19937_64& random) { return record(e, 1700000000L, random); }

std::string json_value(int e, std::mt19937_64& random) {
  return R"({"element":")" + element_name(e) + R"(","time":1700000000,"kpi":")" + name(e % kKpis) +
         R"(","value":)" + value(random) + "}";
}

std::string influx(int e, std::mt19937_64& random) {
  return "cell,host=" + element_name(e) + " " + values("", "=", "", random) +
         " 1700000000000000000";
}

std::string telegraf(int e, std::mt19937_64& random) {
  return R"({"fields":{)" + values("\"", "\":", "", random) +
         R"(},"name":"cell","tags":{"host":")" + element_name(e) + R"("},"timestamp":1700000000})";
}

std::string gnmic(int e, std::mt19937_64& random) {
  return R"([{"name":"sub","timestamp":1700000000000000000,"tags":{"source":")" + element_name(e) +
         R"("},"values":{)" + values("\"", "\":\"", "\"", random) + "}}]";
}

std::string csv(int e, std::mt19937_64& random) {
  std::string row = "1700000000," + element_name(e);
  for (int k = 0; k < kKpis; ++k) row += "," + value(random);
  return row;
}

std::string ves(int e, std::mt19937_64& random) {
  return R"({"event":{"commonEventHeader":{"domain":"measurement","sourceName":")" +
         element_name(e) +
         R"(","startEpochMicrosec":1700000000000000,"lastEpochMicrosec":1700000060000000},)"
         R"("measurementFields":{"measurementInterval":60,"additionalFields":{)" +
         values("\"", "\":\"", "\"", random) + "}}}}";
}

std::string perf3gpp(int e, std::mt19937_64& random) {
  std::string types;
  std::string results;
  for (int k = 0; k < kKpis; ++k) {
    types += (k > 0 ? ",\"" : "\"") + name(k) + "\"";
    results += (k > 0 ? "," : "") + (R"({"p":)" + std::to_string(k + 1)) + R"(,"sValue":")" +
               value(random) + "\"}";
  }
  return R"({"event":{"commonEventHeader":{"domain":"perf3gpp","sourceName":")" + element_name(e) +
         R"(","lastEpochMicrosec":1700000060000},"perf3gppFields":{"measDataCollection":{)"
         R"("granularityPeriod":60,"measInfoList":[{"measTypes":{"sMeasTypesList":[)" +
         types +
         R"(]},"measValuesList":[{"measObjInstId":"1","suspectFlag":"false","measResults":[)" +
         results + "]}]}]}}}}";
}

const std::vector<Feed> kFeeds{
    {"json", "", json},
    {"json_value", "", json_value},
    {"influx", "record: {kpi: \"{field}\"}", influx},
    {"telegraf", "record: {kpi: \"{field}\"}", telegraf},
    {"gnmic", "", gnmic},
    {"csv",
     "record: {columns: [time, element, kpi_100, kpi_101, kpi_102, kpi_103, kpi_104, kpi_105, "
     "kpi_106, kpi_107, kpi_108, kpi_109, kpi_110, kpi_111]}",
     csv},
    {"ves", "record: {kpi: \"{field}\"}", ves},
    {"perf3gpp", "", perf3gpp}};

std::unique_ptr<ingest::Decoder> make(const Feed& feed) {
  std::string kpis;
  const std::string path = feed.format == "ves" ? "additionalFields." : "";
  for (int k = 0; k < kKpis; ++k) kpis += "{name: " + path + name(k) + "}, ";
  const config::Config config = config::parse(
      "stream: {period: 60s, window: 30, kpis: [" + kpis + "], format: " + feed.format +
          (feed.record_section.empty() ? "" : ", ") + feed.record_section + "}",
      "bench");
  return ingest::make_decoder({config.group().stream, config.input_spec()});
}

}  // namespace

int main() {
  for (const Feed& feed : kFeeds) {
    const auto decoder = make(feed);
    std::mt19937_64 random(7);
    std::vector<std::string> records;
    for (int i = 0; i < kRecords; ++i) records.push_back(feed.record(i, random));
    ingest::KpiSample sample;
    ingest::RejectReason reason = ingest::RejectReason::none;
    std::vector<double> times;
    for (int round = 0; round < kRounds; ++round) {
      const double before = thread_cpu_seconds();
      for (int i = 0; i < kRepeats; ++i)
        for (const std::string& text : records)
          for (decoder->begin({text}); decoder->next(sample, reason);)
            if (reason != ingest::RejectReason::none) {
              std::fprintf(stderr, "%s: %s\n", text.c_str(), name(reason));
              return 1;
            }
      times.push_back((thread_cpu_seconds() - before) / kRepeats / kRecords * 1e9);
    }
    std::sort(times.begin(), times.end());
    std::printf("%-10s %5zu bytes %7.0f ns a record, median of %d; least %.0f\n",
                feed.format.c_str(), records[0].size(), times[kRounds / 2], kRounds, times[0]);
  }
  return 0;
}
