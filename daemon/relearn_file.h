// A file of what ingest::Relearn says: CSV `element,time,reason`.
#pragma once

#include <memory>
#include <string>

#include "ingest/relearn.h"

namespace faultprint::daemon {

// std::runtime_error "file:line: column: what is wrong".
std::shared_ptr<const ingest::Relearn> read_relearn(const std::string& file,
                                                    config::Microseconds period);

}  // namespace faultprint::daemon
