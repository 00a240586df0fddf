// All commands and options in one parser; main runs it, the manual is made from it.
#pragma once

#include <memory>

#include "daemon/commands.h"

namespace faultprint::daemon {

// `chosen` is set by a successful parse and must outlive the parser.
std::unique_ptr<CLI::App> command_line(Command& chosen);

}  // namespace faultprint::daemon
