// What the rejected records of a history say about it: few are a matter of its making, many mean
// that it is not what it is taken for.
#pragma once

#include <optional>
#include <string>

#include "ingest/reject_reason.h"

namespace faultprint::daemon {

// The counts are those of read_history(): at `none`, the records used. Records of other KPIs alone
// count for nothing here, since they are most of a shared topic.

// "90 of 100 records were rejected, most as late: ..."; "" where no more than a tenth were.
std::string prevailing_reject(const ingest::RejectCounts& rejects);
// The same as a warning.
std::optional<std::string> reject_warning(const ingest::RejectCounts& rejects);
// std::runtime_error where there were records and none was used, be it for their KPIs.
void require_used(const ingest::RejectCounts& rejects);

}  // namespace faultprint::daemon
