// What the demonstration shows a person: the true incidents on the left, the daemon's alarms on the
// right, a line each in the order of their event times. The day stands above its first line.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <map>
#include <string>
#include <vector>

#include "daemon/alarm_event.h"
#include "ingest/incidents.h"

namespace faultprint::daemon {

class DemoScreen {
 public:
  // Both must outlive it.
  DemoScreen(const ingest::Incidents& incidents, std::ostream& out);

  // Takes an event; it is shown once its time has passed, for those of several partitions come in
  // no common order.
  void add(const AlarmEvent& event);
  // Shows what was done to the network and what the daemon said up to then.
  void until(std::int64_t time_us);

 private:
  struct Mark {
    std::int64_t time_us;
    const ingest::Incident* incident;
    bool start;
  };

  const ingest::Incident* about(const AlarmEvent& event) const;
  void show(const Mark& mark);
  void show(const AlarmEvent& event);
  void line(std::int64_t time_us, const std::string& text);

  const ingest::Incidents& incidents_;
  std::ostream& out_;
  std::vector<Mark> marks_;
  std::size_t next_ = 0;
  std::multimap<std::int64_t, AlarmEvent> waiting_;  // by time
  std::string day_;                                  // of the last line
};

}  // namespace faultprint::daemon
