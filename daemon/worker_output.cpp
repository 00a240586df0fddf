// What a worker gives out, and when its offsets may follow.
#include <algorithm>
#include <chrono>

#include "daemon/clock.h"
#include "daemon/log.h"
#include "daemon/worker.h"
#include "ingest/timestamp.h"

namespace faultprint::daemon {
namespace {

constexpr auto kStoreEvery = std::chrono::milliseconds(500);
constexpr auto kDelivery =
    std::chrono::milliseconds(200);  // to topics; till then it is tried again

// Of its series.
template <typename Alarm>
AlarmLabels labels_of(const Alarm& alarm) {
  AlarmLabels labels = alarm.labels;
  if (!alarm.element_group.empty()) labels.emplace_back(kGroupLabel, alarm.element_group);
  return labels;
}

}  // namespace

// A record counts once its verdicts are out: who has seen it counted finds its alarms.
void Worker::give_out() {
  give_out(touched_);
  for (Partition* partition : touched_) {
    for (const auto& share : partition->shares) show_due(*share);
    partition->touched = false;
  }
  touched_.clear();
  metrics_.records(records_, bytes_);
  metrics_.samples(rejects_);
  metrics_.unknown_kpis(unknown_kpis_);
  records_ = bytes_ = unknown_kpis_ = 0;
  rejects_ = {};
}

// All ready windows of a group in one go; after a reload those that still wait for it apart.
void Worker::give_out(std::span<Partition* const> partitions) {
  std::vector<Place> pending;
  for (Partition* partition : partitions)
    for (const auto& share : partition->shares)
      if (share->pipeline.pending()) pending.push_back({partition, share.get()});
  while (!pending.empty()) {
    const GroupShare& first = *pending.front().share;
    const LoadedModel& model = first.pipeline.model();
    const auto others =
        std::stable_partition(pending.begin(), pending.end(), [&](const Place& place) {
          return &place.share->pipeline.model() == &model && &place.share->group == &first.group;
        });
    give_out({pending.begin(), others}, model);
    pending.erase(pending.begin(), others);
  }
}

void Worker::give_out(std::span<const Place> places, const LoadedModel& model) {
  std::vector<const ingest::WindowStore*> stores;
  for (const Place& place : places) stores.push_back(&place.share->pipeline.store());
  const auto before = Clock::now();
  scorer_.score(stores, model);
  const auto scored = Clock::now();
  GivenOut given;
  for (std::size_t i = 0; i < places.size(); ++i) write_out(places[i], i, given);
  count_given(places.front().share->group.name(), given);
  const auto written = Clock::now();
  if (given.any()) {
    metrics_.last_verdict(unix_now());
    metrics_.verdict_latency(seconds(written - began_));
  }
  metrics_.stage_time(Stage::score, seconds(scored - before));
  metrics_.stage_time(Stage::output, seconds(written - scored));
}

void Worker::count_given(const std::string& group, const GivenOut& given) {
  for (std::size_t i = 0; i < given.verdicts.size(); ++i)
    if (given.verdicts[i] > 0) metrics_.verdicts(static_cast<Outcome>(i), given.verdicts[i], group);
  metrics_.windows(given.windows, group);
}

// Between batches: what was given out is made to last first, so that whatever is not out, be it by
// a power failure, is read again.
void Worker::store_offsets() {
  next_store_ = Clock::now() + kStoreEvery;
  if (!outputs_.sync(kDelivery)) return;
  for (auto& [where, partition] : partitions_) {
    if (partition->pending() || partition->next_offset <= partition->live_from ||
        partition->next_offset == partition->stored_offset)
      continue;
    consumer_->store_offset(where, partition->next_offset);
    partition->stored_offset = partition->next_offset;
  }
}

void Worker::write_out(const Place& what, std::size_t place, GivenOut& given) {
  std::vector<AlarmEvent> events;
  GroupShare& share = *what.share;
  const std::vector<Verdict>& verdicts = share.pipeline.follow(scorer_, place, events);
  if (what.partition->next_offset > what.partition->live_from) {
    std::string lines;
    for (const Verdict& verdict : verdicts) {
      ++given.verdicts[static_cast<std::size_t>(verdict.outcome)];
      if (outputs_.wants(verdict.outcome)) add_line(share, verdict, lines);
    }
    given.windows += share.pipeline.store().batch().rows;
    outputs_.verdicts(lines);
    write_events(share, events);
    tell_relearned(share, verdicts);
  } else {
    catch_up(share, events);
  }
  follow_homes(share, what.partition->where);
  share.pipeline.finish_batch();
}

void Worker::tell_relearned(const GroupShare& share, const std::vector<Verdict>& verdicts) {
  const ingest::WindowStore& store = share.pipeline.store();
  std::uint64_t elements = 0;
  for (const Verdict& verdict : verdicts) {
    if (!verdict.relearned) continue;
    ++elements;
    const std::string& element = store.element_name(verdict.element);
    const std::int64_t slot = store.batch().slots[verdict.slot_index].slot;
    const auto* const row = store.relearn() ? store.relearn()->at(element, slot) : nullptr;
    log::info("baseline starts anew", {{"element", element},
                                       {"time", ingest::format_rfc3339(verdict.time_us)},
                                       {"reason", row ? row->reason : ""}});
  }
  if (elements > 0) metrics_.relearned(elements);
}

void Worker::add_line(const GroupShare& share, const Verdict& verdict, std::string& lines) {
  const ingest::WindowStore& store = share.pipeline.store();
  const std::string line = share.pipeline.line(verdict);
  if (outputs_.has_verdicts_topic())
    outputs_.verdict({store.element_name(verdict.element), verdict.time_us, line});
  lines += line + "\n";
}

// Told before this process began: only which alarms are up is of interest. Those of groups are of
// this process: they are told, where the file does not hold them already.
void Worker::catch_up(GroupShare& share, const std::vector<AlarmEvent>& events) {
  if (events.empty()) return;
  const auto turn = board_.turn();
  for (const AlarmEvent& event : fold(share, events, false)) {
    if (event.group) outputs_.alarms({event});
    if (event.kind == AlarmEvent::Kind::raised) show(share, alarm_of(event), event.time_us);
    if (event.kind == AlarmEvent::Kind::cleared && !share.late.remove(event.id))
      metrics_.alarm_handed_over(event.id);
    if (const auto alarm = board_.apply(event)) metrics_.alarm_told(*alarm);
  }
}

void Worker::show(GroupShare& share, const ActiveAlarm& alarm, std::int64_t event_us) {
  const bool folded = !alarm.folded_into.empty();
  if (folded || !alarm.group.empty() ||
      !share.late.hold(alarm, false, event_us, unix_now_us(), share.group.alarms().max_age))
    metrics_.alarm_restored(alarm.id, alarm.element, alarm.raised_type, alarm.raised_severity,
                            labels_of(alarm), folded);
  metrics_.alarm_told(alarm);
  board_.put(alarm);
}

// An alarm of long ago makes no page, and so is none to fold.
std::vector<AlarmEvent> Worker::fold(GroupShare& share, const std::vector<AlarmEvent>& events,
                                     bool is_new) {
  std::vector<AlarmEvent> told;
  for (const AlarmEvent& event : events) {
    if (event.kind == AlarmEvent::Kind::raised &&
        share.late.hold(alarm_of(event), is_new, event.time_us, unix_now_us(),
                        share.group.alarms().max_age)) {
      told.push_back(event);
      continue;
    }
    for (AlarmEvent& passed : board_.folds(share.group.name()).pass({event})) {
      if (passed.kind == AlarmEvent::Kind::raised && !passed.folded_into.empty())
        share.pipeline.set_folded(passed);
      if (passed.group)
        passed.probable_cause = share.group.alarms().probable_cause_of(passed.fault_type);
      told.push_back(std::move(passed));
    }
  }
  return told;
}

void Worker::write_events(GroupShare& share, const std::vector<AlarmEvent>& made) {
  if (made.empty()) return;
  const auto turn = board_.turn();
  const std::vector<AlarmEvent> events = fold(share, made, true);
  outputs_.alarms(events);
  for (const AlarmEvent& event : events) {
    if (event.kind == AlarmEvent::Kind::raised) {
      if (!event.folded_into.empty())
        metrics_.alarm_folded(event.id, event.element, event.fault_type, event.severity,
                              event.element_group);
      else if (share.late.holds(event.id))
        metrics_.alarm_late();
      else
        metrics_.alarm_raised(event.id, event.element, event.fault_type, event.severity,
                              labels_of(event));
    }
    if (event.kind == AlarmEvent::Kind::cleared && !share.late.remove(event.id))
      metrics_.alarm_cleared(event.id);
    if (event.kind == AlarmEvent::Kind::withheld) metrics_.alarm_withheld();
    if (event.reason == AlarmEvent::kFlapping) metrics_.alarm_flapping();
    if (const auto alarm = board_.apply(event)) metrics_.alarm_told(*alarm);
  }
}

void Worker::show_due(GroupShare& share) {
  if (share.late.empty()) return;
  for (const auto& [alarm, is_new] : share.late.due(share.pipeline.store().watermark_us(),
                                                    unix_now_us(), share.group.alarms().max_age)) {
    if (is_new)
      metrics_.alarm_raised(alarm.id, alarm.element, alarm.raised_type, alarm.raised_severity,
                            labels_of(alarm));
    else
      metrics_.alarm_restored(alarm.id, alarm.element, alarm.raised_type, alarm.raised_severity,
                              labels_of(alarm), false);
    metrics_.alarm_told(board_.find(alarm.id).value_or(alarm));  // it may have changed since
  }
}

}  // namespace faultprint::daemon
