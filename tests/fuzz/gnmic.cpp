#include "tests/fuzz/decoding.h"
#include "tests/fuzz/targets.h"

namespace faultprint::fuzz {

void fuzz_gnmic(std::string_view input) {
  static Decodings decodings(
      {"format: gnmic",
       "format: gnmic, record: {element: \"{source}/{interface_name}\", "
       "kpi: \"{measurement}:{field}\"}"},
      "{name: /i/in}, {name: /i/out, kind: counter}, {name: \"cpu:/load\"}, "
      "{name: /i/state, kind: state, buckets: 64}, {name: sum, from: \"/x/*\"}",
      R"([{"name":"cpu","timestamp":1498754410123456789,"tags":{"source":"a"},)"
      R"("values":{"/i/in":"5","/i/out":2,"/i/state":"UP","/x/1":1}}])");
  static Observing observing("format: gnmic");
  decodings.check(input);
  observing.check(input);
}

}  // namespace faultprint::fuzz
