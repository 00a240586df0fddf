#include "ingest/slot_values.h"

#include <algorithm>
#include <cmath>

#include "ingest/kpi_sample.h"

namespace faultprint::ingest {
namespace {

using config::KpiKind;
constexpr double kMostValue = 1e30;  // what lies beyond is no measurement, and no float

// Since the last reading. A value below the last one is a reset: what was counted since then is
// unknown, so that slot is missing.
double counter_rise(double value, std::int64_t time_us, CounterMemory& memory) {
  const CounterMemory last = memory;
  memory = {value, time_us, true};
  if (!last.known || value < last.value || time_us <= last.time_us) return kMissing;
  return value - last.value;
}

double on_scale(double x, bool log) { return log ? std::copysign(std::log1p(std::abs(x)), x) : x; }

}  // namespace

SlotValues::SlotValues(const config::InputSpec& spec) : max_gap_(spec.max_gap) {
  const std::vector<std::string> names = spec.fields();
  std::size_t next_token = names.size() - (spec.kpis.size() - spec.numbers());
  fields_ = next_token + spec.columns() - spec.numbers();
  adds_.assign(fields_, false);
  for (const auto& kpi : spec.kpis) {
    if (kpi.is_token()) {
      Plan plan{kpi.kind, false, true, 1, false, {}, 0, 0, kpi.min_attempts, 0};
      for (int i = 0; i < kpi.length; ++i) {
        plan.field = next_token++;
        plan.memory = gauges_++;
        plan_.push_back(plan);
      }
      continue;
    }
    plan_.push_back(plan_of(kpi, names));
  }
  require(spec);
}

void SlotValues::require(const config::InputSpec& spec) {
  std::vector<bool> waits(fields_, false);
  std::size_t column = 0;
  for (const auto& kpi : spec.kpis) {
    for (int i = 0; i < kpi.length; ++i, ++column) {
      if (kpi.optional) continue;
      const Plan& plan = plan_[column];
      waits[plan.field] = true;
      for (const std::size_t field : plan.more) waits[field] = true;
      if (kpi.kind == KpiKind::ratio) waits[plan.denominator] = true;
    }
  }
  if (std::find(waits.begin(), waits.end(), false) == waits.end()) return;
  for (std::size_t field = 0; field < fields_; ++field)
    if (waits[field]) required_.push_back(field);
}

bool SlotValues::full(std::span<const double> fields) const {
  const auto missing = [](double x) { return std::isnan(x); };
  if (required_.empty()) return std::none_of(fields.begin(), fields.end(), missing);
  return std::none_of(required_.begin(), required_.end(),
                      [&](std::size_t field) { return missing(fields[field]); });
}

SlotValues::Plan SlotValues::plan_of(const config::KpiSpec& kpi,
                                     const std::vector<std::string>& names) {
  Plan plan{kpi.kind,
            kpi.scale == config::KpiScale::log,
            false,
            kpi.factor,
            kpi.cumulative,
            {},
            0,
            0,
            kpi.min_attempts,
            0};
  std::vector<std::size_t> places;
  for (const std::string& field : kpi.fields()) {
    places.push_back(
        static_cast<std::size_t>(std::find(names.begin(), names.end(), field) - names.begin()));
    if (kpi.kind == KpiKind::delta) adds_[places.back()] = true;
  }
  plan.field = places[0];
  plan.carries = kpi.kind == KpiKind::gauge || kpi.kind == KpiKind::flag;
  if (kpi.kind == KpiKind::ratio)
    plan.denominator = places[1];
  else
    plan.more.assign(places.begin() + 1, places.end());
  if (kpi.kind == KpiKind::counter) {  // a reading of each: of a sum nobody sees one restart
    plan.memory = counters_;
    counters_ += places.size();
  }
  if (plan.carries) plan.memory = gauges_++;
  if (plan.cumulative) {  // a reading of each of both
    plan.memory = counters_;
    counters_ += 2;
  }
  return plan;
}

void SlotValues::merge(std::span<double> open, std::span<const double> report) const {
  for (std::size_t i = 0; i < fields_; ++i) {
    if (std::isnan(report[i])) continue;
    open[i] = adds_[i] && !std::isnan(open[i]) ? open[i] + report[i] : report[i];
  }
}

// Per second, of all that is added up; missing where one of them is. All were read together, so the
// time since the last reading is that of each.
double SlotValues::summed_rate(const Plan& plan, std::span<const double> fields,
                               std::int64_t time_us, std::span<CounterMemory> counters) const {
  CounterMemory* memory = &counters[plan.memory];
  const std::int64_t last_us = memory->time_us;
  double rise = counter_rise(fields[plan.field], time_us, *memory);
  for (const std::size_t field : plan.more) rise += counter_rise(fields[field], time_us, *++memory);
  return rise / (static_cast<double>(time_us - last_us) * 1e-6);
}

double SlotValues::raw_value(const Plan& plan, std::span<const double> fields, std::int64_t time_us,
                             std::span<CounterMemory> counters) const {
  double x = fields[plan.field];
  for (const std::size_t field : plan.more) x += fields[field];  // NaN where one of them is
  if (std::isnan(x)) return kMissing;
  if (plan.kind == KpiKind::counter)
    return plan.factor * summed_rate(plan, fields, time_us, counters);
  if (plan.kind == KpiKind::flag) return x != 0 ? 1 : 0;
  if (plan.kind != KpiKind::ratio) return plan.factor * x;
  double attempts = fields[plan.denominator];
  if (plan.cumulative) {
    if (std::isnan(attempts)) return kMissing;  // later on both rise over the same time
    x = counter_rise(x, time_us, counters[plan.memory]);
    attempts = counter_rise(attempts, time_us, counters[plan.memory + 1]);
  }
  // NaN attempts fail the comparison too.
  return attempts >= plan.min_attempts && attempts != 0 ? plan.factor * x / attempts : kMissing;
}

void SlotValues::compute(std::span<const double> fields, std::int64_t time_us,
                         std::span<CounterMemory> counters, std::span<GaugeMemory> gauges,
                         std::span<double> values, std::span<std::uint8_t> carried) const {
  for (std::size_t k = 0; k < plan_.size(); ++k) {
    const Plan& plan = plan_[k];
    double x = fields.empty() ? kMissing : raw_value(plan, fields, time_us, counters);
    carried[k] = 0;
    x = std::abs(x) <= kMostValue ? on_scale(x, plan.log) : kMissing;
    if (plan.carries) {
      GaugeMemory& memory = gauges[plan.memory];
      if (!std::isnan(x)) {
        memory = {static_cast<float>(x), 0};
      } else if (memory.age != GaugeMemory::kNever) {
        if (memory.age < GaugeMemory::kNever - 1) ++memory.age;
        if (memory.age <= max_gap_) {
          x = memory.value;
          carried[k] = 1;
        }
      }
    }
    values[k] = x;
  }
}

}  // namespace faultprint::ingest
