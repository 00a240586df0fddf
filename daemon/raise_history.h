// Alarms of each element that are over: how often one of a type was raised of late.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "config/config.h"
#include "ingest/state_io.h"

namespace faultprint::daemon {

// A pure function of what it is told, by event time.
class RaiseHistory {
 public:
  static constexpr std::size_t kMost = 64;  // of an element; the newest stay

  // An alarm of the element is over. What was raised longer than `within` before is forgotten.
  void add(std::uint32_t element, const std::string& fault_type, std::int64_t raised_us,
           config::Microseconds within);
  // How often that type was raised of late, with the raise of time_us, where the rule has it held
  // up for that; else 0.
  int flaps(const config::FlappingRule& rule, std::uint32_t element, const std::string& fault_type,
            std::int64_t time_us) const;
  void forget(std::uint32_t element) { past_.erase(element); }

  void write(ingest::StateWriter& out) const;
  void read(ingest::StateReader& in);  // replaces everything

 private:
  struct Past {
    std::int64_t raised_us = 0;
    std::string fault_type;  // as it was called last
  };
  std::map<std::uint32_t, std::vector<Past>> past_;  // by WindowStore's element number
};

}  // namespace faultprint::daemon
