// Incidents as rows that may be relabelled: what is kept keeps its number.
#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "ingest/incidents.h"

namespace faultprint::daemon {

using IncidentRows = std::vector<ingest::Incident>;

// Neither normal nor ignore.
inline bool is_fault(const ingest::Incident& row) {
  return row.fault_type != ingest::kNormal && row.fault_type != ingest::kIgnore;
}

// The same rows; faults that are not kept are to be ignored: neither fault nor normal.
template <typename Keep>
IncidentRows keeping(IncidentRows rows, const Keep& keep) {
  for (ingest::Incident& row : rows)
    if (is_fault(row) && !keep(row)) row.fault_type = ingest::kIgnore;
  return rows;
}

inline std::set<std::string> types_of(const IncidentRows& rows) {
  std::set<std::string> types;
  for (const ingest::Incident& row : rows)
    if (is_fault(row)) types.insert(row.fault_type);
  return types;
}

inline std::size_t count_of(const IncidentRows& rows, const std::string& type) {
  return static_cast<std::size_t>(std::count_if(
      rows.begin(), rows.end(), [&](const auto& row) { return row.fault_type == type; }));
}

}  // namespace faultprint::daemon
