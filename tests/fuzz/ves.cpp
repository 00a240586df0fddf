#include "tests/fuzz/decoding.h"
#include "tests/fuzz/targets.h"

namespace faultprint::fuzz {

void fuzz_ves(std::string_view input) {
  static Decodings decodings(
      {"format: ves",
       "format: ves, record: {element: \"{reportingEntityName}/{sourceName}/{cellId}\", "
       "kpi: \"{measurement}.{field}\", time_unit: us}"},
      "{name: requestRate}, {name: cpuUsageArray.cpu1.percentUsage, kind: counter}, "
      "{name: additionalFields.mode, kind: state, buckets: 64}, {name: m.requestRate}, "
      "{name: sum, from: \"additionalMeasurements.*\"}",
      R"({"event":{"commonEventHeader":{"domain":"measurement","eventName":"m","sourceName":"d",)"
      R"("startEpochMicrosec":1498754100000000,"lastEpochMicrosec":1498755000000000},)"
      R"("measurementFields":{"measurementInterval":900,"requestRate":12,)"
      R"("cpuUsageArray":[{"cpuIdentifier":"cpu1","percentUsage":42.5}]}}})");
  static Observing observing("format: ves");
  decodings.check(input);
  observing.check(input);
}

}  // namespace faultprint::fuzz
