#include <pthread.h>

#include <cerrno>
#include <csignal>
#include <ctime>

#include "daemon/build_info.h"
#include "daemon/command_options.h"
#include "daemon/commands.h"
#include "daemon/freed_memory.h"
#include "daemon/log.h"
#include "daemon/service.h"
#include "daemon/systemd.h"

namespace faultprint::daemon {
namespace {

struct RunOptions {
  std::string config;
  RunOverrides overrides;
};

constexpr int kFailed = 1;

void log_kafka(int syslog_level, const char* message) {
  constexpr int kError = 3;
  constexpr int kWarning = 4;
  constexpr int kNotice = 5;
  if (syslog_level <= kError)
    log::error("kafka", {{"text", message}});
  else if (syslog_level <= kWarning)
    log::warning("kafka", {{"text", message}});
  else if (syslog_level <= kNotice)
    log::info("kafka", {{"text", message}});
  else
    log::debug("kafka", {{"text", message}});
}

// Signals are waited for by this thread alone: blocked before any other one starts.
sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return signals;
}

void reload(Service& service, const siginfo_t& sender) {
  systemd::reloading();
  service.reload(sender_with(sender.si_uid));
  systemd::ready();
}

int serve(Service& service, const sigset_t& signals) {
  const timespec second{1, 0};
  for (;;) {
    siginfo_t sender{};
    const int signal = sigtimedwait(&signals, &sender, &second);
    if (signal == SIGHUP) {
      reload(service, sender);
    } else if (signal == SIGTERM || signal == SIGINT) {
      log::info("stopping", {{"signal", signal == SIGTERM ? "SIGTERM" : "SIGINT"}});
      systemd::stopping();
      service.stop();
      log::info("stopped");
      return 0;
    }
    service.tend();
    if (service.failed()) return kFailed;
  }
}

int run(const RunOptions& options) {
  keep_little_freed_memory();
  config::Config config = config::load(options.config);
  config::require_kafka(config);
  if (!options.overrides.model.empty() && config.groups.size() > 1)
    throw config::error_at(config, "groups",
                           "each names its model: --model is of a configuration for one group");
  ingest::check_properties(config, true);
  log::configure(config.log);
  ingest::set_kafka_log(log_kafka);
  const sigset_t signals = block_signals();
  log::info("starting", {{"version", FAULTPRINT_VERSION}, {"config", config.file}});
  Service service(std::move(config), options.overrides);
  service.start();
  systemd::ready();
  return serve(service, signals);
}

}  // namespace

void add_run(CLI::App& app, Command& chosen) {
  auto options = std::make_shared<RunOptions>();
  CLI::App* command =
      app.add_subcommand("run", "watch Kafka topics and raise alarms: the daemon itself");
  add_config_option(*command, options->config);
  add_model_option(*command, options->overrides.model);
  command
      ->add_option("--web.config.file", options->overrides.web_config_file,
                   "TLS and users of the HTTP port; wins over http.web_config_file")
      ->type_name("FILE");
  command->footer(
      "SIGHUP reads configuration and model again and keeps the old ones when they cannot be "
      "used;\n"
      "SIGTERM gives out what was read, commits and leaves the group. Without a broker or a model\n"
      "it stays up, healthy and not ready, and says why at /-/ready.\n\n"
      "Snapshots of every older version are gone on from. One of a newer version (after a way "
      "back),\n"
      "damaged, or of another stream configuration is refused with a warning, and stream.warm_up "
      "is\n"
      "read back from Kafka instead: nothing is lost, but levels begin anew with what is read.\n\n"
      "Example (after that of `train`; the configuration names the broker):\n"
      "  faultprint run --config recording/faultprint.yaml");
  command->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace faultprint::daemon
