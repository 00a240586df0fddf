#include "tests/simulation/reference.h"

#include "daemon/pipeline.h"
#include "ingest/decoder.h"

namespace faultprint::crash {
namespace {

class Undisturbed {
 public:
  Undisturbed(const Setting& setting, const Regime& first, const daemon::ControlPlans& control,
              Lines& verdicts, Lines& events)
      : control_(control),
        period_(setting.config.group.stream.period),
        pipeline_(first.model, with_rules(setting.config, first.alarms),
                  ingest::WindowStore::options(setting.config.group.stream), nullptr,
                  control.with(first.plans, setting.config.group.stream.period)),
        decoder_(ingest::make_decoder({setting.config.group.stream, first.model->input})),
        verdicts_(verdicts),
        events_(events) {}

  void read(const Record& record) {
    decoder_->begin({record.payload, record.key, record.timestamp_us, nullptr});
    ingest::RejectReason reason = ingest::RejectReason::none;
    while (decoder_->next(sample_, reason)) {
      if (reason != ingest::RejectReason::none) continue;
      pipeline_.add(sample_, record.timestamp_us);
      for (;;) {
        give_out();
        if (!pipeline_.unfinished()) break;
        pipeline_.resume();
      }
    }
  }

  void reload(const Regime& regime) {
    std::vector<daemon::AlarmEvent> events;
    pipeline_.set_plans(control_.with(regime.plans, period_));
    pipeline_.adopt(regime.model, regime.alarms, events);
    for (const daemon::AlarmEvent& event : events) events_.add(to_json_line(event));
  }

 private:
  static config::Config with_rules(config::Config config, const config::AlarmConfig& alarms) {
    config.group.alarms = alarms;
    return config;
  }

  void give_out() {
    if (!pipeline_.pending()) return;
    std::vector<daemon::AlarmEvent> events;
    for (const daemon::Verdict& verdict : pipeline_.process(scorer_, events))
      verdicts_.add(to_json_line(verdict, pipeline_.store(), pipeline_.model()));
    for (const daemon::AlarmEvent& event : events) events_.add(to_json_line(event));
    pipeline_.finish_batch();
  }

  const daemon::ControlPlans& control_;
  config::Microseconds period_;
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
  const auto regime = [&](const Reign& reign) -> const Regime& {
    return setting.regimes[static_cast<std::size_t>(reign.regime)];
  };
  Undisturbed run(setting, regime(history.front()), control, verdicts, events);
  auto next = history.begin() + 1;
  const auto reload_until = [&](std::int64_t offset) {
    for (; next != history.end() && next->from <= offset; ++next) run.reload(regime(*next));
  };
  for (const Record& record : log) {
    reload_until(record.offset);
    run.read(record);
  }
  reload_until(static_cast<std::int64_t>(log.size()));
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
