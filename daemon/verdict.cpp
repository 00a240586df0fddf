#include "daemon/verdict.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "ingest/timestamp.h"

namespace faultprint::daemon {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kRecentSlots = 4;
constexpr std::size_t kNamedKpis = 3;

// The newest slots of a window.
class Recent {
 public:
  Recent(std::span<const float> window, const config::InputSpec& input)
      : window_(window),
        input_(input),
        columns_(input.columns()),
        slots_(window.size() / columns_),
        first_(slots_ - std::min(slots_, kRecentSlots)) {}

  // Of a number; `absolute`: of the deviations' sizes.
  double mean_deviation(std::size_t column, bool absolute) const {
    double sum = 0;
    for (std::size_t t = first_; t < slots_; ++t) {
      const float d = window_[t * columns_ + column];
      sum += absolute ? std::abs(d) : d;
    }
    return sum / static_cast<double>(slots_ - first_);
  }

  // Of a state or text, `usual` being its usual tokens.
  double mean_deviation(std::size_t column, std::size_t length, std::span<const int> usual) const {
    double moved = 0;
    for (std::size_t t = first_; t < slots_; ++t) moved += moves(t, column, length, usual) ? 1 : 0;
    return ingest::kMaxDeviation * moved / static_cast<double>(slots_ - first_);
  }

  // Calls visit(KPI, its mean deviation).
  template <typename Visit>
  void for_each(bool absolute, const Visit& visit) const {
    std::size_t column = 0;
    std::size_t token = 0;
    for (const config::KpiSpec& kpi : input_.kpis) {
      if (kpi.is_token()) {
        const auto usual = token < input_.usual.size() ? std::span<const int>(input_.usual[token])
                                                       : std::span<const int>();
        visit(kpi, mean_deviation(column, static_cast<std::size_t>(kpi.length), usual));
        ++token;
      } else {
        visit(kpi, mean_deviation(column, absolute));
      }
      column += static_cast<std::size_t>(kpi.length);
    }
  }

 private:
  // A slot without a value does not move; behind such ones the last value counts.
  bool moves(std::size_t slot, std::size_t column, std::size_t length,
             std::span<const int> usual) const {
    const auto now = window_.subspan(slot * columns_ + column, length);
    if (now[0] == 0) return false;
    for (std::size_t t = slot; t-- > 0;) {
      const auto before = window_.subspan(t * columns_ + column, length);
      if (before[0] == 0) continue;
      if (!std::equal(now.begin(), now.end(), before.begin())) return true;
      break;
    }
    return !usual.empty() && std::any_of(now.begin(), now.end(), [&](float token) {
      return token != 0 && !std::binary_search(usual.begin(), usual.end(), static_cast<int>(token));
    });
  }

  std::span<const float> window_;
  const config::InputSpec& input_;
  std::size_t columns_;
  std::size_t slots_;
  std::size_t first_;
};

Json masked_kpis(const Verdict& verdict, const ingest::WindowStore& store,
                 const config::InputSpec& input) {
  Json names = Json::array();
  const std::size_t bytes = store.layout().mask_bytes;
  const auto mask = std::span(store.batch().masks).subspan(verdict.slot_index * bytes, bytes);
  for (std::size_t k = 0; k < input.kpis.size(); ++k)
    if ((mask[k / 8] >> (k % 8) & 1) != 0) names.push_back(input.kpis[k].name);
  return names;
}

Json kpi_list(const std::vector<KpiEvidence>& kpis) {
  Json list = Json::array();
  for (const KpiEvidence& kpi : kpis)
    list.push_back({{"kpi", kpi.name}, {"deviation", rounded(kpi.deviation)}});
  return list;
}

}  // namespace

double rounded(double value) {
  if (!std::isfinite(value)) return value > 0 ? 1e9 : 0;
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::general, 4);
  std::from_chars(text, end.ptr, value);
  return value;
}

std::string identity(const std::string& element, std::int64_t time_us) {
  return element + "@" + ingest::format_rfc3339(time_us);
}

std::string id_in_group(const std::string& group, const std::string& id) {
  return group.empty() ? id : group + "/" + id;
}

float activity(std::span<const float> window, const config::InputSpec& input) {
  double greatest = 0;
  Recent(window, input).for_each(true, [&](const config::KpiSpec&, double deviation) {
    greatest = std::max(greatest, deviation);
  });
  return static_cast<float>(greatest);
}

std::vector<KpiEvidence> recent_deviations(std::span<const float> window,
                                           const config::InputSpec& input) {
  std::vector<KpiEvidence> evidence;
  Recent(window, input).for_each(false, [&](const config::KpiSpec& kpi, double deviation) {
    evidence.push_back({kpi.name, deviation});
  });
  return evidence;
}

std::vector<KpiEvidence> strongest_kpis(std::span<const float> window,
                                        const config::InputSpec& input) {
  std::vector<KpiEvidence> evidence = recent_deviations(window, input);
  const auto middle =
      evidence.begin() + static_cast<std::ptrdiff_t>(std::min(kNamedKpis, evidence.size()));
  std::partial_sort(evidence.begin(), middle, evidence.end(), [](const auto& a, const auto& b) {
    return std::abs(a.deviation) > std::abs(b.deviation);
  });
  evidence.erase(middle, evidence.end());
  return evidence;
}

std::string to_json_line(const Verdict& verdict, const ingest::WindowStore& store,
                         const LoadedModel& model, const std::string& group) {
  const std::string& element = store.element_name(verdict.element);
  const bool scored = verdict.outcome != Outcome::not_scored;
  const bool abnormal = verdict.outcome == Outcome::fault || verdict.outcome == Outcome::unknown;
  Json line;
  line["id"] = id_in_group(group, identity(element, verdict.time_us));
  line["element"] = element;
  if (!group.empty()) line["element_group"] = group;
  line["time"] = ingest::format_rfc3339(verdict.time_us);
  line["verdict"] = name(verdict.outcome);
  line["fault_type"] =
      verdict.outcome == Outcome::fault ? Json(model.label(verdict.match.nearest)) : Json();
  line["distance"] = scored ? Json(rounded(verdict.match.distance)) : Json();
  line["p_value"] = scored ? Json(rounded(verdict.match.p_value)) : Json();
  const int runner_up =
      verdict.outcome == Outcome::unknown ? verdict.match.nearest : verdict.match.runner_up;
  line["runner_up"] = scored && runner_up >= 0 ? Json(model.label(runner_up)) : Json();
  line["reason"] = scored ? Json() : Json(ingest::name(verdict.not_scored));
  line["masked"] = masked_kpis(verdict, store, model.input);
  Json kpis = Json::array();
  if (abnormal) {
    const std::size_t cells = store.layout().cells();
    const auto window = std::span(store.batch().windows)
                            .subspan(static_cast<std::size_t>(verdict.row) * cells, cells);
    kpis = kpi_list(strongest_kpis(window, model.input));
  }
  line["kpis"] = kpis;
  return line.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace faultprint::daemon
