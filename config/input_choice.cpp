#include <algorithm>

#include "config/input_spec.h"
#include "config/scalar.h"

namespace faultprint::config {
namespace {

// Where configuration and model have other KPIs there is nothing to compare.
bool same_kpi(const InputSpec& configured, const InputSpec& trained, std::size_t i) {
  return i < trained.kpis.size() && configured.kpis[i].name == trained.kpis[i].name;
}

}  // namespace

InputSpec with_choices(InputSpec configured, const InputSpec& trained) {
  configured.chosen = trained.chosen;
  if (trained.chosen.baseline) configured.baseline.fast = trained.baseline.fast;
  for (std::size_t i = 0; trained.chosen.scales && i < configured.kpis.size(); ++i)
    if (same_kpi(configured, trained, i)) configured.kpis[i].scale = trained.kpis[i].scale;
  return configured;
}

std::vector<std::string> chosen_otherwise(const InputSpec& configured, const InputSpec& trained) {
  std::vector<std::string> texts;
  const auto add = [&](const std::string& key, const std::string& theirs, const std::string& ours) {
    if (theirs != ours)
      texts.push_back(key + ": " + theirs + ", which training chose (the configuration says " +
                      ours + ")");
  };
  if (trained.chosen.baseline)
    add("stream.baseline.fast", format_decimal(trained.baseline.fast),
        format_decimal(configured.baseline.fast));
  for (std::size_t i = 0; trained.chosen.scales && i < configured.kpis.size(); ++i)
    if (same_kpi(configured, trained, i))
      add("stream.kpis[].scale of " + shown(configured.kpis[i].name), name(trained.kpis[i].scale),
          name(configured.kpis[i].scale));
  return texts;
}

std::string other_choice(const InputSpec& running, const InputSpec& next) {
  if (running.baseline.fast != next.baseline.fast)
    return "stream.baseline.fast is " + format_decimal(next.baseline.fast) + ", not " +
           format_decimal(running.baseline.fast);
  for (std::size_t i = 0; i < running.kpis.size(); ++i)
    if (same_kpi(running, next, i) && running.kpis[i].scale != next.kpis[i].scale)
      return "the scale of " + shown(next.kpis[i].name) + " is " + name(next.kpis[i].scale) +
             ", not " + name(running.kpis[i].scale);
  return "";
}

}  // namespace faultprint::config
