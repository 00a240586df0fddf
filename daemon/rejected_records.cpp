#include "daemon/rejected_records.h"

#include <algorithm>
#include <numeric>
#include <stdexcept>

namespace faultprint::daemon {
namespace {

using ingest::RejectReason;

constexpr unsigned long kSuspiciousShare = 10;  // one in so many

unsigned long rejected_of(const ingest::RejectCounts& rejects) {
  return std::accumulate(rejects.begin() + 1, rejects.end(), 0UL);
}

RejectReason most_of(const ingest::RejectCounts& rejects) {
  return static_cast<RejectReason>(std::max_element(rejects.begin() + 1, rejects.end()) -
                                   rejects.begin());
}

std::string described(unsigned long rejected, unsigned long all, RejectReason most) {
  std::string text = std::to_string(rejected) + " of " + std::to_string(all) +
                     " records were rejected, most as " + ingest::name(most);
  if (most == RejectReason::late || most == RejectReason::too_old)
    text +=
        ": within a file the records of an element must be in time order; sort the file by time "
        "(with `sort`, its header kept in front)";
  return text;
}

}  // namespace

std::string prevailing_reject(const ingest::RejectCounts& rejects) {
  ingest::RejectCounts ours = rejects;
  ours[static_cast<std::size_t>(RejectReason::other_kpis)] = 0;
  ours[static_cast<std::size_t>(RejectReason::no_group)] = 0;  // another group's, mostly
  const unsigned long rejected = rejected_of(ours);
  const unsigned long all = rejected + ours[0];
  if (rejected * kSuspiciousShare <= all) return "";
  return described(rejected, all, most_of(ours));
}

std::optional<std::string> reject_warning(const ingest::RejectCounts& rejects) {
  const std::string text = prevailing_reject(rejects);
  if (text.empty()) return std::nullopt;
  return "W_REJECTED: " + text;
}

void require_used(const ingest::RejectCounts& rejects) {
  const unsigned long rejected = rejected_of(rejects);
  if (rejects[0] > 0 || rejected == 0) return;
  throw std::runtime_error("nothing of the history can be used: " +
                           described(rejected, rejected, most_of(rejects)));
}

}  // namespace faultprint::daemon
