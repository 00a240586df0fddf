#include "tests/fuzz/decoding.h"
#include "tests/fuzz/targets.h"

namespace faultprint::fuzz {

void fuzz_perf3gpp(std::string_view input) {
  static Decodings decodings(
      {"format: perf3gpp",
       "format: perf3gpp, record: {element: \"{measuredEntityDn},{measObjInstId}\", "
       "kpi: \"{measurement}/{field}\"}"},
      "{name: Att}, {name: \"Size[2]\", kind: counter}, {name: RRC/Att}, "
      "{name: mode, kind: state, buckets: 64}, {name: sum, from: \"Delay[*]\"}",
      R"({"event":{"commonEventHeader":{"domain":"perf3gpp","sourceName":"g",)"
      R"("startEpochMicrosec":1498754100000,"lastEpochMicrosec":1498755000000},)"
      R"("perf3gppFields":{"measDataCollection":{"granularityPeriod":900,"measInfoList":[)"
      R"({"measInfoId":{"sMeasInfoId":"RRC"},"measTypes":{"sMeasTypesList":["Att","Delay"]},)"
      R"("measValuesList":[{"measObjInstId":"c1","suspectFlag":"false","measResults":[)"
      R"({"p":1,"sValue":"7"},{"p":2,"sValue":"1,2,3"}]}]}]}}}})");
  static Observing observing("format: perf3gpp");
  decodings.check(input);
  observing.check(input);
}

}  // namespace faultprint::fuzz
