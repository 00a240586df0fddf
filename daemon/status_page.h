// The status page: one self-contained HTML document, no scripts and nothing to fetch.
#pragma once

#include <string>

#include "daemon/http_server.h"

namespace faultprint::daemon {

std::string status_page(const Status& status);

}  // namespace faultprint::daemon
