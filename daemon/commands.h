// The command line's commands, one file each. Each adds itself to the parser; what it does runs
// when the parser has chosen it.
#pragma once

#include <functional>
#include <memory>
#include <string>

namespace CLI {
class App;
}

namespace faultprint::daemon {

// Returns the process's exit status. Throws config::ConfigError and std::runtime_error, which main
// prints.
using Command = std::function<int()>;

void add_run(CLI::App& app, Command& chosen);
void add_check_config(CLI::App& app, Command& chosen);
void add_train(CLI::App& app, Command& chosen);
void add_evaluate(CLI::App& app, Command& chosen);
void add_enroll(CLI::App& app, Command& chosen);
void add_forget(CLI::App& app, Command& chosen);
void add_rename(CLI::App& app, Command& chosen);
void add_embed(CLI::App& app, Command& chosen);
void add_compare(CLI::App& app, Command& chosen);
void add_replay(CLI::App& app, Command& chosen);
void add_report(CLI::App& app, Command& chosen);
void add_simulate(CLI::App& app, Command& chosen);
void add_label(CLI::App& app, Command& chosen);
void add_probe(CLI::App& app, Command& chosen);
void add_inspect(CLI::App& app, Command& chosen);
void add_demo(CLI::App& app, Command& chosen);
void add_version(CLI::App& app, Command& chosen);

std::string version_text();

}  // namespace faultprint::daemon
