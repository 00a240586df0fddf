#include <cstdio>
#include <filesystem>

#include "daemon/command_options.h"
#include "daemon/commands.h"
#include "daemon/demo.h"
#include "daemon/demo_recording.h"

namespace faultprint::daemon {
namespace {

// As a shell takes it.
std::string for_shell(const std::string& path) {
  constexpr const char* kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-+,:@%";
  if (path.find_first_not_of(kPlain) == std::string::npos) return path;
  std::string quoted = "'";
  for (const char c : path) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

// What was written, and what to type next.
void say_unpacked(const std::string& folder, const Recording& files) {
  const auto line = [](const std::string& path, const char* what) {
    std::printf("  %-40s  %s\n", path.c_str(), what);
  };
  std::printf("Written, of eleven real routers:\n");
  line(files.config, "the configuration");
  line(files.train.history.front(), "history to learn from");
  line(files.train.incidents.front(), "what was done to the network then");
  line(files.heldout.history.front(), "later history, to judge a model on");
  line(files.heldout.incidents.front(), "and what was done then");
  const std::string model = std::filesystem::path(folder) / "model.safetensors";
  std::printf(
      "\nNext, train a model (about ten seconds); `faultprint train --help` goes on from there:\n"
      "  faultprint train --config %s \\\n      --data %s --incidents %s \\\n      --out %s\n",
      for_shell(files.config).c_str(), for_shell(files.train.history.front()).c_str(),
      for_shell(files.train.incidents.front()).c_str(), for_shell(model).c_str());
}

}  // namespace

void add_demo(CLI::App& app, Command& chosen) {
  auto options = std::make_shared<DemoOptions>();
  auto folder = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand(
      "demo", "the whole way on a bundled recording of real routers; needs no server");
  add_seed_option(*command, options->seed, "of the training");
  command->add_option("--speed", options->speed, "event seconds per second")
      ->check(CLI::Range(1.0, 10000.0))
      ->capture_default_str();
  command->add_flag("--keep", options->keep, "keep serving /metrics until Ctrl-C");
  command
      ->add_option("--unpack", *folder,
                   "only write the recording's files there, to try the other commands on")
      ->type_name("DIR");
  command->footer(
      "Trains on the first part, replays the held-back part through a built-in Kafka broker into "
      "the\n"
      "daemon, and shows its alarms beside the true incidents. Exit status 1 when fewer than 8 of\n"
      "the 10 incidents are named right.\n\n"
      "Examples:\n"
      "  faultprint demo --keep\n"
      "  faultprint demo --unpack recording");
  command->callback([options, folder, &chosen] {
    chosen = [options, folder] {
      if (folder->empty()) return run_demo(*options);
      say_unpacked(*folder, unpack(*folder));
      return 0;
    };
  });
}

}  // namespace faultprint::daemon
