// stream.format json, and what `probe` makes of any JSON.
#include "ingest/json_flatten.h"
#include "tests/fuzz/decoding.h"
#include "tests/fuzz/targets.h"

namespace faultprint::fuzz {

void fuzz_json(std::string_view input) {
  static Decodings decodings(
      {"format: json", "format: json, json: {element: \"{key}\", kpis: \"\"}",
       "json: {element: /h/id/0, time: \"/h/a~1t\", kpis: /v/1/kpis, time_unit: ms}",
       "json: {element: \"{header.site}\"}"},
      "{name: a}, {name: b, kind: counter}, {name: s, kind: state, buckets: 64}, "
      "{name: t, kind: text, tokens: words, length: 3}, {name: sum, from: \"x.*\"}",
      R"({"element":"x","time":1498754414,"kpis":{"a":1,"s":"UP","t":"a b","x.1":2,"x.2":3}})");
  decodings.check(input);
  ingest::JsonFlattener flattener;
  ingest::FlatJson flat;
  if (!flattener.flatten(input, flat)) return;
  for (const ingest::Observation& object : flat.objects)
    for (const ingest::ObservedValue& value : object.values)
      require(value.name.starts_with('/'), "what is flattened is named by its pointer");
}

}  // namespace faultprint::fuzz
