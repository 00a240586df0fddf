// Small input specs and records for the tests of what lies between records and windows.
#pragma once

#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "config/input_spec.h"
#include "ingest/incidents.h"
#include "ingest/window_store.h"

namespace faultprint::test {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
constexpr std::int64_t kSecond = 1000000;
constexpr std::int64_t kPeriod = 10 * kSecond;

inline ingest::Incident incident_of(const std::string& element, std::int64_t start_us,
                                    std::int64_t end_us, const std::string& type,
                                    std::int64_t uncertainty_us = 0) {
  ingest::Incident row;
  row.element = element;
  row.start_us = start_us;
  row.end_us = end_us;
  row.fault_type = type;
  row.uncertainty_us = uncertainty_us;
  return row;
}

inline config::KpiSpec kpi(const std::string& name, config::KpiKind kind = config::KpiKind::gauge,
                           config::KpiScale scale = config::KpiScale::linear) {
  config::KpiSpec spec;
  spec.name = name;
  spec.kind = kind;
  spec.scale = scale;
  return spec;
}

inline config::KpiSpec ratio(const std::string& name, const std::string& numerator,
                             const std::string& denominator, double min_attempts) {
  config::KpiSpec spec = kpi(name, config::KpiKind::ratio);
  spec.numerator = numerator;
  spec.denominator = denominator;
  spec.min_attempts = min_attempts;
  return spec;
}

inline config::KpiSpec state(const std::string& name, int buckets = 1024) {
  config::KpiSpec spec = kpi(name, config::KpiKind::state);
  spec.buckets = buckets;
  return spec;
}

inline config::KpiSpec text(const std::string& name, config::TokenSplit tokens, int length,
                            int buckets = 256) {
  config::KpiSpec spec = kpi(name, config::KpiKind::text);
  spec.tokens = tokens;
  spec.length = length;
  spec.buckets = buckets;
  return spec;
}

// Gauges named a, b, ... in slots of 10 s; network deviation 1 for each.
inline config::InputSpec gauges(int kpis, int window = 4, int start = 4) {
  config::InputSpec spec;
  for (int k = 0; k < kpis; ++k)
    spec.kpis.push_back(kpi(std::string(1, static_cast<char>('a' + k))));
  spec.period = config::Microseconds(kPeriod);
  spec.window = window;
  spec.baseline.start = start;
  spec.baseline.fast = 20;
  spec.network.assign(static_cast<std::size_t>(kpis), {0, 1});
  return spec;
}

inline ingest::WindowStore::Options store_options() {
  ingest::WindowStore::Options options;
  options.lateness = config::Microseconds(0);
  options.max_future = std::chrono::hours(1);
  options.forget_after = config::Microseconds(20 * kPeriod);
  return options;
}

// A record of `element` one second into a slot.
inline ingest::KpiSample sample(std::string_view element, std::int64_t slot,
                                const std::vector<double>& values) {
  ingest::KpiSample record;
  record.element = element;  // the text outlives the record
  record.time_us = slot * kPeriod + kSecond;
  record.values = values;
  return record;
}

// "leaf1@12 scored", one text for each completed slot.
inline std::vector<std::string> told(const ingest::WindowStore& store) {
  std::vector<std::string> lines;
  for (const ingest::CompletedSlot& done : store.batch().slots) {
    const bool scored = done.not_scored == ingest::NotScored::none;
    lines.push_back(store.element_name(done.element) + "@" + std::to_string(done.slot) + " " +
                    (scored ? "scored" : ingest::name(done.not_scored)) +
                    (done.fresh ? " fresh" : ""));
  }
  return lines;
}

}  // namespace faultprint::test
