// The active alarms as Prometheus sees them. A Collectable of its own: prometheus-cpp's families
// take linear time to remove a series, and alarms come and go by the thousand.
#pragma once

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "daemon/inventory.h"

namespace faultprint::daemon {

// Of an alarm's further labels; "": it is of no group.
std::string element_group_of(const AlarmLabels& labels);

// Valid UTF-8, whatever comes in: what is not becomes U+FFFD.
std::string label_text(const std::string& bytes);

class AlarmMetrics : public prometheus::Collectable {
 public:
  explicit AlarmMetrics(std::size_t max_series) : max_series_(max_series) {}

  enum class Shown { as_series, in_total };
  // False when an alarm of this id is active already; nothing changes then.
  bool add(const std::string& alarm_id, const std::string& element, const std::string& fault_type,
           const std::string& severity, const AlarmLabels& more = {},
           Shown shown = Shown::as_series);
  bool remove(const std::string& alarm_id);  // false when there is none of this id
  // What an alarm is by now: counted as that, and said beside its series, where it has one, whose
  // labels stay.
  struct Told {
    std::string now;  // fault type
    std::string now_severity;
    std::string since;  // its raise
    std::string why;
  };
  void tell(const std::string& alarm_id, const Told& told);

  // The fault type as a label of series that stay: after kMaxFaultTypes distinct ones "other".
  std::string bounded_fault_type(const std::string& fault_type);

  std::vector<prometheus::MetricFamily> Collect() const override;

  static constexpr std::size_t kMaxFaultTypes = 1000;

 private:
  // Element, fault type, severity, those of the inventory, and the group.
  using Labels = std::tuple<std::string, std::string, std::string, AlarmLabels>;
  using Total =
      std::tuple<std::string, std::string, std::string>;  // group, type, severity: bounded
  struct Series {
    Labels labels;
    std::size_t alarms = 0;  // several alarms of an element may share their labels
    Told told;               // by the last of them
  };
  struct Active {
    std::optional<std::uint64_t> series;  // none: in the total alone
    Total total;
  };

  std::string bound(const std::string& fault_type);
  prometheus::MetricFamily series_family() const;
  prometheus::MetricFamily info_family() const;
  prometheus::MetricFamily totals_family() const;
  prometheus::MetricFamily dropped_family() const;

  const std::size_t max_series_;
  mutable std::mutex mutex_;
  std::map<std::string, Active> active_;  // by alarm id
  // In the order raised. The first max_series_ are shown: when one goes, the next moves up, and a
  // new alarm never displaces a series already shown.
  std::map<std::uint64_t, Series> series_;
  std::map<Labels, std::uint64_t> index_;
  std::uint64_t next_series_ = 0;
  std::map<Total, std::size_t> totals_;  // zeros stay, so that graphs come down
  std::set<std::string> fault_types_;
};

}  // namespace faultprint::daemon
