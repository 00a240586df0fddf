// Recorded history: CSV of our own form, or a record a line.
#include "ingest/history.h"

#include "tests/fuzz/decoding.h"
#include "tests/fuzz/memory_file.h"
#include "tests/fuzz/targets.h"

namespace faultprint::fuzz {
namespace {

config::Config configured(const std::string& format) {
  return config::parse(
      "stream: {period: 10s, window: 4, kpis: [{name: in}, {name: out, kind: counter}, "
      "{name: state, kind: state, buckets: 64}, {name: sum, from: \"x.*\"}], format: " +
          format + "}",
      "fuzz.yaml");
}

void read_history(std::string_view input, const config::Config& config) {
  const MemoryFile first(input);
  const MemoryFile second("time,element,in,out,state,x.1\n10,a,1,2,UP,1\n20,a,2,3,UP,2\n");
  const config::InputSpec spec = config.input_spec();
  try {
    ingest::History history({first.path(), second.path()}, {config.group().stream, spec});
    ingest::KpiSample sample;
    while (history.next(sample)) require_sample(sample, spec);
    require(history.progress() == 1, "at the end all of it is read");
  } catch (const config::ConfigError&) {
    require(false, "a history is no configuration");
  } catch (const std::runtime_error& error) {
    require_message(error.what(), first.path());
  }
}

}  // namespace

void fuzz_history(std::string_view input) {
  static const config::Config json = configured("json");
  static const config::Config influx = configured("influx");
  static const config::Config csv = configured("csv");
  for (const config::Config* config : {&json, &influx, &csv}) read_history(input, *config);
}

}  // namespace faultprint::fuzz
