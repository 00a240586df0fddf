#include <cstdio>
#include <cstdlib>

#include "ingest/json_decoder.h"
#include "tests/fuzz/targets.h"

namespace faultprint::fuzz {

void require(bool holds, std::string_view what) {
  if (holds) return;
  std::fprintf(stderr, "broken: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

void require_message(std::string_view message, std::string_view file) {
  require(message.starts_with(file) && message.size() > file.size() + 2 &&
              message.substr(file.size()).starts_with(':'),
          "an error begins with the file's name: " + std::string(message));
  require(ingest::is_utf8(message), "an error is UTF-8 text");
}

}  // namespace faultprint::fuzz
