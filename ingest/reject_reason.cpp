#include "ingest/reject_reason.h"

namespace faultprint::ingest {

namespace {

constexpr std::array<const char*, kRejectReasons> kNames = {
    "none",       "empty",         "too_large",        "bad_gzip",      "not_utf8", "not_json",
    "malformed",  "no_element",    "element_too_long", "no_time",       "bad_time", "no_kpis",
    "other_kpis", "suspect",       "bad_value",        "too_far_ahead", "too_old",  "late",
    "duplicate",  "element_limit", "no_group"};
static_assert(kNames.back() != nullptr, "one name per reason");

}  // namespace

const char* name(RejectReason reason) {
  const auto index = static_cast<std::size_t>(reason);
  return index < kNames.size() ? kNames[index] : "invalid";
}

}  // namespace faultprint::ingest
