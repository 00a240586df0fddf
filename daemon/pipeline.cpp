#include "daemon/pipeline.h"

namespace faultprint::daemon {

Pipeline::Pipeline(ModelPointer model, const config::Config& config,
                   const ingest::WindowStore::Options& options,
                   std::shared_ptr<ingest::ElementMemory> memory, AlarmPlans plans)
    : group_(config.group().name),
      model_(std::move(model)),
      store_(model_->input, options, model_->carry_over, std::move(memory)),
      rules_(alarm_rules(config.group().alarms, *model_)),
      alarms_(rules_.alarms, plans),
      silences_(rules_.alarms, plans) {
  store_.set_relearn(std::move(plans.relearn));
}

const std::vector<Verdict>& Pipeline::process(Scorer& scorer, std::vector<AlarmEvent>& events) {
  const ingest::WindowStore* const alone = &store_;
  scorer.score({&alone, 1}, *model_);
  return follow(scorer, 0, events);
}

const std::vector<Verdict>& Pipeline::follow(Scorer& scorer, std::size_t place,
                                             std::vector<AlarmEvent>& events) {
  const std::size_t before = events.size();
  const std::vector<Verdict>& verdicts =
      scorer.verdicts(place, store_, *model_, {rules_.margin, rules_.penalties});
  const std::size_t cells = store_.layout().cells();
  const std::size_t numbers = 2 * store_.layout().numbers;
  for (const Verdict& verdict : verdicts) {
    const bool scored = verdict.row >= 0;
    const auto row = static_cast<std::size_t>(scored ? verdict.row : 0);
    AlarmTracker::Seen seen;
    if (scored)
      seen = {scorer.distances(place, verdict.row),
              std::span(store_.batch().windows).subspan(row * cells, cells),
              std::span(store_.batch().seen).subspan(row * numbers, numbers)};
    const std::size_t from = events.size();
    alarms_.add(verdict, store_.element_name(verdict.element), seen, *model_, events);
    set_detected(verdict.decided_us, events, from);
  }
  silences_.follow(store_, events);
  const ingest::Batch& batch = store_.batch();
  for (std::size_t i = 0; i < batch.departed.size(); ++i) {
    const std::size_t from = events.size();
    alarms_.forget(batch.departed[i], batch.departed_us[i], events);
    set_detected(batch.departed_decided_us[i], events, from);
  }
  name_group(events, before);
  return verdicts;
}

void Pipeline::adopt(ModelPointer model, const config::AlarmConfig& alarms,
                     std::vector<AlarmEvent>& events) {
  const std::size_t before = events.size();
  const bool other = model->model.fingerprint != model_->model.fingerprint;
  model_ = std::move(model);
  rules_ = alarm_rules(alarms, *model_);
  alarms_.set_rules(rules_.alarms);
  silences_.adopt(rules_.alarms, store_.watermark_us(), store_.decided_us(), events);
  if (other) {
    store_.begin_with(model_->input.network, model_->carry_over);
    alarms_.adopt(*model_, store_.watermark_us(), events);
  }
  set_detected(store_.decided_us(), events, before);
  name_group(events, before);
}

void Pipeline::set_plans(const AlarmPlans& plans) {
  store_.set_relearn(plans.relearn);
  alarms_.set_plans(plans);
  silences_.set_plans(plans);
}

void Pipeline::set_folded(const AlarmEvent& event) {
  const auto element = store_.find(event.element);
  if (!element) return;
  AlarmEvent kept = event;
  kept.id.erase(0, id_in_group(group_, "").size());
  alarms_.set_folded(*element, kept);
  silences_.set_folded(*element, kept);
}

std::vector<ActiveAlarm> Pipeline::active_alarms() const {
  std::vector<ActiveAlarm> alarms = alarms_.active();
  silences_.append_active(alarms);
  for (ActiveAlarm& alarm : alarms) {
    alarm.id = id_in_group(group_, alarm.id);
    alarm.element_group = group_;
  }
  return alarms;
}

void Pipeline::name_group(std::vector<AlarmEvent>& events, std::size_t from) const {
  if (group_.empty()) return;
  for (std::size_t i = from; i < events.size(); ++i) {
    events[i].id = id_in_group(group_, events[i].id);
    events[i].element_group = group_;
  }
}

void Pipeline::set_detected(std::int64_t decided_us, std::vector<AlarmEvent>& events,
                            std::size_t from) {
  for (std::size_t i = from; i < events.size(); ++i) events[i].detected_us = decided_us;
}

void Pipeline::write(ingest::StateWriter& out) const {
  store_.write(out);
  alarms_.write(out);
  silences_.write(out);
}

void Pipeline::read(ingest::StateReader& in, const std::string& fingerprint,
                    std::vector<AlarmEvent>& events) {
  const std::size_t before = events.size();
  store_.read(in);
  alarms_.read(in);
  if (in.version() >= 5) silences_.read(in);
  silences_.adopt(rules_.alarms, store_.watermark_us(), store_.decided_us(), events);
  if (fingerprint != model_->model.fingerprint)
    alarms_.adopt(*model_, store_.watermark_us(), events);
  set_detected(store_.decided_us(), events, before);
  name_group(events, before);
}

}  // namespace faultprint::daemon
