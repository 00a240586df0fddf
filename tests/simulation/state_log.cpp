// The state topic of all simulated machines, in the place of ingest/kafka_state_log.cpp: it
// outlives them; of what is written together a kill may leave any part.
#include <stdexcept>

#include "ingest/kafka_state_log.h"
#include "tests/simulation/stage.h"

namespace faultprint::ingest {
namespace {

constexpr std::size_t kChunk = 2000;  // most snapshots of a world have several

}  // namespace

struct KafkaStateLog::Impl {};

KafkaStateLog::KafkaStateLog(const config::KafkaConfig&, std::string) {}
KafkaStateLog::~KafkaStateLog() = default;

std::size_t KafkaStateLog::most_bytes() const { return kChunk; }

int KafkaStateLog::partitions(Milliseconds) { return crash::kStatePartitions; }

void KafkaStateLog::write(int partition, const Fill& fill, Milliseconds) {
  crash::Stage& stage = crash::Stage::now();
  std::size_t records = 0;
  fill([&](const StateRecord& record) {
    stage.step("before a record of a snapshot");
    if (!stage.calm && stage.dice.chance(stage.write_errors)) {
      stage.count(crash::Count::failed_snapshots);
      stage.note("  cannot write " + record.key);
      throw std::runtime_error("state.topic: simulated: not written");
    }
    stage.state[static_cast<std::size_t>(partition)].push_back(record);
    ++records;
  });
  if (records > 1) stage.count(crash::Count::snapshots_in_topic);  // else it is a claim
}

PartitionLimits KafkaStateLog::limits(int partition, Milliseconds) {
  const auto& log = crash::Stage::now().state[static_cast<std::size_t>(partition)];
  return {0, static_cast<std::int64_t>(log.size())};
}

void KafkaStateLog::read(int partition, std::int64_t from, std::int64_t end, const Take& take,
                         Milliseconds) {
  crash::Stage::now().step("before reading a state topic");
  const auto& log = crash::Stage::now().state[static_cast<std::size_t>(partition)];
  for (std::int64_t at = from; at < end; ++at) {
    StateRecord record = log[static_cast<std::size_t>(at)];
    record.offset = at;
    take(record);
  }
}

}  // namespace faultprint::ingest
