// Why a record was not used. A bad record is counted under its reason and skipped.
#pragma once

#include <array>
#include <cstddef>

namespace faultprint::ingest {

enum class RejectReason {
  none = 0,
  empty,      // no payload at all
  too_large,  // longer than stream.max_record_bytes, be it unpacked
  bad_gzip,   // begins as gzip, and is damaged or cut off
  not_utf8,
  not_json,          // malformed or truncated, or something follows the document
  malformed,         // no line protocol, no row of the columns' number
  no_element,        // the element's name is missing, empty or not text
  element_too_long,  // a name over 256 bytes
  no_time,
  bad_time,       // not a time, or outside years 1970..2200
  no_kpis,        // the KPI object is missing or not an object, or holds no configured KPI
  other_kpis,     // labelled values of which no configuration names one; most of a shared topic's
  suspect,        // the producer says so itself
  bad_value,      // a configured KPI is neither a finite number, true/false, nor null
  too_far_ahead,  // further ahead of the Kafka record's own timestamp than stream.max_future
  too_old,        // behind the watermark by more than stream.forget_after
  late,           // its slot was complete already
  duplicate,      // the same bytes again, while their slot was open
  element_limit,  // a new element above stream.max_elements
  no_group,       // none of the groups that read its topic has a glob for the element
  count_          // number of reasons
};

constexpr std::size_t kRejectReasons = static_cast<std::size_t>(RejectReason::count_);
using RejectCounts = std::array<unsigned long, kRejectReasons>;  // indexed by reason

const char* name(RejectReason reason);

}  // namespace faultprint::ingest
