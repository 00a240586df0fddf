#include "daemon/rejected_records.h"

#include <doctest/doctest.h>

#include <utility>
#include <vector>

#include "error_of.h"

namespace faultprint::daemon {
namespace rejected_records_test {

using ingest::RejectReason;

ingest::RejectCounts counts(const std::vector<std::pair<RejectReason, unsigned long>>& of) {
  ingest::RejectCounts result{};
  for (const auto& [reason, count] : of) result[static_cast<std::size_t>(reason)] = count;
  return result;
}

TEST_CASE("up to a tenth of the records may be rejected without a warning") {
  CHECK_FALSE(reject_warning(counts({})));
  CHECK_FALSE(reject_warning(counts({{RejectReason::none, 90}, {RejectReason::late, 10}})));
  CHECK(reject_warning(counts({{RejectReason::none, 89}, {RejectReason::late, 11}})));
}

TEST_CASE("a shared topic's other KPIs are no reason to warn") {
  CHECK_FALSE(reject_warning(counts({{RejectReason::none, 5}, {RejectReason::other_kpis, 95}})));
  const auto text = reject_warning(counts(
      {{RejectReason::none, 5}, {RejectReason::other_kpis, 95}, {RejectReason::bad_value, 5}}));
  CHECK(text == "W_REJECTED: 5 of 10 records were rejected, most as bad_value");
}

TEST_CASE("the reason that prevails is named, and what to do where it is the order") {
  const auto late = reject_warning(counts({{RejectReason::none, 58},
                                           {RejectReason::late, 7740},
                                           {RejectReason::bad_time, 2}}))
                        .value_or("");
  CHECK(late.rfind("W_REJECTED: 7742 of 7800 records were rejected, most as late: ", 0) == 0);
  CHECK(late.find("time order") != std::string::npos);
  const auto old = prevailing_reject(counts({{RejectReason::none, 1}, {RejectReason::too_old, 9}}));
  CHECK(old.find("most as too_old: ") != std::string::npos);
  CHECK(old.find("time order") != std::string::npos);
}

TEST_CASE("a history of which no record can be used is an error") {
  const auto error = [](const ingest::RejectCounts& rejects) {
    return test::error_of([&] { require_used(rejects); });
  };
  CHECK(error(counts({})).empty());
  CHECK(error(counts({{RejectReason::none, 1}, {RejectReason::no_time, 99}})).empty());
  CHECK(error(counts({{RejectReason::no_time, 9}, {RejectReason::not_json, 1}})) ==
        "nothing of the history can be used: 10 of 10 records were rejected, most as no_time");
  CHECK(error(counts({{RejectReason::other_kpis, 9}})) ==
        "nothing of the history can be used: 9 of 9 records were rejected, most as other_kpis");
}

}  // namespace rejected_records_test
}  // namespace faultprint::daemon
