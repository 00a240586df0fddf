#include <cstdio>

#include "daemon/audit.h"
#include "daemon/command_options.h"
#include "daemon/commands.h"
#include "daemon/enrolment_run.h"
#include "daemon/label_changes.h"
#include "daemon/report_text.h"

namespace faultprint::daemon {
namespace {

void say(const EnrolSummary& summary) {
  for (const model::EnrolledType& type : summary.result.types) {
    std::printf("%s: %s, %d incident%s, %d windows", type.label.c_str(),
                type.added ? "a new fault type" : "more evidence", type.incidents,
                type.incidents == 1 ? "" : "s", type.windows);
    if (type.look_normal > 0) std::printf(" (%d more look normal)", type.look_normal);
    if (type.reach < 0.999) std::printf(", reach cut to %.0f %%", 100 * type.reach);
    std::printf("\n");
  }
  if (summary.result.freed > 0)
    std::printf("%d windows of these incidents were normal to the model, and are no longer\n",
                summary.result.freed);
  if (summary.result.f1_before > 0)
    std::printf("types known before, on the model's references: macro-F1 %.3f, was %.3f\n",
                summary.result.f1_after, summary.result.f1_before);
}

std::string too_much_worse(const EnrolSummary& summary) {
  char text[240];
  std::snprintf(text, sizeof text,
                "the types known before would be named worse: macro-F1 %.3f instead of %.3f on the "
                "model's references, and .01 is the most that may be lost: nothing is written "
                "without --accept-worse",
                summary.result.f1_after, summary.result.f1_before);
  return text;
}

void say_changes(const VerdictChanges& changes) {
  std::printf("\nverdicts on this history that would change:\n");
  for (const auto& [change, count] : changes.windows)
    std::printf("  %8ld  %s\n", count, change.c_str());
  if (changes.windows.empty()) std::printf("      none\n");
  std::printf("alarms raised on it, before and after:\n");
  for (const auto& [type, counts] : changes.alarms)
    std::printf("  %8ld  %8ld  %s\n", counts.first, counts.second, type.c_str());
  if (changes.alarms.empty()) std::printf("      none\n");
  std::printf("\nNothing was written.\n");
}

int enroll(const config::Config& config, EnrolRequest request) {
  request.model = model_path(config, request.model);
  if (request.out.empty() && !request.dry_run)
    throw std::runtime_error("--out is missing: where the model with the new type goes");
  const EnrolSummary summary = enrol_model(config, request);
  for (const std::string& warning : summary.result.warnings) warn(warning);
  say(summary);
  if (request.dry_run) say_changes(summary.changes);
  if (summary.worse && !request.accept_worse) throw std::runtime_error(too_much_worse(summary));
  if (request.dry_run) return 0;
  if (!summary.kept.empty()) std::printf("the old model is kept as %s\n", summary.kept.c_str());
  std::printf("%s: model %s\n", request.out.c_str(), summary.fingerprint.c_str());
  std::string types;
  for (const model::EnrolledType& type : summary.result.types)
    types += (types.empty() ? "" : ", ") + type.label;
  audit(this_user(),
        {.action = "enroll",
         .object = request.out,
         .before = summary.fingerprint_before,
         .after = summary.fingerprint,
         .failure = "",
         .details = {{"model", request.model}, {"fault_types", types}}},
        audit_file_of(request.out));
  return 0;
}

// forget and rename, once it is done.
int changed_labels(AuditEntry entry, const std::string& model, const LabelChange& change) {
  entry.before = change.before;
  entry.after = change.after;
  entry.details.emplace_back("model", model);
  if (!change.kept.empty()) std::printf("the old model is kept as %s\n", change.kept.c_str());
  audit(this_user(), entry, audit_file_of(entry.object));
  return 0;
}

}  // namespace

void add_enroll(CLI::App& app, Command& chosen) {
  struct Options {
    std::string config;
    std::string group;
    EnrolRequest request;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "enroll", "teach a model a fault type from a few incidents, without training");
  add_config_option(*command, options->config);
  add_group_option(*command, options->group);
  add_model_option(*command, options->request.model);
  add_data_options(*command, options->request.files, IncidentFiles::required);
  command
      ->add_option("--fault-type", options->request.fault_type,
                   "of the incidents, those of this type alone (or `unknown` ones, as this type)")
      ->type_name("NAME");
  command->add_flag("--replace", options->request.replace,
                    "another network: this data's normal and faults alone are referred to");
  command->add_flag("--dry-run", options->request.dry_run,
                    "write nothing, say which past verdicts would change");
  command->add_flag("--accept-worse", options->request.accept_worse,
                    "write it even where types known before lose more than .01 of macro-F1");
  command->add_option("--out", options->request.out, "where the model goes; an old one is kept")
      ->type_name("FILE");
  add_seed_option(*command, options->request.seed, "the same seed gives the same model");
  command->footer(
      "One incident is enough to begin with. Weights stay as they are; the new cluster is cut "
      "back\n"
      "where it would take windows of what the model knows. Rows of fault type 'normal' add to\n"
      "what is normal. A type that the model knows gets further evidence. A new one with one or\n"
      "two incidents is named by which KPIs move which way: the encoder has no eye for it yet.\n"
      "Where the types known before would lose more than .01 of macro-F1 on the windows that the\n"
      "model refers to, nothing is written and the exit status is 1.\n\n"
      "Example (after that of `train`):\n"
      "  faultprint enroll --config recording/faultprint.yaml --model recording/model.safetensors "
      "\\\n"
      "      --data recording/heldout.csv.gz --incidents recording/heldout_incidents.csv \\\n"
      "      --fault-type port_flap --dry-run");
  command->callback([options, &chosen] {
    chosen = [options] {
      return enroll(one_group(config::load(options->config), options->group), options->request);
    };
  });
}

void add_forget(CLI::App& app, Command& chosen) {
  struct Options {
    std::string model, type, out;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("forget", "take a fault type out of a model");
  command->add_option("--model", options->model, "the model")->required()->type_name("FILE");
  command->add_option("--fault-type", options->type, "what to forget")
      ->required()
      ->type_name("NAME");
  command->add_option("--out", options->out, "where the model goes; an old one is kept")
      ->required()
      ->type_name("FILE");
  command->footer(
      "Its incidents become `unknown`, or the fault they are most like.\n\n"
      "Example (after that of `train`):\n"
      "  faultprint forget --model recording/model.safetensors --fault-type port_flap \\\n"
      "      --out recording/without.safetensors");
  command->callback([options, &chosen] {
    chosen = [options] {
      return changed_labels(
          {.action = "forget", .object = options->out, .details = {{"fault_type", options->type}}},
          options->model, forget_type(options->model, options->type, options->out));
    };
  });
}

void add_rename(CLI::App& app, Command& chosen) {
  struct Options {
    std::string model, type, to, out;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("rename", "give a fault type of a model another name");
  command->add_option("--model", options->model, "the model")->required()->type_name("FILE");
  command->add_option("--fault-type", options->type, "its name now")->required()->type_name("NAME");
  command->add_option("--to", options->to, "its new name")->required()->type_name("NAME");
  command->add_option("--out", options->out, "where the model goes; an old one is kept")
      ->required()
      ->type_name("FILE");
  command->footer(
      "Example (after that of `train`):\n"
      "  faultprint rename --model recording/model.safetensors --fault-type port_flap \\\n"
      "      --to link_flap --out recording/renamed.safetensors");
  command->callback([options, &chosen] {
    chosen = [options] {
      return changed_labels({.action = "rename",
                             .object = options->out,
                             .details = {{"fault_type", options->type}, {"to", options->to}}},
                            options->model,
                            rename_type(options->model, options->type, options->to, options->out));
    };
  });
}

}  // namespace faultprint::daemon
