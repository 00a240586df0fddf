#include "daemon/label_text.h"

#include <nlohmann/json.hpp>

namespace faultprint::daemon {

std::string label_text(const std::string& bytes) {
  const std::string json =
      nlohmann::json(bytes).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return nlohmann::json::parse(json).get<std::string>();
}

}  // namespace faultprint::daemon
