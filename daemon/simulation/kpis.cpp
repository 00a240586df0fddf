#include "daemon/simulation/kpis.h"

namespace faultprint::daemon::simulation {
namespace {

using config::KpiKind;
using config::KpiScale;

config::KpiSpec simple(Field field, KpiKind kind, KpiScale scale = KpiScale::linear) {
  config::KpiSpec spec;
  spec.name = field_names()[static_cast<std::size_t>(field)];
  spec.kind = kind;
  spec.scale = scale;
  return spec;
}

config::KpiSpec ratio(const char* name, Field numerator, Field denominator) {
  config::KpiSpec spec;
  spec.name = name;
  spec.kind = KpiKind::ratio;
  spec.numerator = field_names()[static_cast<std::size_t>(numerator)];
  spec.denominator = field_names()[static_cast<std::size_t>(denominator)];
  spec.min_attempts = kAttempts;
  return spec;
}

}  // namespace

const std::vector<std::string>& field_names() {
  static const std::vector<std::string> names = {
      "rrc_conn_attempts",     "rrc_conn_successes",  "erab_setup_attempts",
      "erab_setup_successes",  "erab_releases",       "erab_drops",
      "ho_attempts",           "ho_successes",        "connected_users",
      "prb_utilisation_dl",    "prb_utilisation_ul",  "throughput_dl_kbps",
      "cqi_average",           "rssi_ul_dbm",         "rx_imbalance_db",
      "traffic_dl_bytes",      "signalling_messages", "backhaul_delay_ms",
      "backhaul_lost_packets", "timing_error_ns",     "cpu_load",
      "cell_available",        "carrier_asleep"};
  return names;
}

std::vector<config::KpiSpec> kpi_specs() {
  return {simple(kRrcAttempts, KpiKind::delta, KpiScale::log),
          ratio("rrc_success_rate", kRrcSuccesses, kRrcAttempts),
          ratio("erab_success_rate", kErabSuccesses, kErabAttempts),
          ratio("erab_drop_rate", kErabDrops, kErabReleases),
          simple(kHandoverAttempts, KpiKind::delta, KpiScale::log),
          ratio("ho_success_rate", kHandoverSuccesses, kHandoverAttempts),
          simple(kUsers, KpiKind::gauge, KpiScale::log),
          simple(kPrbDownlink, KpiKind::gauge),
          simple(kPrbUplink, KpiKind::gauge),
          simple(kThroughput, KpiKind::gauge, KpiScale::log),
          simple(kCqi, KpiKind::gauge),
          simple(kRssi, KpiKind::gauge),
          simple(kImbalance, KpiKind::gauge),
          simple(kTraffic, KpiKind::counter, KpiScale::log),
          simple(kSignalling, KpiKind::counter, KpiScale::log),
          simple(kBackhaulDelay, KpiKind::gauge, KpiScale::log),
          simple(kBackhaulLost, KpiKind::counter, KpiScale::log),
          simple(kTimingError, KpiKind::gauge, KpiScale::log),
          simple(kCpu, KpiKind::gauge),
          simple(kAvailable, KpiKind::flag),
          simple(kAsleep, KpiKind::flag)};
}

}  // namespace faultprint::daemon::simulation
