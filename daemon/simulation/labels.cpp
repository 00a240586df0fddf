#include "daemon/simulation/labels.h"

#include "ingest/incidents.h"
#include "ingest/timestamp.h"

namespace faultprint::daemon::simulation {
namespace {

std::string label_row(const std::string& element, const PlannedIncident& incident,
                      config::Microseconds period, const char* label) {
  return element + "," + ingest::format_rfc3339(incident.first_slot * period.count()) + "," +
         ingest::format_rfc3339(incident.end_slot * period.count()) + "," + label;
}

}  // namespace

std::vector<std::string> label_rows(const IncidentPlan& plan, const Network& network,
                                    config::Microseconds period, std::int64_t from,
                                    std::int64_t to) {
  std::vector<std::string> rows;
  for (const PlannedIncident& incident : plan.incidents) {
    if (incident.first_slot < from || incident.first_slot >= to) continue;
    rows.push_back(label_row(incident.element, incident, period, incident.type->name));
    for (const StruckCell& struck : incident.cells)
      if (!struck.own)
        rows.push_back(label_row(network.cells[static_cast<std::size_t>(struck.cell)].name,
                                 incident, period, ingest::kIgnore));
  }
  return rows;
}

}  // namespace faultprint::daemon::simulation
