#include "daemon/snapshot.h"

#include <doctest/doctest.h>

#include "daemon/snapshot_folder.h"
#include "file_bytes.h"
#include "hand_made_model.h"

namespace faultprint::daemon {
namespace snapshot_test {

using ingest::StateError;
using test::sample;
const ingest::TopicPartition kWhere{"kpi", 3};

SnapshotStore store_in(const std::string& folder) {
  return SnapshotStore(std::make_unique<SnapshotFolder>(folder));
}

Pipeline make_pipeline(ModelPointer model = test::hand_made_model()) {
  return {std::move(model), test::hand_made_config(), test::store_options()};
}

// What records from slot `first` to before `last` make of it, as text.
std::string run(Pipeline& pipeline, int first, int last) {
  std::string text;
  Scorer scorer;
  std::vector<AlarmEvent> events;
  for (int slot = first; slot < last; ++slot) {
    for (const char* element : {"leaf1", "leaf2"})
      pipeline.add(sample(element, slot, {slot > 8 ? 9.0 : 0.5 * (slot % 2), 0.1 * (slot % 3)}), 0);
    events.clear();
    for (const Verdict& verdict : pipeline.process(scorer, events))
      text += to_json_line(verdict, pipeline.store(), pipeline.model()) + "\n";
    for (const AlarmEvent& event : events) text += to_json_line(event) + "\n";
    pipeline.finish_batch();
  }
  return text;
}

std::string error_of(const SnapshotStore& store, const ingest::TopicPartition& where,
                     Pipeline& pipeline) {
  std::vector<AlarmEvent> events;
  try {
    store.read(where, pipeline, events);
  } catch (const StateError& error) {
    return error.what();
  }
  return "";
}

TEST_CASE("a pipeline restored from its file goes on as an undisturbed one") {
  const test::Folder folder;
  const SnapshotStore store = store_in(folder.file("state/deep"));  // is made
  CHECK(store.enabled());
  for (const int cut : {2, 6, 11, 14}) {
    CAPTURE(cut);
    Pipeline undisturbed = make_pipeline();
    run(undisturbed, 0, cut);
    const std::size_t bytes = store.write(kWhere, 1234 + cut, undisturbed);
    CHECK(bytes == std::filesystem::file_size(folder.file("state/deep/kpi-3.snapshot")));
    Pipeline restored = make_pipeline();
    std::vector<AlarmEvent> events;
    CHECK(store.read(kWhere, restored, events) == 1234 + cut);
    CHECK(events.empty());
    REQUIRE(restored.alarms().active().size() == undisturbed.alarms().active().size());
    CHECK(restored.store().decided_us() == undisturbed.store().decided_us());
    for (std::size_t i = 0; i < restored.alarms().active().size(); ++i)
      CHECK(restored.alarms().active()[i].detected_us ==
            undisturbed.alarms().active()[i].detected_us);
    const std::string expected = run(undisturbed, cut, 20);
    CHECK(run(restored, cut, 20) == expected);
    CHECK(expected.find("\"fault_type\":\"loss\"") != std::string::npos);
  }
}

// Written by the versions before, after run(pipeline, 0, 14).
TEST_CASE("a snapshot of an older version goes on as an undisturbed one") {
  const test::Folder folder;
  Pipeline undisturbed = make_pipeline();
  run(undisturbed, 0, 14);
  const std::string expected = run(undisturbed, 14, 20);
  for (const char* name : {"version-4.snapshot", "version-5.snapshot"}) {
    CAPTURE(name);
    std::filesystem::copy(std::string(FAULTPRINT_TEST_DATA) + "/snapshots/" + name,
                          folder.file("kpi-3.snapshot"),
                          std::filesystem::copy_options::overwrite_existing);
    Pipeline restored = make_pipeline();
    std::vector<AlarmEvent> events;
    CHECK(store_in(folder.path()).read(kWhere, restored, events) == 1240);
    CHECK(events.empty());
    REQUIRE(restored.alarms().active().size() == 2);
    CHECK(restored.alarms().active()[0].detected_us == 0);  // nobody knows
    CHECK(run(restored, 14, 20) == expected);
  }
}

TEST_CASE("a snapshot of a version that is too old or too new is refused by its number") {
  const test::Folder folder;
  const SnapshotStore store = store_in(folder.path());
  Pipeline pipeline = make_pipeline();
  store.write(kWhere, 7, pipeline);
  const std::string file = folder.file("kpi-3.snapshot");
  std::string bytes = test::read_bytes(file);
  const std::size_t digit = bytes.find('\n') - 1;
  for (const char version : {'3', '9'}) {
    bytes[digit] = version;
    test::write_bytes(file, bytes);
    CHECK(error_of(store, kWhere, pipeline) == std::string("its version is ") + version +
                                                   ", and this program reads 4 to " +
                                                   std::to_string(ingest::kStateVersion));
  }
}

TEST_CASE("without a file there is nothing to restore, and without a folder nothing is kept") {
  const test::Folder folder;
  Pipeline pipeline = make_pipeline();
  std::vector<AlarmEvent> events;
  CHECK_FALSE(store_in(folder.path()).read(kWhere, pipeline, events).has_value());
  const SnapshotStore none(nullptr);
  CHECK_FALSE(none.enabled());
  CHECK_FALSE(none.read(kWhere, pipeline, events).has_value());
}

// Of pieces of this size.
class MemoryPlace : public SnapshotPlace {
 public:
  explicit MemoryPlace(std::size_t piece) : piece_(piece) {}
  void replace(const ingest::TopicPartition&, const SnapshotWrite& write) override {
    bytes_.clear();
    write([this](std::string_view piece) {
      bytes_ += piece;
      most_ = std::max(most_, piece.size());
    });
  }
  std::optional<ingest::StatePieces> take_over(const ingest::TopicPartition&) override {
    return ingest::StatePieces{bytes_.size(), [this, at = std::size_t{0}]() mutable {
                                 const std::string_view piece =
                                     std::string_view(bytes_).substr(at, piece_);
                                 at += piece.size();
                                 return piece;
                               }};
  }
  std::optional<std::int64_t> written_us(const ingest::TopicPartition&) const override {
    return {};
  }
  const std::string& bytes() const { return bytes_; }
  std::size_t most() const { return most_; }

