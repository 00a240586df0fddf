#include "daemon/command_options.h"
#include "daemon/commands.h"
#include "daemon/demo.h"
#include "daemon/demo_recording.h"

namespace faultprint::daemon {

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
      unpack(*folder);
      return 0;
    };
  });
}

}  // namespace faultprint::daemon
