#include "daemon/command_line.h"

#include <CLI/CLI.hpp>
#include <cstdio>

#include "config/config.h"
#include "daemon/systemd.h"
#include "daemon/terminal.h"

namespace faultprint::daemon {
namespace {

constexpr int kUsage = 2;

// What was typed and means nothing: told before what is missing, which it may have been meant for.
int usage_error(const CLI::App& app, const CLI::ParseError& error) {
  const bool missing = error.get_exit_code() == static_cast<int>(CLI::ExitCodes::RequiredError);
  const std::vector<std::string> unknown =
      missing ? app.remaining(true) : std::vector<std::string>();
  if (unknown.empty()) return app.exit(error) == 0 ? 0 : kUsage;
  if (app.get_subcommands().empty() && !unknown.front().starts_with('-'))
    app.exit(CLI::ExtrasError("\"" + unknown.front() + "\" is no command of faultprint",
                              CLI::ExitCodes::ExtrasError));
  else
    app.exit(CLI::ExtrasError(app.get_name(), unknown));
  return kUsage;
}

int run_command(const Command& command) {
  // The journal takes <3> for a priority; without it, why a start failed would be at level info
  // there.
  const std::string label =
      (systemd::under_journal() ? "<3>" : "") + paint("error:", Colour::red, 2);
  try {
    return command();
  } catch (const config::ConfigError& e) {
    std::fprintf(stderr, "%s %s\n", label.c_str(), e.what());
    return config::kExitConfig;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s %s\n", label.c_str(), e.what());
    return 1;
  }
}

}  // namespace

std::unique_ptr<CLI::App> command_line(Command& chosen) {
  auto app = std::make_unique<CLI::App>(
      "faultprint watches the KPI streams of a telecom network and names the fault behind an "
      "anomaly.",
      "faultprint");
  app->require_subcommand(1);
  app->set_version_flag("--version", version_text());
  app->footer(
      "Start here: `faultprint demo` shows the whole way on a recording of real routers; it needs\n"
      "no server. On your own data begin with `faultprint probe`. `faultprint COMMAND --help` "
      "explains\neach command with an example.\n\n"
      "Exit status: 0 done, 1 failed, 2 wrong usage, 78 the configuration cannot be used.\n"
      "`man faultprint` explains each code of a warning (W_...) or error (E_...): DIAGNOSTICS.");
  add_run(*app, chosen);
  add_check_config(*app, chosen);
  add_train(*app, chosen);
  add_evaluate(*app, chosen);
  add_enroll(*app, chosen);
  add_forget(*app, chosen);
  add_rename(*app, chosen);
  add_embed(*app, chosen);
  add_compare(*app, chosen);
  add_replay(*app, chosen);
  add_report(*app, chosen);
  add_simulate(*app, chosen);
  add_label(*app, chosen);
  add_probe(*app, chosen);
  add_inspect(*app, chosen);
  add_demo(*app, chosen);
  add_version(*app, chosen);
  return app;
}

int run_command_line(int argc, char** argv) {
  Command chosen;
  const std::unique_ptr<CLI::App> app = command_line(chosen);
  try {
    app->parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return usage_error(*app, e);
  }
  return run_command(chosen);
}

}  // namespace faultprint::daemon
