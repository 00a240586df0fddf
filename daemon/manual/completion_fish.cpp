#include "daemon/manual/pages.h"

namespace faultprint::manual {
namespace {

std::string fish_text(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

std::string line(const OptionText& option, const std::string& condition) {
  std::string out = "complete -c faultprint -n " + fish_text(condition);
  for (const std::string& name : option.names) {
    out += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  }
  if (!option.choices.empty()) {
    std::string choices;
    for (const std::string& choice : option.choices)
      choices += (choices.empty() ? "" : " ") + choice;
    out += " -x -a " + fish_text(choices);
  } else if (option.value == "FILE" || option.value == "DIR") {
    out += " -r -F";
  } else if (!option.value.empty()) {
    out += " -x";
  }
  return out + " -d " + fish_text(option.description) + "\n";
}

std::string lines(const CommandText& command, const std::string& condition) {
  std::string out;
  for (const OptionText& option : command.options) {
    if (!option.is_positional() && !option.group.empty()) out += line(option, condition);
  }
  return out;
}

}  // namespace

std::string completion_fish(const CommandText& program) {
  std::string out =
      "# fish completion of faultprint. Made by faultprint_manual: do not edit.\n"
      "complete -c faultprint -n __fish_use_subcommand -f\n" +
      lines(program, "__fish_use_subcommand");
  for (const CommandText& command : program.commands) {
    out += "complete -c faultprint -n __fish_use_subcommand -a " + command.name + " -d " +
           fish_text(command.description) + "\n" +
           lines(command, "__fish_seen_subcommand_from " + command.name);
  }
  return out;
}

}  // namespace faultprint::manual
