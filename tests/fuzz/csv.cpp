#include "tests/fuzz/decoding.h"
#include "tests/fuzz/targets.h"

namespace faultprint::fuzz {

void fuzz_csv(std::string_view input) {
  static Decodings decodings(
      {"format: csv",
       "format: csv, record: {columns: [ts, site, cell, in, spare, out, state], time: ts, "
       "element: \"{site}/{cell}\"}",
       "format: csv, record: {separator: tab, element: \"{key}\", time_unit: ms}"},
      "{name: in}, {name: out, kind: counter}, {name: state, kind: state, buckets: 64}, "
      "{name: text, kind: text, tokens: words, length: 3}, {name: sum, from: \"x*\"}",
      "time,element,in,text,state,x1,x2\n1498754414,a,1.5,b c,UP,1,2\n");
  static Observing observing("format: csv");
  decodings.check(input);
  observing.check(input);
}

}  // namespace faultprint::fuzz
