// An incident's KPIs over time, for a picture.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "daemon/report/episodes.h"

namespace faultprint::daemon::report {

// The KPIs (places in the input) that deviate most on average inside any of the incidents,
// strongest first.
std::vector<std::size_t> strongest(const std::vector<const Episode*>& episodes, std::size_t most);

nlohmann::ordered_json kpi_names(const std::vector<std::size_t>& kpis,
                                 const config::InputSpec& input);

// Element, fault type, start, what was raised and when.
nlohmann::ordered_json episode_name(const Episode& episode);

// Per slot: seconds since the start, and each KPI's deviation; slots that were not scored have none
// and are left out, and a KPI that was not kept is null. No more slots after the start than so
// many.
nlohmann::ordered_json curves(const Episode& episode, const std::vector<std::size_t>& kpis,
                              std::int64_t slots_after_start);

}  // namespace faultprint::daemon::report
