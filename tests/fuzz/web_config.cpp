// http.web_config_file.
#include "config/web_config.h"

#include "tests/fuzz/memory_file.h"
#include "tests/fuzz/targets.h"

namespace faultprint::fuzz {

void fuzz_web_config(std::string_view input) {
  const MemoryFile file(input);
  try {
    const config::WebConfig web = config::load_web_config(file.path());
    require(web.file == file.path(), "it knows its file");
    for (const auto& [user, hash] : web.users)
      require(hash.size() == 60 && user.find(':') == std::string::npos, "users have hashes");
    for (const auto& [name, value] : web.headers)
      require(value.find_first_of("\r\n") == std::string::npos, "a header is one line");
    if (web.tls) require(!web.tls->cert_file.empty() && !web.tls->key_file.empty(), "TLS is whole");
  } catch (const config::ConfigError& error) {
    require_message(error.what(), file.path());
  }
}

}  // namespace faultprint::fuzz
