#include "daemon/raise_history.h"

#include <algorithm>

namespace faultprint::daemon {

void RaiseHistory::add(std::uint32_t element, const std::string& fault_type, std::int64_t raised_us,
                       config::Microseconds within) {
  std::vector<Past>& past = past_[element];
  std::erase_if(past, [&](const Past& p) { return p.raised_us <= raised_us - within.count(); });
  if (past.size() >= kMost) past.erase(past.begin());
  past.push_back({raised_us, fault_type});
}

int RaiseHistory::flaps(const config::FlappingRule& rule, std::uint32_t element,
                        const std::string& fault_type, std::int64_t time_us) const {
  const auto found = past_.find(element);
  if (rule.count == 0 || found == past_.end()) return rule.count == 1 ? 1 : 0;
  const auto before = std::count_if(found->second.begin(), found->second.end(), [&](const Past& p) {
    return p.fault_type == fault_type && p.raised_us > time_us - rule.within.count();
  });
  return before + 1 >= rule.count ? static_cast<int>(before) + 1 : 0;
}

void RaiseHistory::write(ingest::StateWriter& out) const {
  out.put(static_cast<std::uint32_t>(past_.size()));
  for (const auto& [element, past] : past_) {
    out.put(element);
    out.put(static_cast<std::uint32_t>(past.size()));
    for (const Past& p : past) {
      out.put(p.raised_us);
      out.put(std::string_view(p.fault_type));
    }
  }
}

void RaiseHistory::read(ingest::StateReader& in) {
  past_.clear();
  for (auto elements = in.get<std::uint32_t>(); elements > 0; --elements) {
    std::vector<Past>& past = past_[in.get<std::uint32_t>()];
    const auto count = in.get<std::uint32_t>();
    if (count > kMost) throw ingest::StateError("too many alarms of one element");
    for (std::uint32_t i = 0; i < count; ++i) {
      Past& p = past.emplace_back();
      p.raised_us = in.get<std::int64_t>();
      p.fault_type = in.get_text();
    }
  }
}

}  // namespace faultprint::daemon
