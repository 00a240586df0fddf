#include "daemon/severity_rules.h"

#include "ingest/incidents.h"

namespace faultprint::daemon {

const std::string& severity_of(const config::AlarmConfig& alarms, const std::string& fault_type,
                               std::string_view element, config::Microseconds age) {
  for (const config::SeverityRule& rule : alarms.severity_rules)
    if (age >= rule.after && ingest::glob_matches(rule.fault_type, fault_type) &&
        ingest::element_matches(rule.element, element))
      return rule.severity;
  return alarms.severity_of(fault_type);
}

}  // namespace faultprint::daemon
