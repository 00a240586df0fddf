// An operator's judgement as a row of an incidents file, for `train` and `enroll` to learn from.
#pragma once

#include <string>

#include "ingest/incidents.h"

namespace faultprint::daemon {

struct FileChange {    // fingerprints of the file's bytes
  std::string before;  // "": there was none
  std::string after;
};

// Appends the row, in the columns that the file has (all of them in a new file): on the disk,
// whole, when this returns; the file is never half written, and of two that append at once both
// stay. alarm: the alarm's id, or "". std::runtime_error "file: what is wrong", the file untouched,
// where a row of the file says the same of a part of that time, or contradicts it.
FileChange append_incident(const std::string& file, const ingest::Incident& row,
                           const std::string& alarm);

// "leaf6 2017-08-04T17:24:39Z to 2017-08-04T17:27:20Z bgp_clear"
std::string in_words(const ingest::Incident& row);

}  // namespace faultprint::daemon
