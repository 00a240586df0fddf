// What the parser says of itself, as plain text: pages and completions are written from it.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace faultprint::manual {

struct OptionText {
  std::vector<std::string> names;    // "--config", "--config.file", "-h"; one bare word: positional
  std::string value;                 // "FILE"; empty: a flag
  std::vector<std::string> choices;  // where only these are allowed
  std::string limits;                // "from 1 to 10000"; empty: none
  std::string description;
  std::string group;  // "Options", or a heading of --help
  std::string default_text;
  bool required = false;
  bool repeats = false;

  bool is_positional() const { return names.front().front() != '-'; }
};

struct CommandText {
  std::string name;
  std::string description;
  std::vector<OptionText> options;  // in the order of --help
  std::string footer;
  std::vector<CommandText> commands;
};

CommandText describe(const CLI::App& app);

}  // namespace faultprint::manual
