#include "tests/simulation/stage.h"

namespace faultprint::crash {
namespace {

thread_local Stage* the_stage = nullptr;

}  // namespace

const char* name(Count count) {
  static constexpr std::array<const char*, static_cast<std::size_t>(Count::count_)> kNames{
      "worlds",
      "records read",
      "verdicts",
      "verdicts given again",
      "alarm events",
      "processes killed",
      "power failures",
      "processes stopped",
      "outputs that could not be written",
      "snapshots that could not be written",
      "snapshots lost",
      "snapshots torn",
      "snapshots gone back to an older one",
      "snapshots refused",
      "snapshots in a topic",
      "partitions revoked",
      "partitions moved to another worker",
      "workers fenced while at work",
      "commits failed",
      "reloads",
      "reloads while a partition was catching up",
      "control records read",
      "kills that cut a reload short",
      "reloads before a killed worker's verdicts had come again",
  };
  return kNames[static_cast<std::size_t>(count)];
}

Stage::Stage(std::uint64_t seed, bool traced) : dice(seed), traced_(traced) { the_stage = this; }

Stage::~Stage() { the_stage = nullptr; }

Stage& Stage::now() { return *the_stage; }

void Stage::step(const char* what) {
  if (fuse == nullptr || fuse->steps == 0 || --fuse->steps > 0) return;
  count(Count::kills);
  note(std::string("  killed: ") + what);
  throw Killed{};
}

}  // namespace faultprint::crash
