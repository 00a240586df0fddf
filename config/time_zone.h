// stream.timezone: of times that do not say their offset.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace faultprint::config {

// Immutable: from any thread.
class TimeZone {
 public:
  explicit TimeZone(int offset_s) : before_s_(offset_s) {}

  // From here on, in seconds since 1970 (UTC), it is so many seconds east of UTC. In order of time.
  void change(std::int64_t utc_s, int offset_s);

  // Seconds east of UTC of what its clocks show, in seconds since 1970 as if it were UTC. Around a
  // change what was before it counts: an hour that clocks show twice is the first of the two, and
  // one that they skip is as long after the change as it would have been.
  int offset_s(std::int64_t local_s) const;

 private:
  struct Span {
    std::int64_t from_s;  // local, as the clocks before it show it, or those from it on
    int offset_s;
  };
  int before_s_;
  std::vector<Span> spans_;
};

// UTC, as +02:00, or a name of the system's time zones as Europe/Berlin; null where it is none. Of
// what the law changes, what the system's tzdata knows: summer time up to 2037.
std::shared_ptr<const TimeZone> find_zone(const std::string& name);

}  // namespace faultprint::config
