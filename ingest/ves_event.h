// What the events of VES 7 (ONAP's and O-RAN's JSON) have in common.
#pragma once

#include "ingest/json_events.h"

namespace faultprint::ingest {

// The events of {"event": {..}}, {"eventList": [..]} or an array of either.
void collect_ves_events(dom::element root, std::vector<dom::element>& events);

// Header, that is sourceName, reportingEntityName and the like, as labels; eventName as
// measurement.
void read_ves_header(dom::element event, SampleBuilder& builder);

// "true" in any spelling there is, or true.
bool says_true(std::optional<dom::element> flag);

// Where the period that an event reports begins: its end less the granularity, where that is one (1
// to 86400 s; some producers write an epoch or worse), else as the header says. The header's epochs
// are named microseconds and hold milliseconds in some. Nothing where it has none; and nothing
// within where what it has is no time.
std::optional<std::optional<std::int64_t>> ves_time(dom::element event,
                                                    std::optional<dom::element> granularity_s,
                                                    config::TimeUnit unit);

}  // namespace faultprint::ingest
