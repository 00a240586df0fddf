// What `probe` looks at, and what it makes of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "config/config.h"
#include "ingest/kafka_sample.h"
#include "ingest/observation.h"

namespace faultprint::daemon::probe {

using Records = std::vector<ingest::SampledRecord>;

// One thing that a record holds.
struct Thing {
  ingest::Observation said;
  std::size_t record = 0;
};
using Things = std::vector<Thing>;

// What one element said at one time.
struct Report {
  std::uint32_t element = 0;  // index of its name
  std::int64_t time_us = 0;
  std::size_t record = 0;
  std::vector<ingest::ObservedValue> values;  // by the KPIs' names
};

// How the records may be read, and what they then say.
struct Reading {
  config::StreamConfig stream;  // format, and json or record
  std::vector<std::string> elements;
  std::vector<Report> reports;
  std::size_t usable = 0;   // records that hold a report
  std::string why_not;      // where none does
  std::string element_why;  // the evidence in words
  std::string time_why;
  std::vector<std::string> doubts;
};

}  // namespace faultprint::daemon::probe
