// A partition's snapshot in the state directory: as it is, and with a checksum that fits, without
// which what lies behind it would never be reached.
#include "daemon/snapshot.h"

#include <zlib.h>

#include "daemon/snapshot_folder.h"
#include "tests/fuzz/targets.h"
#include "tests/unit/file_bytes.h"
#include "tests/unit/hand_made_model.h"

namespace faultprint::fuzz {
namespace {

const ingest::TopicPartition kWhere{"kpi", 3};

daemon::Pipeline make_pipeline() {
  static const auto model = test::hand_made_model();
  static const auto memory = std::make_shared<ingest::ElementMemory>(model->input);
  return {model, test::hand_made_config(), test::store_options(), memory};
}

// The length and checksum that its body has, where there is room for them.
std::string with_fitting_tail(std::string_view bytes) {
  constexpr std::size_t kHead = 22;
  constexpr std::size_t kTail = sizeof(std::uint64_t) + sizeof(std::uint32_t);
  if (bytes.size() < kHead + kTail) return std::string(bytes);
  const std::string_view body = bytes.substr(kHead, bytes.size() - kHead - kTail);
  ingest::StateWriter tail;
  tail.put(static_cast<std::uint64_t>(body.size()));
  tail.put(static_cast<std::uint32_t>(
      crc32_z(0, reinterpret_cast<const Bytef*>(body.data()), body.size())));
  return std::string(bytes.substr(0, bytes.size() - kTail)) + tail.take();
}

std::string state_of(const daemon::Pipeline& pipeline) {
  ingest::StateWriter out;
  pipeline.write(out);
  return out.take();
}

// What some more records make of it, as text.
std::string run_on(daemon::Pipeline& pipeline) {
  static daemon::Scorer scorer;
  std::string text;
  std::vector<daemon::AlarmEvent> events;
  for (int slot = 14; slot < 18; ++slot) {
    for (const char* element : {"leaf1", "leaf2"})
      pipeline.add(test::sample(element, slot, {slot > 15 ? 9.0 : 0.5, 0.1}), 0);
    do {
      events.clear();
      for (const daemon::Verdict& verdict : pipeline.process(scorer, events))
        text += to_json_line(verdict, pipeline.store(), pipeline.model()) + "\n";
      for (const daemon::AlarmEvent& event : events) text += to_json_line(event) + "\n";
      pipeline.finish_batch();
      if (pipeline.unfinished()) pipeline.resume();
    } while (pipeline.pending());
  }
  return text;
}

constexpr std::int64_t kFar = 1000 * test::kPeriod;

// The elements whose times move the watermark stand behind it in what a store writes.
bool has_far_leader(const std::string& state) {
  ingest::StateReader in(state);
  in.get<std::uint32_t>();  // columns
  in.get<std::uint32_t>();  // window
  in.get<std::int64_t>();   // period
  in.get<std::int64_t>();   // watermark
  const auto count = in.get<std::int32_t>();
  in.get<std::uint8_t>();  // settled
  for (int i = 0; i < count; ++i) {
    in.get<std::uint32_t>();  // element
    if (in.get<std::int64_t>() > kFar) return true;
  }
  return false;
}

// How far the records are from where a state stands is work, slot by slot; the checksum stands for
// it that this is no more than the stream had left.
bool near_records(const ingest::WindowStore& store, const std::string& state) {
  if (store.watermark_us() > kFar || has_far_leader(state)) return false;
  for (const char* element : {"leaf1", "leaf2"}) {
    const auto id = store.find(element);
    if (id && store.element(*id).newest_time_us() > kFar) return false;
  }
  return true;
}

void restore(const std::string& bytes) {
  static const test::Folder folder;
  static const daemon::SnapshotStore store(std::make_unique<daemon::SnapshotFolder>(folder.path()));
  test::write_bytes(folder.file("kpi-3.snapshot"), bytes);
  daemon::Pipeline pipeline = make_pipeline();
  std::vector<daemon::AlarmEvent> events;
  try {
    require(store.read(kWhere, pipeline, events).has_value(), "a file that is there is read");
  } catch (const ingest::StateError&) {
    return;
  }
  const std::string state = state_of(pipeline);
  daemon::Pipeline again = make_pipeline();
  std::vector<daemon::AlarmEvent> none;
  ingest::StateReader in(state);
  again.read(in, pipeline.model().model.fingerprint, none);
  require(in.at_end() && none.empty(), "what is written is read whole");
  require(state_of(again) == state, "a state that was read is written as it was");
  if (near_records(pipeline.store(), state))
    require(run_on(again) == run_on(pipeline), "both go on alike");
}

}  // namespace

void fuzz_snapshot(std::string_view input) {
  restore(std::string(input));
  const std::string fitting = with_fitting_tail(input);
  if (fitting != input) restore(fitting);
}

}  // namespace faultprint::fuzz
