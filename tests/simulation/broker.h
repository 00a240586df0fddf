// A topic as a scripted log, and the consumer group as a scripted coordinator. KafkaConsumer's
// double (consumer.cpp) asks it what librdkafka would be told.
//
// It keeps the world's books, too: by which regimes each partition's state has come (history.h),
// and what has been given out under them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ingest/kafka_consumer.h"
#include "tests/simulation/history.h"

namespace faultprint::crash {

struct Record {
  std::string key;
  std::string payload;
  std::int64_t timestamp_us = 0;
  std::int64_t offset = 0;
  const ingest::TopicPartition* where = nullptr;
};

constexpr int kNobody = -1;
constexpr int kMostPartitions = 3;

// A partition as one member of the group has it.
struct Held {
  bool held = false;
  std::int64_t position = 0;   // next record to be handed over
  std::int64_t stored = -1;    // offset to be committed
  std::int64_t live_from = 0;  // committed when it was assigned
  History history;             // of the state in memory
  int due = -1;                // a regime that takes effect once it has caught up
  // A regime takes effect: the state until then. The next poll shows that it is through.
  std::optional<Place> settling;
};

struct Member {
  bool alive = true;
  int fenced_in = -1;  // polls until it is told that it is out; -1: it is in
  std::array<Held, kMostPartitions> held;
  std::array<bool, kMostPartitions> to_revoke{};
  std::array<bool, kMostPartitions> to_assign{};
  int regime = 0;       // of its process
  int new_regime = -1;  // asked for, from its next round on
};

class Broker {
 public:
  struct Partition {
    ingest::TopicPartition where;
    std::vector<Record> log;
    std::int64_t first = 0;  // that it still holds
    std::int64_t end = 0;    // of what has been written so far
    std::int64_t committed = -1;
    int owner = kNobody;
    int wanted = kNobody;  // the member that is to have it
    int last_owner = kNobody;
    History told;                   // by which verdicts were given out last,
    std::int64_t out = 0;           // up to here
    bool unsettled = false;         // a reload may not have outlived its process yet
    std::optional<Place> restored;  // of the snapshot read last
  };

  std::vector<Partition> partitions;
  std::vector<Member> members;
  bool cooperative = true;
  double failing_commits = 0;      // chance of each
  std::vector<std::string> wrong;  // what must not be

  int join(int regime);
  void die(int member);     // its session goes on until expire()
  void expire(int member);  // the group misses it
  void expel(int member);   // the same, while it is at work
  void leave(int member);
  void rebalance();  // a new share of partitions for all that are alive
  bool any_free() const;
  void settle();  // free partitions go to who shall have them

  // What a member's consumer does.
  const Record* next(int member);
  void commit(int member);
  void gave_up(int member, int partition);
  void assigned(int member, int partition, std::int64_t start);
  void assignment_cut_short(int member, int partition);

  // Of the regimes. begin_round: a reload asked for takes effect now.
  void reload(int member, int regime);
  void begin_round(int member);
  void polled(int member);
  Place place_of(const std::string& snapshot_path);  // of the state that is being written
  void restored(const std::string& snapshot_path, const Place& place);
  void not_written(const std::string& snapshot_path);
  int at_work = kNobody;  // the member whose turn it is

 private:
  bool in_group(int member) const;
  Partition* partition_of(const std::string& snapshot_path);
  Place restored_place(const Partition& partition, int regime) const;
  void take_effect(Partition& partition, Held& held, int regime);
  void free(int partition);
};

}  // namespace faultprint::crash
