#include <cstdio>

#include "config/scalar.h"
#include "daemon/alarm_history.h"
#include "daemon/alarm_tracker.h"
#include "daemon/audit.h"
#include "daemon/command_options.h"
#include "daemon/commands.h"
#include "daemon/incident_file.h"
#include "ingest/timestamp.h"

namespace faultprint::daemon {
namespace {

struct LabelOptions {
  std::string alarms;
  std::string alarm;
  std::string element;
  std::string start;
  std::string end;
  bool confirmed = false;
  bool wrong = false;
  std::string was;
  std::string incidents;
};

std::int64_t time_given(const char* option, const std::string& text) {
  if (const auto time = ingest::parse_time(text)) return *time;
  throw std::runtime_error(std::string(option) + ": \"" + config::shown(text) +
                           "\" is neither RFC 3339 nor a number between 1970 and 2200");
}

void check_text(const char* option, const std::string& name) {
  if (name.empty() || name.size() > 256 || config::first_bad_byte(name) ||
      name.find_first_of("\t\r\n") != std::string::npos)
    throw std::runtime_error(std::string(option) +
                             ": a name has 1 to 256 bytes of UTF-8 and no control characters");
}

ingest::Incident times_of(const PastAlarm& alarm, const LabelOptions& options) {
  if (!alarm.end_us && options.end.empty())
    throw std::runtime_error(alarm.id + ": " +
                             (alarm.cleared_as.empty()
                                  ? "is up (no clearing in " + options.alarms + ")"
                                  : "was cleared as '" + alarm.cleared_as + "', not by verdicts") +
                             ": say with --end when the fault ended");
  ingest::Incident row;
  row.element = alarm.element;
  row.start_us = alarm.start_us;
  row.end_us = alarm.end_us.value_or(0);
  row.uncertainty_us = alarm.uncertainty_us;
  return row;
}

ingest::Incident row_of(const LabelOptions& options, const PastAlarm& alarm) {
  ingest::Incident row;
  if (!alarm.id.empty()) row = times_of(alarm, options);
  if (!options.element.empty()) {
    check_text("--element", options.element);
    row.element = options.element;
  }
  if (!options.start.empty()) row.start_us = time_given("--start", options.start);
  if (!options.end.empty()) row.end_us = time_given("--end", options.end);
  if (row.end_us <= row.start_us) throw std::runtime_error("--end: is not after the start");
  if (options.wrong) {
    row.fault_type = ingest::kNormal;
    row.false_alarm = true;
    return row;
  }
  row.fault_type = options.confirmed ? alarm.fault_type : options.was;
  if (options.confirmed && alarm.fault_type == AlarmTracker::kUnknown)
    throw std::runtime_error(alarm.id + ": is of type unknown: say with --was what it was");
  if (const std::string wrong = ingest::fault_name_error(row.fault_type); !wrong.empty())
    throw std::runtime_error((options.confirmed ? alarm.id : "--was") + ": " + wrong);
  return row;
}

int label(const LabelOptions& options) {
  if (options.confirmed + options.wrong + !options.was.empty() != 1)
    throw std::runtime_error("say one of --confirmed, --wrong and --was NAME");
  if (options.alarm.empty() &&
      (options.element.empty() || options.start.empty() || options.end.empty()))
    throw std::runtime_error(
        "say of what: --alarms FILE --alarm ID, or --element, --start and --end");
  if (options.alarm.empty() && options.confirmed)
    throw std::runtime_error("--confirmed needs --alarm; --was NAME names a fault without one");
  PastAlarm alarm;
  if (!options.alarm.empty()) alarm = read_alarm(options.alarms, options.alarm);
  const ingest::Incident row = row_of(options, alarm);
  const FileChange change = append_incident(options.incidents, row, alarm.id);
  std::printf("%s: %s\n", options.incidents.c_str(), in_words(row).c_str());
  audit(this_user(),
        {.action = "label",
         .object = options.incidents,
         .before = change.before,
         .after = change.after,
         .details = {{"row", in_words(row)}, {"alarm", alarm.id}}},
        audit_file_of(options.incidents));
  return 0;
}

void add_label_options(CLI::App& command, LabelOptions& options) {
  CLI::Option* alarms =
      command
          .add_option("--alarms", options.alarms, "alarm events, as `run` and `replay` write them")
          ->type_name("FILE");
  CLI::Option* alarm =
      command
          .add_option("--alarm", options.alarm, "the alarm's id, or its element: the newest of it")
          ->type_name("ID")
          ->needs(alarms);
  alarms->needs(alarm);
  command.add_option("--element", options.element, "without an alarm: of this element (or glob)")
      ->type_name("NAME")
      ->excludes(alarm);
  command.add_option("--start", options.start, "when it began; wins over the alarm's")
      ->type_name("TIME");
  command.add_option("--end", options.end, "when it ended; wins over the alarm's")
      ->type_name("TIME");
  command.add_flag("--confirmed", options.confirmed, "the alarm named it right");
  command.add_flag("--wrong", options.wrong, "nothing was wrong");
  command.add_option("--was", options.was, "it was this fault")->type_name("NAME");
  command
      .add_option("--incidents", options.incidents,
                  "the incidents file to append to; made where there is none")
      ->required()
      ->type_name("FILE");
}

}  // namespace

void add_label(CLI::App& app, Command& chosen) {
  auto options = std::make_shared<LabelOptions>();
  CLI::App* command = app.add_subcommand(
      "label",
      "judge an alarm: confirmed, wrong, or what it was; for train and enroll to learn from");
  add_label_options(*command, *options);
  command->footer(
      "Appends one row to an incidents file, on the disk when the command ends. The times are "
      "those\n"
      "of the verdicts that raised the alarm and of the last one that was not normal. --wrong "
      "writes\n"
      "a row of fault type `false_alarm`: that stretch is normal, `enroll` takes it as a "
      "reference\n"
      "of normal, and nothing changes for the rest. What a row says already, or says otherwise, "
      "is\n"
      "refused.\n\n"
      "Example (after that of `replay`):\n"
      "  faultprint label --alarms alarms.jsonl --alarm leaf6 --was bgp_clear --incidents "
      "labels.csv\n"
      "  faultprint label --element leaf8 --start 2017-08-04T17:00:00Z --end 2017-08-04T17:02:00Z "
      "\\\n"
      "      --was fibre_cut --incidents labels.csv");
  command->callback([options, &chosen] { chosen = [options] { return label(*options); }; });
}

}  // namespace faultprint::daemon
