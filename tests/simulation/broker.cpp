#include "tests/simulation/broker.h"

#include <algorithm>

#include "tests/simulation/stage.h"

namespace faultprint::crash {

int Broker::join(int regime) {
  members.push_back({});
  members.back().regime = regime;
  return static_cast<int>(members.size()) - 1;
}

bool Broker::in_group(int member) const {
  if (member == kNobody) return false;
  const Member& m = members[static_cast<std::size_t>(member)];
  return m.alive && m.fenced_in < 0;
}

void Broker::free(int partition) {
  Partition& p = partitions[static_cast<std::size_t>(partition)];
  p.owner = kNobody;
  if (!in_group(p.wanted)) p.wanted = kNobody;
}

void Broker::die(int member) { members[static_cast<std::size_t>(member)].alive = false; }

void Broker::expire(int member) {
  for (std::size_t p = 0; p < partitions.size(); ++p)
    if (partitions[p].owner == member) free(static_cast<int>(p));
}

void Broker::expel(int member) {
  Member& m = members[static_cast<std::size_t>(member)];
  m.fenced_in = Stage::now().dice.below(12);
  m.to_revoke = m.to_assign = {};
  expire(member);
}

void Broker::leave(int member) {
  die(member);
  expire(member);
}

void Broker::rebalance() {
  std::vector<int> alive;
  for (int m = 0; m < static_cast<int>(members.size()); ++m)
    if (in_group(m)) alive.push_back(m);
  if (alive.empty()) return;
  for (std::size_t p = 0; p < partitions.size(); ++p) {
    Partition& partition = partitions[p];
    partition.wanted =
        alive[static_cast<std::size_t>(Stage::now().dice.below(static_cast<int>(alive.size())))];
    if (!in_group(partition.owner) || (cooperative && partition.owner == partition.wanted))
      continue;
    Member& owner = members[static_cast<std::size_t>(partition.owner)];
    if (owner.to_assign[p]) {  // it has not heard of it yet
      owner.to_assign[p] = false;
      free(static_cast<int>(p));
    } else {
      owner.to_revoke[p] = true;
    }
  }
  settle();
}

bool Broker::any_free() const {
  return std::any_of(partitions.begin(), partitions.end(),
                     [](const Partition& p) { return p.owner == kNobody; });
}

void Broker::settle() {
  const auto free_now = [](const Partition& p) { return p.owner == kNobody; };
  // The old protocol: all are given up before any is given.
  if (!cooperative && !std::all_of(partitions.begin(), partitions.end(), free_now) &&
      std::any_of(members.begin(), members.end(), [](const Member& m) {
        return m.alive &&
               std::find(m.to_revoke.begin(), m.to_revoke.end(), true) != m.to_revoke.end();
      }))
    return;
  for (std::size_t p = 0; p < partitions.size(); ++p) {
    Partition& partition = partitions[p];
    if (partition.owner != kNobody || !in_group(partition.wanted)) continue;
    partition.owner = partition.wanted;
    members[static_cast<std::size_t>(partition.owner)].to_assign[p] = true;
  }
}

void Broker::commit(int member) {
  Stage& stage = Stage::now();
  Member& m = members[static_cast<std::size_t>(member)];
  if (!stage.calm && stage.dice.chance(failing_commits)) {
    stage.count(Count::failed_commits);
    stage.note("  a commit of member " + std::to_string(member) + " fails");
    return;
  }
  for (std::size_t p = 0; p < partitions.size(); ++p) {
    Held& held = m.held[p];
    if (!held.held || held.stored < 0 || partitions[p].owner != member) continue;  // else fenced
    if (partitions[p].committed != held.stored)
      stage.note("  committed " + partitions[p].where.text() + " " + std::to_string(held.stored));
    partitions[p].committed = held.stored;
  }
}

void Broker::gave_up(int member, int partition) {
  const auto p = static_cast<std::size_t>(partition);
  Member& m = members[static_cast<std::size_t>(member)];
  m.held[p] = {};
  m.to_revoke[p] = false;
  if (partitions[p].owner == member) free(partition);
}

const Record* Broker::next(int member) {
  Stage& stage = Stage::now();
  Member& m = members[static_cast<std::size_t>(member)];
  std::array<std::size_t, kMostPartitions> ready{};
  int count = 0;
  for (std::size_t p = 0; p < partitions.size(); ++p)
    if (m.held[p].held && m.held[p].position < partitions[p].end)
      ready[static_cast<std::size_t>(count++)] = p;
  if (count == 0) return nullptr;
  const std::size_t p = ready[static_cast<std::size_t>(stage.dice.below(count))];
  Partition& partition = partitions[p];
  Held& held = m.held[p];
  const Record& record = partition.log[static_cast<std::size_t>(held.position++)];
  stage.count(Count::records);
  if (record.offset < held.live_from) return &record;
  if (held.due >= 0) {
    --held.position;
    take_effect(partition, held, held.due);
    ++held.position;
  }
  if (partition.out <= record.offset) {
    partition.out = record.offset + 1;
    partition.told = held.history;
  }
  return &record;
}

}  // namespace faultprint::crash
