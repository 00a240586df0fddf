// KafkaConsumer and KafkaRecord on the scripted broker, in the place of ingest/kafka_consumer.cpp,
// kafka_rebalance.cpp and kafka_record.cpp. What the daemon is told, when and in which order is as
// there.
#include <exception>
#include <utility>

#include "ingest/kafka_consumer.h"
#include "tests/simulation/stage.h"

namespace faultprint::ingest {

namespace {

const crash::Record* record_of(void* message) { return static_cast<crash::Record*>(message); }

}  // namespace

KafkaRecord::~KafkaRecord() = default;
KafkaRecord::KafkaRecord(KafkaRecord&& other) noexcept
    : message_(std::exchange(other.message_, nullptr)) {}
KafkaRecord& KafkaRecord::operator=(KafkaRecord&& other) noexcept {
  std::swap(message_, other.message_);
  return *this;
}
std::string_view KafkaRecord::payload() const { return record_of(message_)->payload; }
std::string_view KafkaRecord::key() const { return record_of(message_)->key; }
std::string_view KafkaRecord::header(const std::string&) const { return {}; }
std::vector<std::pair<std::string_view, std::string_view>> KafkaRecord::headers() const {
  return {};
}
std::string_view KafkaRecord::topic() const { return record_of(message_)->where->topic; }
const void* KafkaRecord::topic_handle() const { return &crash::Stage::now().broker; }
std::int32_t KafkaRecord::partition() const { return record_of(message_)->where->partition; }
std::int64_t KafkaRecord::offset() const { return record_of(message_)->offset; }
std::int64_t KafkaRecord::timestamp_us() const { return record_of(message_)->timestamp_us; }

struct KafkaConsumer::Impl {
  RebalanceListener& listener;
  int member;
  std::exception_ptr failure;  // thrown by the listener
  bool closed = false;

