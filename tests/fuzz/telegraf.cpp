#include "tests/fuzz/decoding.h"
#include "tests/fuzz/targets.h"

namespace faultprint::fuzz {

void fuzz_telegraf(std::string_view input) {
  static Decodings decodings(
      {"format: telegraf",
       "format: telegraf, record: {element: \"{agent_host}/{key}\", kpi: \"{field}:{agent_host}\", "
       "time_unit: ms}"},
      "{name: i.in}, {name: i.out, kind: counter}, {name: \"in:leaf1\"}, "
      "{name: i.state, kind: state, buckets: 64}, {name: sum, from: \"i.x*\"}",
      R"({"fields":{"in":1,"out":2,"state":"UP","x1":3},"name":"i","tags":{"host":"a"},)"
      R"("timestamp":1498754410})");
  static Observing observing("format: telegraf");
  decodings.check(input);
  observing.check(input);
}

}  // namespace faultprint::fuzz
