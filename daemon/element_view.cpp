#include "daemon/element_view.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "daemon/alarm_board.h"
#include "daemon/explanation.h"
#include "ingest/timestamp.h"

namespace faultprint::daemon {
namespace {

using ViewJson = nlohmann::ordered_json;

// Of each number: what is normal for this element, in its own unit.
ViewJson baselines_of(const ingest::Element& element, const ingest::ElementLayout& layout) {
  ViewJson list = ViewJson::array();
  ingest::DailyProfile::Place now;
  if (layout.profile) now = layout.profile->place(element.next_slot() - 1);
  for (std::size_t k = 0; k < layout.numbers; ++k) {
    const config::KpiSpec& kpi = layout.spec.kpis[k];
    const ingest::KpiBaseline& baseline = element.baseline(k);
    ViewJson entry{{"kpi", kpi.name}, {"normal", nullptr}, {"scale", nullptr}};
    if (layout.spec.baseline.none) {
      entry["normal"] = rounded(in_own_unit(layout.spec.network[k].mean, kpi.scale));
      entry["scale"] = rounded(layout.spec.network[k].deviation);
    } else if (baseline.started()) {
      const double swing = layout.profile ? element.swing_at(layout, k, now) : 0;
      entry["normal"] = rounded(in_own_unit(baseline.level + swing, kpi.scale));
      entry["scale"] = rounded(std::sqrt(double{baseline.variance}));
    }
    list.push_back(entry);
  }
  return list;
}

ViewJson masked_of(const ingest::Element& element, const ingest::ElementLayout& layout) {
  ViewJson names = ViewJson::array();
  if (element.learning()) return names;
  const auto mask = element.newest_mask(layout);
  for (std::size_t k = 0; k < layout.kpis; ++k)
    if ((mask[k / 8] >> (k % 8) & 1) != 0) names.push_back(layout.spec.kpis[k].name);
  return names;
}

}  // namespace

std::string element_view(const std::string& element, const ingest::TopicPartition& where,
                         const Pipeline& pipeline) {
  const ingest::WindowStore& store = pipeline.store();
  const auto id = store.find(element);
  if (!id) return "";
  const ingest::ElementLayout& layout = store.layout();
  const ingest::Element& known = store.element(*id);
  const AlarmTracker& alarms = pipeline.alarms();
  const ActiveAlarm* alarm = alarms.active(*id);
  if (alarm == nullptr) alarm = pipeline.silences().active(*id);
  ViewJson json;
  if (!pipeline.group().empty()) json["element_group"] = pipeline.group();
  json["topic"] = where.topic;
  json["partition"] = where.partition;
  json["judged_to"] = ingest::format_rfc3339(store.slot_end_us(known.next_slot() - 1));
  json["reported_at"] = ingest::format_rfc3339(known.newest_time_us());
  json["silent"] = store.silent(*id);
  json["learning"] = known.learning();
  json["slots"] = known.filled();
  json["window"] = layout.window;
  json["abnormal"] = alarms.abnormal(*id);
  json["masked"] = masked_of(known, layout);
  json["kpis"] = baselines_of(known, layout);
  json["alarm"] = nullptr;
  if (alarm != nullptr) {
    ActiveAlarm told = *alarm;
    told.id = id_in_group(pipeline.group(), told.id);
    told.element_group = pipeline.group();
    json["alarm"] = ViewJson::parse(to_json(told));
  }
  return json.dump(-1, ' ', false, ViewJson::error_handler_t::replace);
}

}  // namespace faultprint::daemon
