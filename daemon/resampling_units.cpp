#include "daemon/resampling_units.h"

#include <algorithm>
#include <chrono>

namespace faultprint::daemon {

ResamplingUnits::ResamplingUnits(config::Microseconds period, int window)
    : window_(window),
      block_(std::max<std::int64_t>(
          config::Microseconds(std::chrono::hours(1)).count() / period.count(), 2 * window_)) {}

int ResamplingUnits::new_unit(int kind, std::string name) {
  kinds_.push_back(kind);
  names_.push_back(std::move(name));
  slots_.push_back(0);
  return static_cast<int>(kinds_.size()) - 1;
}

int ResamplingUnits::of_incident(const ingest::Incident& incident) {
  const auto found = incident_units_.find(incident.id);
  if (found != incident_units_.end()) return found->second;
  const int next = static_cast<int>(kind_of_type_.size()) + 1;
  const auto [at, first] = kind_of_type_.emplace(incident.fault_type, next);
  if (first) fault_types_.push_back(incident.fault_type);
  return incident_units_[incident.id] =
             new_unit(at->second, incident.element + "@" + std::to_string(incident.start_us) + " " +
                                      incident.fault_type);
}

int ResamplingUnits::unit_for(const std::string& name, Element& element, std::int64_t slot,
                              const SlotLabels::Label& label) {
  if (label.row != nullptr && *label.name != ingest::kNormal) {
    element.incident = label.row;
    element.incident_slot = slot;
  }
  if (element.incident != nullptr && slot - element.incident_slot < window_) {
    element.normal = false;
    return of_incident(*element.incident);
  }
  const bool goes_on =
      element.normal && slot - element.last <= window_ && slot - element.runs.back().first < block_;
  element.normal = true;
  return goes_on ? element.runs.back().unit : new_unit(0, name + "@" + std::to_string(slot));
}

int ResamplingUnits::add(const std::string& element, std::int64_t slot,
                         const SlotLabels::Label& label) {
  Element& e = elements_[element];
  const int unit = unit_for(element, e, slot, label);
  if (e.runs.empty() || e.runs.back().unit != unit) e.runs.push_back({slot, unit});
  e.last = slot;
  ++slots_[static_cast<std::size_t>(unit)];
  return unit;
}

int ResamplingUnits::at(const std::string& element, std::int64_t slot) const {
  const auto found = elements_.find(element);
  if (found == elements_.end()) return -1;
  const std::vector<Run>& runs = found->second.runs;
  const auto after = std::upper_bound(runs.begin(), runs.end(), slot,
                                      [](std::int64_t s, const Run& run) { return s < run.first; });
  return (after == runs.begin() ? after : after - 1)->unit;
}

}  // namespace faultprint::daemon
