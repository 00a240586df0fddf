// All commands and options in one parser; run by main; the manual is made from it.
#pragma once

#include <memory>

#include "daemon/commands.h"

namespace faultprint::daemon {

// `chosen` is set by a successful parse and must outlive the parser.
std::unique_ptr<CLI::App> command_line(Command& chosen);

// The program. Errors of its start are told here, once, on standard error. Returns the exit status.
int run_command_line(int argc, char** argv);

}  // namespace faultprint::daemon