  crash::Member& self() const {
    return crash::Stage::now().broker.members[static_cast<std::size_t>(member)];
  }
  template <typename Call>
  void tell(Call call) {
    try {
      call();
    } catch (const std::exception&) {
      failure = std::current_exception();
    }
  }
  void revoke(const std::vector<int>& partitions, bool lost);
  void assign();
  void serve();
};

void KafkaConsumer::Impl::revoke(const std::vector<int>& partitions, bool lost) {
  if (partitions.empty()) return;
  crash::Stage& stage = crash::Stage::now();
  std::vector<TopicPartition> named;
  for (const int p : partitions) {
    named.push_back(stage.broker.partitions[static_cast<std::size_t>(p)].where);
    stage.count(crash::Count::revocations);
  }
  tell([&] {
    listener.revoked(named, lost);
    stage.step("before the commit of a revocation");
    if (!lost) stage.broker.commit(member);
  });
  for (const int p : partitions) stage.broker.gave_up(member, p);
  stage.broker.settle();
}

void KafkaConsumer::Impl::assign() {
  crash::Stage& stage = crash::Stage::now();
  std::vector<PartitionOffset> committed;
  for (std::size_t p = 0; p < stage.broker.partitions.size(); ++p) {
    auto& partition = stage.broker.partitions[p];
    partition.restored.reset();
    if (self().to_assign[p]) committed.push_back({partition.where, partition.committed});
  }
  if (committed.empty()) return;
  std::vector<PartitionOffset> starts;
  try {
    tell([&] { starts = listener.assigned(committed); });
  } catch (const crash::Killed&) {
    for (const PartitionOffset& at : committed)
      stage.broker.assignment_cut_short(member, at.where.partition);
    throw;
  }
  // What the listener has not placed begins where librdkafka would.
  for (const PartitionOffset& at : committed) {
    std::int64_t start = -1;
    for (const PartitionOffset& from : starts)
      if (from.where == at.where) start = from.offset;
    stage.broker.assigned(member, at.where.partition, start);
  }
}

void KafkaConsumer::Impl::serve() {
  std::vector<int> held;
  std::vector<int> given_up;
  for (int p = 0; p < crash::kMostPartitions; ++p) {
    const auto at = static_cast<std::size_t>(p);
    if (self().held[at].held) held.push_back(p);
    if (self().held[at].held && self().to_revoke[at]) given_up.push_back(p);
  }
  if (self().fenced_in > 0) {
    --self().fenced_in;  // it has not noticed yet
  } else if (self().fenced_in == 0) {
    revoke(held, true);
    self().fenced_in = -1;
  } else if (crash::Stage::now().calm ||
             crash::Stage::now().dice.chance(0.3)) {  // in the middle of a batch, too
    revoke(given_up, false);
    assign();
  }
}

KafkaConsumer::KafkaConsumer(const config::KafkaConfig&, const std::string&,
                             RebalanceListener& listener)
    : impl_(std::make_unique<Impl>(
          Impl{listener, crash::Stage::now().broker.at_work, nullptr, false})) {}

KafkaConsumer::~KafkaConsumer() {
  crash::Stage& stage = crash::Stage::now();
  crash::Fuse* const fuse = std::exchange(stage.fuse, nullptr);  // nothing is thrown from here
  try {
    if (impl_->self().alive) close();
  } catch (const std::exception&) {
  }
  stage.fuse = fuse;
}

std::optional<KafkaRecord> KafkaConsumer::poll(std::chrono::milliseconds timeout) {
  if (impl_->closed) return std::nullopt;
  crash::Stage& stage = crash::Stage::now();
  stage.step("before a poll");
  stage.broker.polled(impl_->member);
  impl_->serve();
  if (impl_->failure) std::rethrow_exception(std::exchange(impl_->failure, nullptr));
  // In the background; not always in time for what comes next.
  if (stage.calm || stage.dice.chance(0.1)) stage.broker.commit(impl_->member);
  // A batch ends anywhere.
  if (timeout.count() == 0 && stage.dice.chance(0.15)) return std::nullopt;
  stage.now_us += stage.dice.chance(0.1) ? stage.dice.below(60000) : 10;
  const crash::Record* const record = stage.broker.next(impl_->member);
  if (record == nullptr) return std::nullopt;
  return KafkaRecord(const_cast<crash::Record*>(record));
}

void KafkaConsumer::store_offset(const TopicPartition& where, std::int64_t offset) {
  crash::Stage::now().step("before an offset is stored");
  auto& held = impl_->self().held[static_cast<std::size_t>(where.partition)];
  if (held.held) held.stored = offset;
}

void KafkaConsumer::commit_at(const TopicPartition& where, std::int64_t offset) {
  auto& partition =
      crash::Stage::now().broker.partitions[static_cast<std::size_t>(where.partition)];
  if (partition.owner == impl_->member) partition.committed = offset;
}

bool KafkaConsumer::commit() {
  crash::Stage::now().broker.commit(impl_->member);
  return true;
}

std::int64_t KafkaConsumer::lag(const TopicPartition& where, std::int64_t next_offset) const {
  return crash::Stage::now().broker.partitions[static_cast<std::size_t>(where.partition)].end -
         next_offset;
}

std::int64_t KafkaConsumer::offset_for_time(const TopicPartition& where, std::int64_t time_us,
                                            std::chrono::milliseconds) {
  const auto& partition =
      crash::Stage::now().broker.partitions[static_cast<std::size_t>(where.partition)];
  for (std::int64_t at = 0; at < partition.end; ++at)
    if (partition.log[static_cast<std::size_t>(at)].timestamp_us >= time_us) return at;
  return -1;
}

PartitionLimits KafkaConsumer::limits(const TopicPartition& where, std::chrono::milliseconds) {
  const auto& partition =
      crash::Stage::now().broker.partitions[static_cast<std::size_t>(where.partition)];
  return {partition.first, partition.end};
}

bool KafkaConsumer::starts_at_end(const TopicPartition&) const { return false; }

std::int64_t KafkaConsumer::timestamp_before(const TopicPartition& where, std::int64_t offset,
                                             std::chrono::milliseconds) {
  const auto& partition =
      crash::Stage::now().broker.partitions[static_cast<std::size_t>(where.partition)];
  if (offset <= 0 || offset > partition.end) return -1;
  return partition.log[static_cast<std::size_t>(offset - 1)].timestamp_us;
}

bool KafkaConsumer::connected() const { return true; }

std::string KafkaConsumer::last_error() const { return ""; }

std::string KafkaConsumer::topic_error(const std::string&) const { return ""; }

void KafkaConsumer::close() {
  if (std::exchange(impl_->closed, true)) return;
  crash::Stage& stage = crash::Stage::now();
  std::vector<int> held;
  for (int p = 0; p < crash::kMostPartitions; ++p)
    if (impl_->self().held[static_cast<std::size_t>(p)].held) held.push_back(p);
  impl_->revoke(held, impl_->self().fenced_in >= 0);
  stage.broker.leave(impl_->member);
  if (impl_->failure) std::rethrow_exception(std::exchange(impl_->failure, nullptr));
}

}  // namespace faultprint::ingest
