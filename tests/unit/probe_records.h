// Records for `probe`, as a topic would hand them over.
#pragma once

#include <functional>
#include <string>

#include "daemon/probe/finding.h"

namespace faultprint::test {

constexpr std::int64_t kProbeStart = 1700000000;  // seconds

// slots x elements records, one a minute (or so many seconds) each; `payload` makes one of element,
// time and slot.
inline daemon::probe::Records probe_records(
    int slots, const std::vector<std::string>& elements,
    const std::function<std::string(const std::string&, std::int64_t, int)>& payload,
    std::int64_t period_s = 60) {
  daemon::probe::Records records;
  for (int slot = 0; slot < slots; ++slot)
    for (const std::string& element : elements) {
      const std::int64_t time = kProbeStart + period_s * slot;
      records.push_back({payload(element, time, slot), element, time * 1000000, 0});
    }
  return records;
}

inline const daemon::probe::KpiBelief* belief_of(const daemon::probe::Finding& finding,
                                                 const std::string& name) {
  for (const auto& kpi : finding.kpis)
    if (kpi.spec.name == name) return &kpi;
  return nullptr;
}

}  // namespace faultprint::test
