#include "daemon/manual/command_text.h"

#include <CLI/CLI.hpp>
#include <sstream>

namespace faultprint::manual {
namespace {

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, ',');) parts.push_back(part);
  return parts;
}

// CLI11 writes a type and its check in one: "TEXT:{all,batch-hard}", "INT:INT in [1 - 10000]",
// "FLOAT:POSITIVE".
void read_type(const std::string& type, OptionText& option) {
  const std::size_t colon = type.find(':');
  option.value = type.substr(0, colon);
  if (colon == std::string::npos) return;
  const std::string check = type.substr(colon + 1);
  if (check.front() == '{') {
    option.choices = split(check.substr(1, check.find('}') - 1));
  } else if (check == "POSITIVE") {
    option.limits = "above 0";
  } else if (check == "NONNEGATIVE") {
    option.limits = "at least 0";
  } else if (const std::size_t range = check.find('['); range != std::string::npos) {
    const std::size_t dash = check.find(" - ");
    option.limits = "from " + check.substr(range + 1, dash - range - 1) + " to " +
                    check.substr(dash + 3, check.find(']') - dash - 3);
  } else {
    option.limits = check;
  }
}

OptionText describe(const CLI::Option& option) {
  OptionText text;
  text.names = split(option.get_name(option.get_positional() && !option.nonpositional(), true));
  if (option.get_items_expected_max() != 0) read_type(option.get_type_name(), text);
  text.description = option.get_description();
  text.group = option.get_group();
  text.default_text = option.get_default_str();
  text.required = option.get_required();
  text.repeats = option.get_expected_max() > 1;
  return text;
}

}  // namespace

CommandText describe(const CLI::App& app) {
  CommandText text{app.get_name(), app.get_description(), {}, app.get_footer(), {}};
  for (const CLI::Option* option : app.get_options()) text.options.push_back(describe(*option));
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    text.commands.push_back(describe(*command));
  }
  return text;
}

}  // namespace faultprint::manual
