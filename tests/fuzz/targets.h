// What is fuzzed: a function for each kind of bytes that come from outside. It takes any bytes at
// all; what it must not do is crash, hang, take memory without bound, or break what require() says.
#pragma once

#include <string_view>

// TARGET(name). A new one is a line here, a source of its name, and a folder of its name in
// corpus/.
// clang-format off
#define FAULTPRINT_FUZZ_TARGETS(TARGET) \
  TARGET(json)          \
  TARGET(json_value)    \
  TARGET(influx)        \
  TARGET(telegraf)      \
  TARGET(gnmic)         \
  TARGET(csv)           \
  TARGET(ves)           \
  TARGET(perf3gpp)      \
  TARGET(gzip)          \
  TARGET(configuration) \
  TARGET(web_config)    \
  TARGET(model)         \
  TARGET(snapshot)      \
  TARGET(history)       \
  TARGET(tables)
// clang-format on

namespace faultprint::fuzz {

#define FAULTPRINT_FUZZ_TARGET(name) void fuzz_##name(std::string_view input);
FAULTPRINT_FUZZ_TARGETS(FAULTPRINT_FUZZ_TARGET)
#undef FAULTPRINT_FUZZ_TARGET

// Says what is broken and aborts, which both drivers take for a finding.
void require(bool holds, std::string_view what);
// What an error says begins with the file and is UTF-8.
void require_message(std::string_view message, std::string_view file);

}  // namespace faultprint::fuzz
