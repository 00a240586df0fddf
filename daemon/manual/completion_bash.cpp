#include "daemon/manual/pages.h"

namespace faultprint::manual {
namespace {

std::string joined(const std::vector<std::string>& words, const char* separator) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : separator) + word;
  return out;
}

std::string option_words(const CommandText& command) {
  std::vector<std::string> words;
  for (const OptionText& option : command.options) {
    if (option.is_positional() || option.group.empty()) continue;
    words.insert(words.end(), option.names.begin(), option.names.end());
  }
  return joined(words, " ");
}

// The cases of the word before: what an option's value may be.
std::string value_cases(const CommandText& command) {
  std::string out;
  for (const OptionText& option : command.options) {
    if (option.is_positional() || option.value.empty()) continue;
    std::string action = "return";  // nothing to offer
    if (!option.choices.empty()) action = "words='" + joined(option.choices, " ") + "'";
    if (option.value == "FILE") action = "files=-f";
    if (option.value == "DIR") action = "files=-d";
    out += "        " + joined(option.names, "|") + ") " + action + " ;;\n";
  }
  return out;
}

std::string command_case(const CommandText& command) {
  const std::string values = value_cases(command);
  return "    " + command.name + ")\n      words='" + option_words(command) + "'\n" +
         (values.empty() ? "" : "      case $before in\n" + values + "      esac\n") + "      ;;\n";
}

}  // namespace

std::string completion_bash(const CommandText& program) {
  std::vector<std::string> names;
  std::string cases;
  for (const CommandText& command : program.commands) {
    names.push_back(command.name);
    cases += command_case(command);
  }
  return "# bash completion of faultprint. Made by faultprint_manual: do not edit.\n"
         "_faultprint() {\n"
         "  local word=${COMP_WORDS[COMP_CWORD]} before= words= files=\n"
         "  ((COMP_CWORD < 2)) || before=${COMP_WORDS[COMP_CWORD - 1]}\n"
         "  COMPREPLY=()\n"
         "  if ((COMP_CWORD == 1)); then\n"
         "    words='" +
         joined(names, " ") + " " + option_words(program) +
         "'\n"
         "  else\n"
         "    case ${COMP_WORDS[1]} in\n" +
         cases +
         "    *) return ;;\n"
         "    esac\n"
         "  fi\n"
         "  # A file, too, where a word that is no option stands.\n"
         "  [[ $files || $word == -* || $COMP_CWORD == 1 || $before == -* ]] || files=-f\n"
         "  [[ $files ]] || COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
         "  [[ ! $files ]] || { compopt -o filenames 2>/dev/null\n"
         "    mapfile -t COMPREPLY < <(compgen $files -- \"$word\"); }\n"
         "}\n"
         "complete -F _faultprint faultprint\n";
}

}  // namespace faultprint::manual
