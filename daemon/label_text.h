// Text for labels.
#pragma once

#include <string>

namespace faultprint::daemon {

// Valid UTF-8, whatever comes in: what is not becomes U+FFFD.
std::string label_text(const std::string& bytes);

}  // namespace faultprint::daemon
