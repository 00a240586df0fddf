#include "tests/simulation/disk.h"

#include <algorithm>
#include <memory>
#include <stdexcept>

#include "daemon/durable_file.h"
#include "daemon/output_lines.h"
#include "tests/simulation/stage.h"

namespace faultprint::crash {

void Disk::kill(const std::string& machine) {
  for (auto& [path, file] : files_)
    if (path.starts_with(machine)) file.buffer.clear();
}

void Disk::fail_power(const std::string& machine, Dice& dice) {
  kill(machine);
  for (auto& [path, file] : files_) {
    if (!path.starts_with(machine)) continue;
    const auto unsafe = static_cast<int>(file.bytes.size() - file.durable);
    file.bytes.resize(file.durable + static_cast<std::size_t>(dice.between(0, unsafe)));
  }
  for (auto& [path, versions] : snapshots_) {
    if (!path.starts_with(machine) || versions.durable) continue;
    versions.durable = true;
    if (!versions.kept.empty() && dice.chance(0.5)) versions.kept.erase(versions.kept.begin());
  }
}

namespace {

constexpr std::size_t kPieceOfFile = 1000;  // most have several

void fail_now_and_then(const std::string& path, Count count) {
  Stage& stage = Stage::now();
  if (stage.calm || !stage.dice.chance(stage.write_errors)) return;
  stage.count(count);
  stage.note("  cannot write " + path);
  throw std::runtime_error(path + ": cannot be written: No space left on device");
}

// A kill, or a full disk, may leave any part of it; what a full disk did not take is held.
void append(const std::string& path, Disk::File& file) {
  Stage& stage = Stage::now();
  const auto all = static_cast<int>(file.buffer.size());
  const auto part = static_cast<std::size_t>(stage.dice.between(0, all));
  file.bytes += file.buffer.substr(0, part);
  file.buffer.erase(0, part);
  stage.step("in the middle of a write");
  fail_now_and_then(path, Count::write_errors);
  file.bytes += file.buffer;
  file.buffer.clear();
}

}  // namespace
}  // namespace faultprint::crash

namespace faultprint::daemon {

void replace_file(const std::string& path,
                  const std::function<void(const ingest::StateSink&)>& write, unsigned) {
  crash::Stage& stage = crash::Stage::now();
  stage.step("before a snapshot");
  try {
    crash::fail_now_and_then(path, crash::Count::failed_snapshots);
  } catch (const std::exception&) {
    stage.broker.not_written(path);
    throw;
  }
  std::string bytes;
  write([&bytes](std::string_view piece) { bytes += piece; });
  auto& versions = stage.disk.snapshot(path);
  versions.kept.insert(versions.kept.begin(), {std::move(bytes), stage.broker.place_of(path)});
  if (versions.kept.size() > crash::Disk::kMostKept) versions.kept.pop_back();
  versions.durable = false;
  stage.step("before a snapshot's folder is on the disk");
  versions.durable = true;
  stage.step("after a snapshot");
}

std::optional<std::int64_t> modified_us(const std::string&) { return std::nullopt; }

std::optional<ingest::StatePieces> open_file(const std::string& path) {
  crash::Stage& stage = crash::Stage::now();
  stage.step("before reading a file");
  auto& versions = stage.disk.snapshot(path);
  if (versions.kept.empty()) return std::nullopt;
  versions.durable = true;
  stage.broker.restored(path, versions.kept.front().place);
  const auto left = std::make_shared<std::string>(versions.kept.front().bytes);
  return ingest::StatePieces{left->size(), [left, last = std::string()]() mutable {
                               last = left->substr(0, crash::kPieceOfFile);
                               left->erase(0, last.size());
                               return std::string_view(last);
                             }};
}

std::optional<std::string> read_file(const std::string& path, std::size_t most) {
  crash::Stage& stage = crash::Stage::now();
  stage.step("before reading a file");
  const std::string& bytes = stage.disk.file(path).bytes;
  return bytes.substr(bytes.size() - std::min(bytes.size(), most));
}

std::string make_folder(const std::string&) { return ""; }

OutputLines::OutputLines(const std::string& path, Open) : path_(path) {
  if (path.empty()) return;
  fd_ = 0;  // open; never written to
  unsynced_ = true;
  auto& file = crash::Stage::now().disk.file(path);
  if (!file.bytes.empty() && file.bytes.back() != '\n') file.bytes += '\n';
}

OutputLines::~OutputLines() = default;

void OutputLines::write(std::string_view line) {
  if (fd_ < 0) return;
  auto& buffer = crash::Stage::now().disk.file(path_).buffer;
  buffer += line;
  buffer += '\n';
  unsynced_ = true;
}

void OutputLines::flush() {
  if (fd_ < 0) return;
  auto& file = crash::Stage::now().disk.file(path_);
  if (!file.buffer.empty()) crash::append(path_, file);
}

void OutputLines::sync() {
  if (fd_ < 0 || !unsynced_) return;
  flush();
  crash::Stage::now().step("before outputs are on the disk");
  auto& file = crash::Stage::now().disk.file(path_);
  file.durable = file.bytes.size();
  unsynced_ = false;
}

}  // namespace faultprint::daemon
