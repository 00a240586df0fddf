#include "tests/simulation/reference.h"

#include "daemon/pipeline.h"
#include "ingest/decoder.h"
#include "ingest/element_globs.h"

namespace faultprint::crash {
namespace {

// Of one group of elements.
class Undisturbed {
 public:
  Undisturbed(const config::Config& one, const daemon::GroupRules& first,
              const daemon::ControlPlans& control, Lines& verdicts, Lines& events)
      : control_(control),
        group_(one.group()),
        pipeline_(first.model, with_rules(one, first.alarms),
                  ingest::WindowStore::options(group_.stream), nullptr,
                  control.with(first.plans, group_.stream.period)),
        decoder_(ingest::make_decoder({group_.stream, first.model->input})),
        verdicts_(verdicts),
        events_(events) {}

  void read(const Record& record) {
    decoder_->begin({record.payload, record.key, record.timestamp_us, nullptr});
    ingest::RejectReason reason = ingest::RejectReason::none;
    while (decoder_->next(sample_, reason)) {
      if (reason != ingest::RejectReason::none || !ingest::is_of_group(group_, sample_.element))
        continue;
      pipeline_.add(sample_, record.timestamp_us);
      for (;;) {
        give_out();
        if (!pipeline_.unfinished()) break;
        pipeline_.resume();
      }
    }
  }

  void reload(const daemon::GroupRules& rules) {
    std::vector<daemon::AlarmEvent> events;
    pipeline_.set_plans(control_.with(rules.plans, group_.stream.period));
    pipeline_.adopt(rules.model, rules.alarms, events);
    for (const daemon::AlarmEvent& event : events) events_.add(to_json_line(event));
  }

 private:
  static config::Config with_rules(config::Config config, const config::AlarmConfig& alarms) {
    config.group().alarms = alarms;
    return config;
  }

  void give_out() {
    if (!pipeline_.pending()) return;
    std::vector<daemon::AlarmEvent> events;
    for (const daemon::Verdict& verdict : pipeline_.process(scorer_, events))
      verdicts_.add(pipeline_.line(verdict));
    for (const daemon::AlarmEvent& event : events) events_.add(to_json_line(event));
    pipeline_.finish_batch();
  }

  const daemon::ControlPlans& control_;
  config::GroupConfig group_;
  daemon::Pipeline pipeline_;
  daemon::Scorer scorer_;
  std::unique_ptr<ingest::Decoder> decoder_;
  ingest::KpiSample sample_;
  Lines& verdicts_;
  Lines& events_;
};

}  // namespace

void run_undisturbed(const Setting& setting, const std::vector<Record>& log, const History& history,
                     const daemon::ControlPlans& control, Lines& verdicts, Lines& events) {
  for (std::size_t group = 0; group < setting.config.groups.size(); ++group) {
    const auto rules = [&](const Reign& reign) { return setting.rules_of(reign.regime)[group]; };
    Undisturbed run(setting.config.of_group(setting.config.groups[group]), rules(history.front()),
                    control, verdicts, events);
    auto next = history.begin() + 1;
    const auto reload_until = [&](std::int64_t offset) {
      for (; next != history.end() && next->from <= offset; ++next) run.reload(rules(*next));
    };
    for (const Record& record : log) {
      reload_until(record.offset);
      run.read(record);
    }
    reload_until(static_cast<std::int64_t>(log.size()));
  }
}

std::vector<std::string> compare(Stage& stage, const Setting& setting, int machines, bool quiet) {
  std::vector<std::string> wrong;
  const auto add = [&](const std::vector<std::string>& lines) {
    wrong.insert(wrong.end(), lines.begin(), lines.end());
  };
  Lines verdicts(Lines::Of::verdicts);
  Lines events(Lines::Of::events);
  for (int i = 0; i < machines; ++i) {
    const std::string machine = "m" + std::to_string(i) + "/";
    verdicts.add_file(stage.disk.file(machine + "verdicts").bytes);
    Lines told(Lines::Of::events);
    told.add_file(stage.disk.file(machine + "alarms").bytes);
    if (told.repeats() > 0) wrong.push_back(machine + " tells an alarm event twice");
    events.add_file(stage.disk.file(machine + "alarms").bytes);
  }
  stage.count(Count::verdicts, verdicts.by_id().size());
  stage.count(Count::repeats, verdicts.repeats());
  stage.count(Count::alarm_events, events.by_id().size());
  Lines expected(Lines::Of::verdicts);
  Lines expected_events(Lines::Of::events);
  for (const auto& partition : stage.broker.partitions)
    if (!partition.log.empty())
      run_undisturbed(setting, partition.log, partition.told, stage.control_said, expected,
                      expected_events);
  if (quiet &&
      (verdicts.repeats() > expected.repeats() || events.repeats() > expected_events.repeats()))
    wrong.push_back("something comes again, though nothing was cut short");
  if (stage.counted(Count::excused) + stage.counted(Count::excused_early) > 0) {
    add(differences_of_ids("verdict", expected, verdicts));
    return wrong;
  }
  add(stage.broker.wrong);
  add(differences("verdict", expected, verdicts));
  add(differences("event", expected_events, events));
  return wrong;
}

}  // namespace faultprint::crash
