// `faultprint demo` without its command line: the whole way on a recording of real routers, with
// a built-in broker and nothing else.
#pragma once

#include <cstdint>

namespace faultprint::daemon {

struct DemoOptions {
  std::uint64_t seed = 1;
  double speed = 200;  // event seconds per second
  bool keep = false;   // serve until interrupted
};

// 0 when at least 8 of 10 incidents were named right, else 1.
int run_demo(const DemoOptions& options);

}  // namespace faultprint::daemon
