// libFuzzer's way into one target, FAULTPRINT_FUZZ_ONE.
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/targets.h"

#define FAULTPRINT_JOIN(a, b) a##b
#define FAULTPRINT_FUZZ(name) FAULTPRINT_JOIN(fuzz_, name)

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  faultprint::fuzz::FAULTPRINT_FUZZ(FAULTPRINT_FUZZ_ONE)(
      {reinterpret_cast<const char*>(data), size});
  return 0;
}
