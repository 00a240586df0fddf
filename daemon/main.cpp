// The command line. Start-up errors are caught here, once.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "config/config.h"
#include "daemon/commands.h"
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
  CLI::App app{
      "faultprint watches the KPI streams of a telecom network and names the fault behind an "
      "anomaly.",
      "faultprint"};
  app.require_subcommand(1);
  app.set_version_flag("--version", faultprint::daemon::version_text());
  app.footer(
      "Start here: `faultprint demo` shows the whole way on a recording of real routers; it needs\n"
      "no server. `faultprint COMMAND --help` explains each command with an example.\n\n"
      "Exit status: 0 done, 1 failed, 2 wrong usage, 78 the configuration cannot be used.");
  faultprint::daemon::Command chosen;
  faultprint::daemon::add_run(app, chosen);
  faultprint::daemon::add_check_config(app, chosen);
  faultprint::daemon::add_train(app, chosen);
  faultprint::daemon::add_evaluate(app, chosen);
  faultprint::daemon::add_enroll(app, chosen);
  faultprint::daemon::add_forget(app, chosen);
  faultprint::daemon::add_rename(app, chosen);
  faultprint::daemon::add_embed(app, chosen);
  faultprint::daemon::add_compare(app, chosen);
  faultprint::daemon::add_replay(app, chosen);
  faultprint::daemon::add_simulate(app, chosen);
  faultprint::daemon::add_inspect(app, chosen);
  faultprint::daemon::add_demo(app, chosen);
  faultprint::daemon::add_version(app, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    const int status = app.exit(e);
    return status == 0 ? 0 : kUsage;
  }
  return run_command(chosen);
}
