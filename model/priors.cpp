#include "model/priors.h"

#include <algorithm>
#include <cmath>

namespace faultprint::model {
namespace {

constexpr double kWorth = 1.92;  // 1.96 squared over 2
constexpr double kLeast = 1e-6;

}  // namespace

std::vector<float> prior_penalties(const std::vector<std::string>& labels,
                                   const std::map<std::string, double>& priors) {
  if (priors.empty() || labels.empty()) return {};
  double left = 1;
  std::size_t others = labels.size();
  for (const std::string& label : labels) {
    const auto given = priors.find(label);
    if (given == priors.end()) continue;
    left -= given->second;
    --others;
  }
  const double rest =
      std::max(kLeast, left / static_cast<double>(std::max<std::size_t>(1, others)));
  std::vector<double> all;
  for (const std::string& label : labels) {
    const auto given = priors.find(label);
    all.push_back(given == priors.end() ? rest : given->second);
  }
  const double greatest = *std::max_element(all.begin(), all.end());
  std::vector<float> penalties;
  for (const double prior : all)
    penalties.push_back(static_cast<float>(std::log(greatest / prior) / kWorth));
  return penalties;
}

}  // namespace faultprint::model
