#include "tests/simulation/world.h"

#include <algorithm>
#include <array>
#include <memory>

#include "tests/simulation/feed.h"
#include "tests/simulation/process.h"
#include "tests/simulation/reference.h"

namespace faultprint::crash {
namespace {

constexpr int kRarelyLarge = 2000;  // one world in so many has an outage of many elements
constexpr int kMostCalmRounds = 20000;
constexpr int kLeastCalmRounds = 30;  // who comes last takes over all partitions

class World {
 public:
  World(std::uint64_t seed, bool traced);
  WorldResult run();

 private:
  void plan();
  void fill_topic();
  void plan_control();
  void show_control(std::int64_t reached_us);
  std::string machine(int i) const { return "m" + std::to_string(i) + "/"; }
  std::string state_directory(int i) const;
  Fuse new_fuse();
  void start(std::size_t machine);
  void happen();
  void damage_snapshot();
  void reload();
  int any_regime(Dice& dice) const;
  void one_round();
  void write_more();
  void expire_dead();
  void after(Process& process);
  bool finish();
  bool all_read() const;

  Stage stage_;
  daemon::Metrics metrics_;
  Dice plan_;
  const Setting* setting_ = nullptr;
  // With reloads, the state must be where the next owner looks for it, and whole.
  bool reloads_ = false;
  bool shared_state_ = false;
  bool keeps_state_ = true;
  bool state_in_topic_ = false;
  bool loses_snapshots_ = false;
  bool fences_ = false;
  double kills_ = 0;  // chance that a process will be killed
  bool power_ = false;
  int machines_ = 1;
  int workers_ = 1;
  int steps_ = 0;
  std::int64_t snapshot_every_us_ = 0;
  int regime_ = 0;
  std::vector<std::unique_ptr<Process>> processes_;  // one a machine; null: it is down
  struct Control {
    daemon::ControlPlans::Place place;
    std::string payload;
  };
  std::vector<Control> control_;  // by time; those that are yet to be read
  daemon::ControlPlans control_read_;
  std::vector<std::vector<int>> missed_;  // members that died, and that the group still waits for
};

World::World(std::uint64_t seed, bool traced) : stage_(seed * 2 + 1, traced), plan_(seed * 2) {
  metrics_.groups({"", "even", "odd"});
  plan();
  fill_topic();
  plan_control();
}

void World::plan() {
  setting_ =
      &settings()[static_cast<std::size_t>(plan_.below(static_cast<int>(settings().size())))];
  reloads_ = plan_.chance(0.4);
  machines_ = plan_.between(1, 3);
  workers_ = plan_.between(1, 2);
  keeps_state_ = reloads_ || plan_.chance(0.85);
  shared_state_ = machines_ == 1 || reloads_ || plan_.chance(0.3);
  state_in_topic_ = !reloads_ && keeps_state_ && plan_.chance(0.4);
  loses_snapshots_ = !reloads_ && !state_in_topic_ && plan_.chance(0.4);
  fences_ = !reloads_ && plan_.chance(0.4);
  kills_ = plan_.chance(0.8) ? plan_.unit() : 0;
  power_ = plan_.chance(0.4);
  steps_ = plan_.between(20, 70);
  static constexpr std::array<std::int64_t, 4> kEvery{1, 300000, 2000000, 60000000};
  snapshot_every_us_ = kEvery[static_cast<std::size_t>(plan_.below(4))];
  regime_ = reloads_ ? any_regime(plan_) : 0;
  if (!reloads_ && plan_.chance(0.5))  // the first is what most of the rules are tried with
    regime_ = plan_.between(4, static_cast<int>(setting_->regimes.size()) - 1);
  stage_.broker.cooperative = plan_.chance(0.7);
  stage_.broker.failing_commits = plan_.chance(0.5) ? 0.3 : 0;
  stage_.write_errors = plan_.chance(0.25) ? 0.01 : 0;
  stage_.note("machines " + std::to_string(machines_) + ", workers " + std::to_string(workers_) +
              (state_in_topic_ ? ", a state topic"
               : keeps_state_ ? shared_state_ ? ", one state directory" : ", a state directory each"
                              : ", no state directory") +
              (stage_.broker.cooperative ? ", cooperative" : ", eager") + ", snapshots every " +
              std::to_string(snapshot_every_us_) + " us, regime " + std::to_string(regime_));
}

void World::fill_topic() {
  FeedOptions options;
  const bool large = plan_.below(kRarelyLarge) == 0;
  options.partitions = large ? 1 : plan_.between(1, kMostPartitions);
  options.elements = large ? 150 : plan_.between(options.partitions, 1 + 2 * options.partitions);
  options.slots = large ? 18 : plan_.between(14, 32);
  options.outage = large;
  auto logs = make_feed(options, plan_);
  auto& partitions = stage_.broker.partitions;
  for (std::size_t p = 0; p < logs.size(); ++p) {
    partitions.emplace_back();
    partitions.back().where = {"kpi", static_cast<std::int32_t>(p)};
    partitions.back().log = std::move(logs[p]);
    stage_.note("partition " + std::to_string(p) + ": " +
                std::to_string(partitions.back().log.size()) + " records");
  }
  for (auto& partition : partitions)
    for (Record& record : partition.log) record.where = &partition.where;
}

// Planned work and what is to learn anew, said at any time for any time.
void World::plan_control() {
  if (!plan_.chance(0.4)) return;
  constexpr std::array<const char*, 4> kElements{"*", "e*", "e0", "e1"};
  for (int i = plan_.between(1, 4); i > 0; --i) {
    const std::int64_t slot = kFirstSlot + plan_.below(32);
    Control one;
    one.place = {slot * kPeriodS * 1000000 + plan_.below(10000000), 0, i};
    const std::string element = kElements[static_cast<std::size_t>(plan_.below(4))];
    const std::int64_t start = (slot + plan_.between(-6, 6)) * kPeriodS + plan_.below(10);
    if (plan_.chance(0.6))
      one.payload = R"({"type":"maintenance","element":")" + element + R"(","start":)" +
                    std::to_string(start) + R"(,"end":)" +
                    std::to_string(start + plan_.between(1, 15) * kPeriodS) + "}";
    else
      one.payload = R"({"type":"relearn","element":")" + element + R"(","time":)" +
                    std::to_string(start) + "}";
    stage_.control_said.add(one.place, one.payload);
    stage_.note("control record at " + std::to_string(one.place.time_us) + ": " + one.payload);
    control_.push_back(std::move(one));
  }
  std::sort(control_.begin(), control_.end(),
            [](const Control& a, const Control& b) { return b.place < a.place; });
}

// Before any event can be read that a control record counts for; or sooner.
void World::show_control(std::int64_t reached_us) {
  constexpr std::int64_t kAheadUs = 8 * kPeriodS * 1000000;  // events of a clock that is wrong
  bool changed = false;
  while (!control_.empty() &&
         (control_.back().place.time_us + daemon::ControlPlans::kLeadUs <= reached_us + kAheadUs ||
          stage_.dice.chance(0.1))) {
    control_read_.add(control_.back().place, control_.back().payload);
    control_.pop_back();
    stage_.count(Count::control_records);
    changed = true;
  }
  if (changed) stage_.control.show(control_read_);
}

std::string World::state_directory(int i) const {
  if (!keeps_state_) return "";
  return shared_state_ && machines_ > 1 ? "shared" : machine(i) + "state";
}

Fuse World::new_fuse() {
  if (stage_.calm || !stage_.dice.chance(kills_)) return {};
  return {1 + stage_.dice.below(stage_.dice.chance(0.3) ? 20 : 250)};
}

void World::start(std::size_t machine_number) {
  const int i = static_cast<int>(machine_number);
  const ProcessOptions options{machine(i), state_directory(i), state_in_topic_ ? "state" : "",
                               workers_, snapshot_every_us_};
  stage_.note("start " + machine(i));
  auto& process = processes_[machine_number];
  process = std::make_unique<Process>(stage_, *setting_, metrics_, options, regime_, new_fuse());
  after(*process);
}

// Where it has died: what it leaves.
void World::after(Process& process) {
  if (process.alive()) return;
  const bool power = power_ && !stage_.calm && stage_.dice.chance(0.5);
  stage_.note(process.machine() + (power ? " has lost its power" : " is gone"));
  for (const int member : process.members())
    if (stage_.dice.chance(0.3)) stage_.broker.commit(member);  // the last one was on its way
  if (power) {
    stage_.count(Count::power_failures);
    stage_.disk.fail_power(process.machine(), stage_.dice);
  }
  missed_.push_back(process.members());
  for (auto& place : processes_)
    if (place.get() == &process) place.reset();
}

void World::expire_dead() {
  if (missed_.empty()) return;
  for (const int member : missed_.front()) stage_.broker.expire(member);
  missed_.erase(missed_.begin());
  stage_.note("the group misses who died");
  stage_.broker.rebalance();
}

void World::write_more() {
  for (auto& partition : stage_.broker.partitions) {
    const auto before = static_cast<std::size_t>(partition.end);
    partition.end = std::min<std::int64_t>(partition.end + stage_.dice.below(14),
                                           static_cast<std::int64_t>(partition.log.size()));
    for (std::size_t i = before; i < static_cast<std::size_t>(partition.end); ++i)
      show_control(partition.log[i].timestamp_us);
  }
}

void World::one_round() {
  stage_.now_us += stage_.dice.below(400000);
  std::vector<Process*> alive;
  for (auto& process : processes_)
    if (process) alive.push_back(process.get());
  if (alive.empty()) return;
  Process& process =
      *alive[static_cast<std::size_t>(stage_.dice.below(static_cast<int>(alive.size())))];
  process.round();
  after(process);
}

void World::damage_snapshot() {
  auto& all = stage_.disk.snapshots();
  if (all.empty()) return;
  auto place = all.begin();
  std::advance(place, stage_.dice.below(static_cast<int>(all.size())));
  auto& kept = place->second.kept;
  if (kept.empty() || kept.front().bytes.empty()) return;
  stage_.note("damage to " + place->first);
  const int how = stage_.dice.below(3);
  std::string& bytes = kept.front().bytes;
  if (how == 0) {
    stage_.count(Count::lost_snapshots);
    kept.clear();
  } else if (how == 1) {
    stage_.count(Count::torn_snapshots);
    bytes.resize(static_cast<std::size_t>(stage_.dice.below(static_cast<int>(bytes.size()))));
    if (stage_.dice.chance(0.5)) bytes.resize(bytes.size() + 100);
  } else {
    stage_.count(Count::old_snapshots);
    kept.erase(kept.begin());
  }
}

int World::any_regime(Dice& dice) const {
  return dice.below(dice.chance(0.6) ? Setting::kPlainRegimes
                                     : static_cast<int>(setting_->regimes.size()));
}

void World::reload() {
  regime_ = any_regime(stage_.dice);
  stage_.count(Count::reloads);
  stage_.note("reload of regime " + std::to_string(regime_));
  for (auto& partition : stage_.broker.partitions) partition.unsettled = true;
  for (auto& process : processes_)
    if (process) process->reload(regime_);
}

// One thing that may come between any two rounds.
void World::happen() {
  Dice& dice = stage_.dice;
  const auto i = static_cast<std::size_t>(dice.below(machines_));
  auto& process = processes_[i];
  if (!process) {
    if (dice.chance(0.5)) start(i);
    if (reloads_ && dice.chance(0.2)) {  // while what came before the end is read again
      stage_.broker.settle();
      for (int rounds = dice.below(6); rounds > 0; --rounds) one_round();
      reload();
    }
  } else if (dice.chance(0.1)) {
    stage_.note("stop " + process->machine());
    stage_.count(Count::stops);
    process->stop();
    after(*process);
  } else if (kills_ > 0 && dice.chance(0.1)) {
    stage_.note("kill " + process->machine());
    stage_.count(Count::kills);
    process->kill();
    after(*process);
  } else if (fences_ && dice.chance(0.2)) {
    const auto& members = process->members();
    const int member = members[static_cast<std::size_t>(dice.below(workers_))];
    stage_.note("the group takes member " + std::to_string(member) + " for dead");
    stage_.count(Count::zombies);
    stage_.broker.expel(member);
  } else if (reloads_ && dice.chance(0.15)) {
    reload();
  }
  if (dice.chance(0.3)) {
    stage_.note("rebalance");
    stage_.broker.rebalance();
  }
  if (dice.chance(0.3)) expire_dead();
  if (loses_snapshots_ && dice.chance(0.2)) damage_snapshot();
}

bool World::all_read() const {
  return std::all_of(stage_.broker.partitions.begin(), stage_.broker.partitions.end(),
                     [](const Broker::Partition& p) {
                       const auto size = static_cast<std::int64_t>(p.log.size());
                       return p.end == size && (size == 0 || p.committed == size);
                     });
}

// Nothing fails any more: in the end all is read and committed.
bool World::finish() {
  stage_.note("calm");
  stage_.calm = true;
  for (auto& process : processes_)
    if (process) process->spare();
  while (!missed_.empty()) expire_dead();
  if (!processes_[0]) start(0);
  stage_.broker.rebalance();
  for (int i = 0; i < kLeastCalmRounds || (i < kMostCalmRounds && !all_read()); ++i) {
    write_more();
    one_round();
    stage_.broker.settle();
    if (i % 64 == 63 && stage_.broker.any_free()) stage_.broker.rebalance();
  }
  const bool done = all_read();
  for (auto& process : processes_)
    if (process) process->stop();
  return done;
}

WorldResult World::run() {
  processes_.resize(static_cast<std::size_t>(machines_));
  start(0);
  stage_.broker.rebalance();
  for (int step = 0; step < steps_; ++step) {
    write_more();
    for (int rounds = stage_.dice.below(4); rounds > 0; --rounds) one_round();
    if (stage_.dice.chance(0.35)) happen();
    stage_.broker.settle();
  }
  WorldResult result;
  if (!finish()) result.wrong.push_back("it does not come to an end");
  const bool quiet =
      kills_ == 0 && !fences_ && stage_.broker.failing_commits == 0 && stage_.write_errors == 0;
  for (std::string& line : compare(stage_, *setting_, machines_, quiet))
    result.wrong.push_back(std::move(line));
  stage_.count(Count::worlds);
  result.trace = std::move(stage_.trace);
  result.counts = stage_.counts;
  return result;
}

}  // namespace

WorldResult run_world(std::uint64_t seed, bool traced) { return World(seed, traced).run(); }

}  // namespace faultprint::crash
