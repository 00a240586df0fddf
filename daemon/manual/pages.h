// What faultprint_manual writes: the whole text of each file.
#pragma once

#include <string>

#include "daemon/manual/command_text.h"

namespace faultprint::manual {

std::string commands_page(const CommandText& program);  // faultprint(1)
std::string diagnostics();  // its section of that name
std::string configuration_page();                       // faultprint.yaml(5)
std::string completion_bash(const CommandText& program);
std::string completion_zsh(const CommandText& program);
std::string completion_fish(const CommandText& program);

}  // namespace faultprint::manual
