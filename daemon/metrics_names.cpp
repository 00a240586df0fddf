#include <array>

#include "daemon/metrics.h"

namespace faultprint::daemon {

const char* name(Stage stage) {
  constexpr std::array<const char*, static_cast<std::size_t>(Stage::count_)> kNames{
      "poll", "decode", "window", "score", "output", "snapshot"};
  return kNames[static_cast<std::size_t>(stage)];
}

const char* name(Outcome outcome) {
  constexpr std::array<const char*, static_cast<std::size_t>(Outcome::count_)> kNames{
      "normal", "fault", "unknown", "not_scored"};
  return kNames[static_cast<std::size_t>(outcome)];
}

const char* name(SelfTestOutcome outcome) {
  constexpr std::array<const char*, static_cast<std::size_t>(SelfTestOutcome::count_)> kNames{
      "passed", "failed", "missing"};
  return kNames[static_cast<std::size_t>(outcome)];
}

}  // namespace faultprint::daemon