 private:
  std::size_t piece_;
  std::string bytes_;
  std::size_t most_ = 0;
};

TEST_CASE("a snapshot is written in bounded pieces, and read in pieces of any size") {
  Pipeline pipeline = make_pipeline();
  for (int slot = 0; slot < 6; ++slot)
    for (int element = 0; element < 3000; ++element)
      pipeline.add(sample("cell" + std::to_string(element), slot, {0.5 * (slot % 2), 0.1}), 0);
  Scorer scorer;
  std::vector<AlarmEvent> events;
  do {
    pipeline.process(scorer, events);
    pipeline.finish_batch();
    if (pipeline.unfinished()) pipeline.resume();
  } while (pipeline.pending());
  std::string before;
  for (const std::size_t size : {1, 21, 1000, 1 << 20}) {
    CAPTURE(size);
    auto owned = std::make_unique<MemoryPlace>(size);
    const MemoryPlace& place = *owned;
    const SnapshotStore store(std::move(owned));
    const std::size_t bytes = store.write(kWhere, 7, pipeline);
    CHECK(bytes == place.bytes().size());
    CHECK(bytes > 400'000);
    CHECK(place.most() < 150'000);
    Pipeline restored = make_pipeline();
    CHECK(store.read(kWhere, restored, events) == 7);
    CHECK(restored.store().elements() == 3000);
    store.write(kWhere, 7, restored);
    if (!before.empty()) CHECK(place.bytes() == before);
    before = place.bytes();
  }
}

TEST_CASE("a damaged file is refused: bytes flipped, cut short") {
  constexpr std::size_t kHead = 22, kTail = 12;
  const std::string kNone = "it is no snapshot";
  const std::string kDamaged = "it is damaged (its checksum does not fit)";
  const test::Folder folder;
  const SnapshotStore store = store_in(folder.path());
  Pipeline pipeline = make_pipeline();
  run(pipeline, 0, 11);
  store.write(kWhere, 7, pipeline);
  const std::string file = folder.file("kpi-3.snapshot");
  const std::string bytes = test::read_bytes(file);
  Pipeline other = make_pipeline();
  for (std::size_t i = 0; i < bytes.size(); i += i < 40 ? 1 : 17) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
    test::write_bytes(file, damaged);
    CHECK(error_of(store, kWhere, other) == (i < kHead ? kNone : kDamaged));
    test::write_bytes(file, bytes.substr(0, i));
    CHECK(error_of(store, kWhere, other) == (i < kHead + kTail ? kNone : kDamaged));
  }
  test::write_bytes(file, bytes + "x");
  CHECK(error_of(store, kWhere, other) == kDamaged);
  test::write_bytes(file, bytes);
  CHECK(error_of(store, kWhere, other).empty());
}

TEST_CASE("a file of another configuration is refused") {
  const test::Folder folder;
  const SnapshotStore store = store_in(folder.path());
  Pipeline pipeline = make_pipeline();
  run(pipeline, 0, 3);
  store.write(kWhere, 7, pipeline);
  const auto changed = [&](auto&& change) {
    auto model = test::hand_made_model();
    change(model->input);
    Pipeline other = make_pipeline(model);
    return error_of(store, kWhere, other);
  };
  CHECK(changed([](auto&) {}).empty());
  const std::string why = "it was written for another stream configuration";
  CHECK(changed([](auto& input) { input.max_gap = 2; }) == why);
  CHECK(changed([](auto& input) { input.kpis[1].name = "z"; }) == why);
  CHECK(changed([](auto& input) { input.kpis[1].scale = config::KpiScale::log; }) == why);
  CHECK(changed([](auto& input) { input.baseline.fast = 21; }) == why);
  CHECK(changed([](auto& input) { input.period *= 2; }) == why);
  // The network's figures only start elements that are new.
  CHECK(changed([](auto& input) { input.network[0].mean = 5; }).empty());
}

TEST_CASE("a file of another partition is refused") {
  const test::Folder folder;
  const SnapshotStore store = store_in(folder.path());
  Pipeline pipeline = make_pipeline();
  store.write(kWhere, 7, pipeline);
  std::filesystem::rename(folder.file("kpi-3.snapshot"), folder.file("kpi-4.snapshot"));
  CHECK(error_of(store, {"kpi", 4}, pipeline) == "it belongs to another partition");
}

TEST_CASE("under another model, alarms it cannot name are cleared by name") {
  const test::Folder folder;
  const SnapshotStore store = store_in(folder.path());
  Pipeline pipeline = make_pipeline();
  run(pipeline, 0, 14);
  REQUIRE(pipeline.alarms().active().size() == 2);
  store.write(kWhere, 7, pipeline);
  for (const auto& [without, cleared] : {std::pair{"flap", 0}, {"loss", 2}}) {
    Pipeline other = make_pipeline(test::hand_made_model(without));
    std::vector<AlarmEvent> events;
    CHECK(store.read(kWhere, other, events) == 7);
    CHECK(events.size() == static_cast<std::size_t>(cleared));
    for (const AlarmEvent& event : events) CHECK(event.reason == "model has no such type");
  }
}

TEST_CASE("a folder that cannot be used is an error that names it") {
  const test::Folder folder;
  test::write_bytes(folder.file("plain"), "a file");
  const std::string below = folder.file("plain") + "/state";
  try {
    const SnapshotFolder refused(below);
    FAIL("accepted");
  } catch (const std::runtime_error& error) {
    CHECK(std::string(error.what()).starts_with("state.directory: " + below));
  }
  // One that goes away later.
  const SnapshotStore store = store_in(folder.file("gone"));
  std::filesystem::remove(folder.file("gone"));
  Pipeline pipeline = make_pipeline();
  try {
    store.write(kWhere, 7, pipeline);
    FAIL("written");
  } catch (const std::runtime_error& error) {
    CHECK(std::string(error.what()).starts_with(folder.file("gone") + "/kpi-3.snapshot: "));
  }
}

TEST_CASE("a new snapshot replaces the old one and leaves nothing beside it") {
  const test::Folder folder;
  const SnapshotStore store = store_in(folder.path());
  Pipeline pipeline = make_pipeline();
  store.write(kWhere, 7, pipeline);
  run(pipeline, 0, 6);
  store.write(kWhere, 8, pipeline);
  store.write({"other.topic_x", 0}, 9, pipeline);
  const auto entries = std::filesystem::directory_iterator(folder.path());
  CHECK(std::distance(begin(entries), end(entries)) == 2);
  Pipeline restored = make_pipeline();
  std::vector<AlarmEvent> events;
  CHECK(store.read(kWhere, restored, events) == 8);
  CHECK(store.read({"other.topic_x", 0}, restored, events) == 9);
}

}  // namespace snapshot_test
}  // namespace faultprint::daemon
