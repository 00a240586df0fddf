// Single steps of what crash_worlds does at random: what it has found, one cause each.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include "tests/simulation/feed.h"
#include "tests/simulation/process.h"
#include "tests/simulation/reference.h"

namespace faultprint::crash {
namespace scenarios_test {

constexpr std::int64_t kNever = 3600000000;  // snapshots: none but those that have a cause

// One machine with one worker reads one partition.
class Scenario {
 public:
  explicit Scenario(std::uint64_t seed) : stage_(seed, false) {
    stage_.calm = true;
    Dice dice(seed);
    FeedOptions options;
    options.elements = 5;
    options.slots = 30;
    auto& partition = stage_.broker.partitions.emplace_back();
    partition.where = {"kpi", 0};
    partition.log = std::move(make_feed(options, dice)[0]);
    for (Record& record : partition.log) record.where = &partition.where;
  }

  std::int64_t records() const {
    return static_cast<std::int64_t>(stage_.broker.partitions[0].log.size());
  }

  void start(int regime, std::int64_t snapshot_every_us = kNever) {
    process_ = std::make_unique<Process>(
        stage_, settings()[0], metrics_,
        ProcessOptions{"m0/", "m0/state", "", 1, snapshot_every_us}, regime, Fuse{});
    stage_.broker.rebalance();
  }
  // Until all before `offset` is read and committed.
  void read_to(std::int64_t offset) {
    auto& partition = stage_.broker.partitions[0];
    partition.end = offset;
    for (int i = 0; i < 1000 && partition.committed < offset; ++i) round();
    REQUIRE(partition.committed == offset);
  }
  // The topic is made again, with what was not read yet.
  void make_anew(std::int64_t committed) {
    auto& partition = stage_.broker.partitions[0];
    partition.log.erase(partition.log.begin(), partition.log.begin() + partition.end);
    for (std::size_t i = 0; i < partition.log.size(); ++i)
      partition.log[i].offset = static_cast<std::int64_t>(i);
    partition.end = 0;
    partition.committed = committed;
    for (Member& member : stage_.broker.members) member.held[0].position = 0;
  }
  void cut(std::int64_t first) {
    auto& partition = stage_.broker.partitions[0];
    partition.first = first;
    partition.end = std::max(partition.end, first);
  }
  bool shows(const std::string& metric) const {
    return metrics_.render().find("\n" + metric + "\n") != std::string::npos;
  }
  void round() {
    stage_.now_us += 200000;
    process_->round();
  }
  void reload(int regime) {
    stage_.broker.partitions[0].unsettled = true;
    process_->reload(regime);
  }
  void kill() {
    process_->kill();
    stage_.broker.expire(process_->members()[0]);
  }
  void stop() { process_->stop(); }

  std::vector<std::string> wrong() {
    read_to(records());
    stop();
    auto lines = compare(stage_, settings()[0], 1, false);
    CHECK(stage_.counted(Count::excused) + stage_.counted(Count::excused_early) == 0);
    return lines;
  }

 private:
  Stage stage_;
  daemon::Metrics metrics_;
  std::unique_ptr<Process> process_;
};

using Wrong = std::vector<std::string>;

TEST_CASE(
    "a reload keeps its place in the log when the worker is killed before its next snapshot") {
  for (std::int64_t at = 10; at < 90; at += 5)
    for (const int regime : {1, 2, 3, 4}) {
      CAPTURE(at);
      CAPTURE(regime);
      Scenario scenario(7);
      scenario.start(0);
      scenario.read_to(at);
      scenario.reload(regime);
      scenario.read_to(at + 12);
      scenario.kill();
      scenario.start(regime);
      CHECK(scenario.wrong() == Wrong{});
    }
}

TEST_CASE("a reload that comes while verdicts are read again waits for their end") {
  for (std::int64_t at = 20; at < 90; at += 5)
    for (const int regime : {1, 2, 4}) {
      CAPTURE(at);
      CAPTURE(regime);
      Scenario scenario(8);
      scenario.start(0);
      scenario.read_to(at - 15);
      scenario.stop();  // with a snapshot
      scenario.start(0);
      scenario.read_to(at);
      scenario.kill();  // without
      scenario.start(0);
      scenario.round();  // assigned
      scenario.reload(regime);
      CHECK(scenario.wrong() == Wrong{});
    }
}

TEST_CASE("a topic that is made again is judged from its first record on") {
  Scenario scenario(7);
  scenario.start(0);
  scenario.read_to(110);
  scenario.stop();
  scenario.start(0);
  scenario.round();  // assigned: what lies before 110 is out
  scenario.make_anew(0);
  REQUIRE(scenario.records() < 110);
  for (std::int64_t at = 10; at < scenario.records(); at += 10) scenario.read_to(at);
}

TEST_CASE("a topic that is made again while nobody reads it is judged from its first record on") {
  Scenario scenario(7);
  scenario.start(0);
  scenario.read_to(110);
  scenario.stop();
  scenario.make_anew(-1);
  REQUIRE(scenario.records() < 110);
  scenario.start(0);
  for (std::int64_t at = 10; at < scenario.records(); at += 10) scenario.read_to(at);
}

TEST_CASE("a log that was cut is read on from its first record, and what is gone is counted") {
  Scenario scenario(7);
  scenario.start(0);
  scenario.read_to(60);
  scenario.kill();  // its snapshots are behind
  scenario.cut(70);
  scenario.start(0, 1);
  scenario.read_to(90);
  CHECK(scenario.shows("faultprint_records_skipped_total 10"));
  scenario.kill();
  scenario.cut(80);  // nothing that was not judged
  scenario.start(0);
  scenario.read_to(100);
  CHECK(scenario.shows("faultprint_records_skipped_total 10"));
}

TEST_CASE("alarms that a model clears at a restart are not up again under the next one") {
  for (std::int64_t at = 20; at < 100; at += 4) {
    CAPTURE(at);
    Scenario scenario(9);
    scenario.start(0);
    scenario.read_to(at);
    scenario.stop();
    scenario.start(1);  // knows no flap
    scenario.round();
    scenario.kill();
    scenario.start(0);
    CHECK(scenario.wrong() == Wrong{});
  }
}

}  // namespace scenarios_test
}  // namespace faultprint::crash
