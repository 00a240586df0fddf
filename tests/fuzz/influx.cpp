#include "tests/fuzz/decoding.h"
#include "tests/fuzz/targets.h"

namespace faultprint::fuzz {

void fuzz_influx(std::string_view input) {
  static Decodings decodings(
      {"format: influx",
       "format: influx, record: {element: \"{host}/{name}\", kpi: \"{field}_{dir}\", time_unit: s}",
       "format: influx, record: {element: \"{header.site}{key}\", kpi: \"{measurement}\"}"},
      "{name: i.in}, {name: i.out, kind: counter}, {name: in_x}, {name: i}, "
      "{name: i.state, kind: state, buckets: 64}, {name: sum, from: \"i.x*\"}, "
      "{name: i.text, kind: text, tokens: words, length: 3}",
      "i,host=a in=1,out=2i,state=\"UP\",text=\"b c\",x1=2,x2=3 1498754414000000000\n");
  static Observing observing("format: influx");
  decodings.check(input);
  observing.check(input);
}

}  // namespace faultprint::fuzz
