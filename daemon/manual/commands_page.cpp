#include "daemon/manual/pages.h"
#include "daemon/manual/roff.h"

namespace faultprint::manual {
namespace {

std::string tag(const OptionText& option) {
  if (option.is_positional()) return italic(option.names.front());
  std::string out;
  for (const std::string& name : option.names) out += (out.empty() ? "" : ", ") + bold(name);
  if (!option.value.empty()) out += " " + italic(option.value);
  return out;
}

std::string body(const OptionText& option) {
  std::string out = roff(sentence(option.description));
  if (option.required) out += " Required.";
  if (option.repeats) out += " May repeat.";
  if (!option.choices.empty()) {
    std::string choices;
    for (const std::string& one : option.choices)
      choices += (choices.empty() ? "" : ", ") + bold(one);
    out += " One of " + choices + ".";
  }
  if (!option.limits.empty()) out += " " + roff(sentence(option.limits));
  if (!option.default_text.empty()) out += " Default: " + roff(option.default_text) + ".";
  return out;
}

std::string options(const CommandText& command) {
  std::string out;
  std::string group = "Options";
  for (const OptionText& option : command.options) {
    if (option.group.empty()) continue;  // hidden
    if (option.group != group) {
      group = option.group;
      out += ".PP\n" + roff(group) + ":\n";
    }
    out += tagged(tag(option), body(option));
  }
  return out;
}

std::string files() {
  return heading("SH", "FILES") +
         tagged(italic("/etc/faultprint/faultprint.yaml"),
                "The configuration of the service, see " + bold("faultprint.yaml") + "(5).") +
         tagged(italic("/etc/default/faultprint"),
                "Environment of the service: secrets that the configuration names as ${NAME}.") +
         tagged(italic("/var/lib/faultprint"), "Snapshots, and by default the model.") +
         tagged(italic("/usr/share/faultprint/faultprint.rules.yml"),
                "Recording and alerting rules for Prometheus. Beside it the runbook of its alerts "
                "(runbook.md), an example for Alertmanager (alertmanager.yml) and, in grafana, "
                "dashboards and provisioning files.");
}

}  // namespace

std::string commands_page(const CommandText& program) {
  std::string out = header("FAULTPRINT", 1, "User Commands");
  out += heading("SH", "NAME") +
         "faultprint \\- names the fault behind a KPI anomaly in a telecom network\n";
  out += heading("SH", "SYNOPSIS") + bold("faultprint") + " " + italic("COMMAND") + " [" +
         italic("OPTION") + "]...\n";
  out += heading("SH", "DESCRIPTION") + roff(sentence(program.description)) + "\n";
  out += paragraphs(program.footer);
  out += heading("SH", "OPTIONS") + options(program);
  out += heading("SH", "COMMANDS");
  for (const CommandText& command : program.commands) {
    out += heading("SS", "faultprint " + command.name) + roff(sentence(command.description)) + "\n";
    out += options(command) + paragraphs(command.footer);
  }
  out += files() + diagnostics();
  out += heading("SH", "SEE ALSO") + bold("faultprint.yaml") + "(5), " + bold("systemctl") +
         "(1), " + bold("journalctl") + "(1)\n";
  return out;
}

}  // namespace faultprint::manual
