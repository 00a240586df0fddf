// Which regime (settings.h) a partition's state has come by: since which offset which one. Verdicts
// and alarm events are a function of the log and of this.
#pragma once

#include <cstdint>
#include <vector>

namespace faultprint::crash {

struct Reign {
  std::int64_t from = 0;  // offset of the first record under it
  int regime = 0;

  bool operator==(const Reign&) const = default;
};

using History = std::vector<Reign>;

// A state: what it has come by, and the next record to be read.
struct Place {
  History history;
  std::int64_t position = 0;
};

inline void follow(History& history, std::int64_t from, int regime) {
  if (from == 0) history.clear();  // there is no state yet
  if (history.empty() || history.back().regime != regime) history.push_back({from, regime});
}

// What decided on the records before `end`.
inline History before(History history, std::int64_t end) {
  while (!history.empty() && history.back().from >= end) history.pop_back();
  return history;
}

}  // namespace faultprint::crash
