// The broker's books of what each partition's state has come by.
#include <algorithm>
#include <utility>

#include "tests/simulation/stage.h"

namespace faultprint::crash {

void Broker::reload(int member, int regime) {
  members[static_cast<std::size_t>(member)].new_regime = regime;
}

void Broker::begin_round(int member) {
  at_work = member;
  Member& m = members[static_cast<std::size_t>(member)];
  const bool asked = m.new_regime >= 0;
  if (asked) m.regime = std::exchange(m.new_regime, -1);
  for (std::size_t p = 0; p < partitions.size(); ++p) {
    Held& held = m.held[p];
    if (!held.held || (!asked && held.due < 0)) continue;
    if (asked && held.position < held.live_from) {
      // What lies before is out, under another regime: the new one must wait for its end.
      Stage::now().count(Count::reloads_behind);
      held.due = m.regime;
    } else if (held.position >= held.live_from) {
      take_effect(partitions[p], held, m.regime);
    }
  }
}

// A killed process may have given out more than it committed: what lies before that end comes
// again, under the new regime. Nobody can tell where that end is.
void Broker::take_effect(Partition& partition, Held& held, int regime) {
  const bool other = held.history.empty() || held.history.back().regime != regime;
  if (other && held.position < partition.out) Stage::now().count(Count::excused_early);
  held.settling = Place{held.history, held.position};
  follow(held.history, held.position, regime);
  held.due = -1;
  if (held.position >= partition.out) partition.told = held.history;
}

void Broker::polled(int member) {
  Member& m = members[static_cast<std::size_t>(member)];
  for (std::size_t p = 0; p < partitions.size(); ++p)
    if (std::exchange(m.held[p].settling, std::nullopt)) partitions[p].unsettled = false;
}

Broker::Partition* Broker::partition_of(const std::string& snapshot_path) {
  for (Partition& p : partitions)
    if (snapshot_path.ends_with("-" + std::to_string(p.where.partition) + ".snapshot")) return &p;
  return nullptr;
}

Place Broker::place_of(const std::string& snapshot_path) {
  const Partition* p = partition_of(snapshot_path);
  if (p == nullptr || at_work == kNobody) return {};
  const Member& m = members[static_cast<std::size_t>(at_work)];
  const Held& held = m.held[static_cast<std::size_t>(p->where.partition)];
  Place place = held.settling ? *held.settling
                : held.held   ? Place{held.history, held.position}
                              : restored_place(*p, m.regime);  // it is being assigned
  Stage::now().note("  snapshot of " + p->where.text() + " at " + std::to_string(place.position));
  return place;
}

// A reload that comes now leaves no place in the log.
void Broker::not_written(const std::string& snapshot_path) {
  const Partition* p = partition_of(snapshot_path);
  if (p == nullptr || at_work == kNobody) return;
  members[static_cast<std::size_t>(at_work)]
      .held[static_cast<std::size_t>(p->where.partition)]
      .settling.reset();
}

void Broker::restored(const std::string& snapshot_path, const Place& place) {
  if (Partition* p = partition_of(snapshot_path)) p->restored = place;
}

// The regime of who restores a state takes effect where that ends.
Place Broker::restored_place(const Partition& partition, int regime) const {
  Place place = partition.restored.value_or(Place{});
  follow(place.history, place.position, regime);
  return place;
}

// It is killed in the middle of it: what its rules change of the restored state may be told
// already.
void Broker::assignment_cut_short(int member, int partition) {
  Partition& state = partitions[static_cast<std::size_t>(partition)];
  if (!state.restored) return;
  const History history =
      restored_place(state, members[static_cast<std::size_t>(member)].regime).history;
  if (before(history, state.out) == before(state.told, state.out)) {
    state.unsettled = state.unsettled || history != state.told;
    state.told = history;
  } else if (state.unsettled) {
    Stage::now().count(Count::excused);  // as where it is not cut short
  }
}

// The state that its new owner reads on with must be that by which verdicts are out already.
void Broker::assigned(int member, int partition, std::int64_t start) {
  const auto p = static_cast<std::size_t>(partition);
  Stage& stage = Stage::now();
  Partition& state = partitions[p];
  Member& m = members[static_cast<std::size_t>(member)];
  Held& held = m.held[p];
  m.to_assign[p] = false;
  held.held = true;
  held.stored = -1;
  held.live_from = std::max<std::int64_t>(state.committed, 0);
  held.position = start >= 0 ? start : held.live_from;
  held.history = restored_place(state, m.regime).history;
  state.restored.reset();
  if (state.last_owner != kNobody && state.last_owner != member) stage.count(Count::moves);
  state.last_owner = member;
  if (before(held.history, state.out) == before(state.told, state.out)) {
    // What a regime of no record told may be lost when the next one comes meanwhile.
    const bool all = std::equal(
        state.told.begin(), state.told.end(), held.history.begin(),
        held.history.begin() +
            static_cast<std::ptrdiff_t>(std::min(state.told.size(), held.history.size())));
    if (!all && state.unsettled) stage.count(Count::excused);
    state.told = held.history;
    if (m.new_regime < 0) state.unsettled = false;
    return;
  }
  if (state.unsettled) {
    stage.count(Count::excused);
    return;
  }
  wrong.push_back(state.where.text() + ": goes on at " + std::to_string(held.position) +
                  " with a state of other reloads than the verdicts up to " +
                  std::to_string(state.out) + ", which are out");
}

}  // namespace faultprint::crash
