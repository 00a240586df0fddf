// What operators say through Kafka while daemons run: planned work, and which elements learn anew.
// JSON records of kafka.control_topic:
//
//   {"type": "maintenance", "element": "leaf[67]", "start": T, "end": T, "reason": "new line card"}
//   {"type": "relearn", "element": "leaf1", "time": T, "reason": "rebuilt"}
//
// T: RFC 3339, or seconds since 1970. The reason may be missing.
//
// A record counts for event times from ten seconds after its own record time on, or five and a period
// where that is longer (a slot is judged as soon as it begins, at the time of its end), and for
// none before: by then every daemon that keeps up has read it, and one that is behind reads it
// before it comes there. So a replay, a restart and another daemon say the same. A later record
// with the same element and start gives the work another end (one that is past ends it), in the
// same way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/alarm_plans.h"

namespace faultprint::daemon {

class ControlPlans {
 public:
  static constexpr std::int64_t kLeadUs = 10'000'000;
  static constexpr std::size_t kMost = 10000;          // of each kind: those that end last
  static constexpr std::size_t kLongestRecord = 4096;  // bytes

  // Where the record stands: of two of one time the later one counts.
  struct Place {
    std::int64_t time_us = 0;  // the record's own
    std::int32_t partition = 0;
    std::int64_t offset = 0;

    auto operator<=>(const Place&) const = default;
  };

  // "" when it was taken, or why not. Records may come in any order, and more than once.
  std::string add(const Place& place, std::string_view payload);

  std::size_t works() const { return works_.size(); }
  std::size_t relearned() const { return relearn_.size(); }
  // Together with those of files.
  AlarmPlans with(AlarmPlans files, config::Microseconds period) const;

 private:
  struct Row {
    std::string element;
    std::int64_t start_us = 0;
    std::int64_t end_us = 0;  // relearn: its time, both
    std::string reason;
  };
  using Rows = std::map<Place, Row>;

  static void put(Rows& rows, const Place& place, Row row);

  Rows works_;
  Rows relearn_;
};

}  // namespace faultprint::daemon
