#include "daemon/metrics_groups.h"

namespace faultprint::daemon {

void GroupCounts::set(const std::vector<std::string>& names) {
  for (auto& [group, own] : groups_) {
    for (prometheus::Counter* verdict : own.verdicts) verdicts_.Remove(verdict);
    windows_.Remove(own.windows);
  }
  groups_.clear();
  for (const std::string& group : names) {
    Counts& own = groups_[group];
    for (std::size_t i = 0; i < own.verdicts.size(); ++i)
      own.verdicts[i] =
          &verdicts_.Add(with_group({{"verdict", name(static_cast<Outcome>(i))}}, group));
    own.windows = &windows_.Add(with_group({}, group));
  }
}

}  // namespace faultprint::daemon
