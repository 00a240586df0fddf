// Start-up errors are caught here, once.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "config/config.h"
#include "daemon/command_line.h"
#include "daemon/terminal.h"

namespace {

constexpr int kUsage = 2;

int run_command(const faultprint::daemon::Command& command) {
  using faultprint::daemon::Colour;
  const std::string label = faultprint::daemon::paint("error:", Colour::red, 2);
  try {
    return command();
  } catch (const faultprint::config::ConfigError& e) {
    std::fprintf(stderr, "%s %s\n", label.c_str(), e.what());
    return faultprint::config::kExitConfig;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s %s\n", label.c_str(), e.what());
    return 1;
  }
}

}  // namespace

int main(int argc, char** argv) {
  faultprint::daemon::Command chosen;
  const std::unique_ptr<CLI::App> app = faultprint::daemon::command_line(chosen);
  try {
    app->parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    const int status = app->exit(e);
    return status == 0 ? 0 : kUsage;
  }
  return run_command(chosen);
}
