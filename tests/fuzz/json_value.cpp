#include "tests/fuzz/decoding.h"
#include "tests/fuzz/targets.h"

namespace faultprint::fuzz {

void fuzz_json_value(std::string_view input) {
  static Decodings decodings(
      {"format: json_value",
       "format: json_value, json: {element: \"{key}\", time: /t, kpi: /m/name, value: /v/0, "
       "time_unit: ms}"},
      "{name: a}, {name: b, kind: counter}, {name: s, kind: state, buckets: 64}, "
      "{name: t, kind: text, tokens: characters, length: 3}",
      R"([{"element":"r1","time":10,"kpi":"a","value":1.5}])");
  decodings.check(input);
}

}  // namespace faultprint::fuzz
