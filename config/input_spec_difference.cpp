#include <initializer_list>
#include <set>

#include "config/config.h"
#include "config/input_spec.h"
#include "config/scalar.h"

namespace faultprint::config {
namespace {

// "" while both are the same.
std::string differing(const std::string& key, const std::string& configured,
                      const std::string& trained) {
  if (configured == trained) return "";
  return "stream." + key + ": the model was trained with " + trained + ", the configuration says " +
         configured;
}

// The first of the texts that is not empty.
std::string first_of(std::initializer_list<std::string> differences) {
  for (const std::string& difference : differences) {
    if (!difference.empty()) return difference;
  }
  return "";
}

std::set<std::string> names_of(const std::vector<KpiSpec>& kpis) {
  std::set<std::string> names;
  for (const KpiSpec& kpi : kpis) names.insert(kpi.name);
  return names;
}

// A KPI that only one side has says more than the shift of all that follow it.
std::string set_difference(const InputSpec& configured, const InputSpec& trained) {
  const auto now = names_of(configured.kpis);
  const auto then = names_of(trained.kpis);
  for (const KpiSpec& kpi : trained.kpis) {
    if (!now.contains(kpi.name)) {
      return "stream.kpis: the model was trained with " + shown(kpi.name) +
             ", the configuration does not have it";
    }
  }
  for (const KpiSpec& kpi : configured.kpis) {
    if (!then.contains(kpi.name)) {
      return "stream.kpis: the model was trained without " + shown(kpi.name) +
             ", the configuration has it";
    }
  }
  return differing("kpis", std::to_string(configured.kpis.size()) + " KPIs",
                   std::to_string(trained.kpis.size()) + " KPIs");
}

const char* kpi_word(bool value) { return value ? "true" : "false"; }

std::string joined_fields(const KpiSpec& kpi) {
  std::string text;
  for (const std::string& field : kpi.fields()) text += (text.empty() ? "" : " + ") + shown(field);
  return text;
}

std::string kpi_difference(std::size_t index, const KpiSpec& configured, const KpiSpec& trained) {
  const std::string key = "kpis[" + std::to_string(index) + "]";
  if (configured.name != trained.name) {
    return differing(key + ".name", shown(configured.name), shown(trained.name)) +
           " (same KPIs in another order)";
  }
  const std::string difference = first_of(
      {differing(key + ".kind", name(configured.kind), name(trained.kind)),
       differing(key + ".scale", name(configured.scale), name(trained.scale)),
       differing(key + ".numerator", configured.numerator, trained.numerator),
       differing(key + ".denominator", configured.denominator, trained.denominator),
       differing(key + ".min_attempts", format_decimal(configured.min_attempts),
                 format_decimal(trained.min_attempts)),
       differing(key + ".cumulative", kpi_word(configured.cumulative),
                 kpi_word(trained.cumulative)),
       differing(key + ".from", joined_fields(configured), joined_fields(trained)),
       differing(key + ".factor", format_decimal(configured.factor),
                 format_decimal(trained.factor)),
       differing(key + ".optional", kpi_word(configured.optional), kpi_word(trained.optional)),
       differing(key + ".tokens", name(configured.tokens), name(trained.tokens)),
       differing(key + ".length", std::to_string(configured.length),
                 std::to_string(trained.length)),
       differing(key + ".buckets", std::to_string(configured.buckets),
                 std::to_string(trained.buckets))});
  return difference.empty() ? "" : difference + " (" + shown(trained.name) + ")";
}

std::string baseline_difference(const BaselineSpec& configured, const BaselineSpec& trained) {
  if (configured.none || trained.none) {
    const auto text = [](const BaselineSpec& spec) {
      return spec.none ? "none" : "a learning one";
    };
    return differing("baseline", text(configured), text(trained));
  }
  return first_of(
      {differing("baseline.fast", format_decimal(configured.fast), format_decimal(trained.fast)),
       differing("baseline.slow", format_decimal(configured.slow), format_decimal(trained.slow)),
       differing("baseline.start", std::to_string(configured.start), std::to_string(trained.start)),
       differing("baseline.profile", name(configured.profile), name(trained.profile))});
}

}  // namespace

std::string difference(const InputSpec& said, const InputSpec& trained) {
  const InputSpec configured = with_choices(said, trained);
  std::string found = first_of(
      {differing("period", format_duration(configured.period), format_duration(trained.period)),
       differing("window", std::to_string(configured.window), std::to_string(trained.window)),
       set_difference(configured, trained)});
  for (std::size_t i = 0; found.empty() && i < configured.kpis.size(); ++i) {
    found = kpi_difference(i, configured.kpis[i], trained.kpis[i]);
  }
  if (!found.empty()) return found;
  return first_of(
      {differing("max_gap", std::to_string(configured.max_gap), std::to_string(trained.max_gap)),
       baseline_difference(configured.baseline, trained.baseline)});
}

}  // namespace faultprint::config
