#include "daemon/manual/pages.h"

namespace faultprint::manual {
namespace {

// Within '...' of a specification of _arguments or _values.
std::string zsh_text(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
      continue;
    }
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string action(const OptionText& option) {
  if (option.value.empty()) return "";
  std::string what = "( )";
  if (option.value == "FILE") what = "_files";
  if (option.value == "DIR") what = "_files -/";
  if (!option.choices.empty()) {
    what = "(";
    for (const std::string& choice : option.choices) what += (what.size() > 1 ? " " : "") + choice;
    what += ")";
  }
  return ":" + zsh_text(option.value) + ":" + what;
}

std::string arguments(const CommandText& command, const std::string& indent) {
  std::string out;
  for (const OptionText& option : command.options) {
    if (option.is_positional() || option.group.empty()) continue;
    for (const std::string& name : option.names) {
      out += " \\\n" + indent + "'" + (option.repeats ? "*" : "") + name + "[" +
             zsh_text(option.description) + "]" + action(option) + "'";
    }
  }
  return out;
}

}  // namespace

std::string completion_zsh(const CommandText& program) {
  std::string names;
  std::string cases;
  for (const CommandText& command : program.commands) {
    names += "    '" + command.name + ":" + zsh_text(command.description) + "'\n";
    cases += "    " + command.name + ")\n      _arguments" + arguments(command, "        ") +
             " \\\n        '*:file:_files'\n      ;;\n";
  }
  return "#compdef faultprint\n"
         "# zsh completion of faultprint. Made by faultprint_manual: do not edit.\n"
         "_faultprint() {\n"
         "  local context state line\n"
         "  local -a commands=(\n" +
         names +
         "  )\n"
         "  _arguments -C" +
         arguments(program, "    ") +
         " \\\n    '1:command:->command' \\\n    '*::argument:->argument' && return\n"
         "  [[ $state == command ]] && { _describe command commands; return; }\n"
         "  case $line[1] in\n" +
         cases +
         "  esac\n"
         "}\n"
         "_faultprint \"$@\"\n";
}

}  // namespace faultprint::manual
