#include "daemon/usual_tokens.h"

#include <cmath>
#include <set>

namespace faultprint::daemon {

UsualTokens::UsualTokens(const config::InputSpec& input) {
  for (const config::KpiSpec& kpi : input.token_kpis())
    seen_.push_back({static_cast<std::size_t>(kpi.length), 0, {}});
}

void UsualTokens::add(std::span<const double> tokens) {
  for (Seen& seen : seen_) {
    const auto own = tokens.first(seen.length);
    tokens = tokens.subspan(seen.length);
    if (std::isnan(own[0])) continue;
    ++seen.slots;
    std::set<int> different;
    for (const double token : own) different.insert(static_cast<int>(token));
    different.erase(0);
    for (const int token : different) ++seen.slots_with[token];
  }
}

std::vector<std::vector<int>> UsualTokens::result() const {
  constexpr std::uint64_t kOneIn = 1000;
  std::vector<std::vector<int>> usual;
  for (const Seen& seen : seen_) {
    usual.emplace_back();
    for (const auto& [token, slots] : seen.slots_with)
      if (slots * kOneIn >= seen.slots) usual.back().push_back(token);
  }
  return usual;
}

}  // namespace faultprint::daemon
