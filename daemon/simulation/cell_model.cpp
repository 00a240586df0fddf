#include "daemon/simulation/cell_model.h"

#include <algorithm>
#include <cmath>

#include "daemon/simulation/kpis.h"
#include "ingest/kpi_sample.h"

namespace faultprint::daemon::simulation {
namespace {

using D = Driver;
constexpr double kBurstEvery_s = 4 * 86400.0;
constexpr double kBurstMemory_s = 1200;
constexpr double kRestartEvery_s = 12 * 86400.0;  // planned ones, no fault
constexpr double kAsleepCapacity = 0.4;           // what is left without the second carrier
constexpr double kOverload = 0.85;                // load from which connections are refused

double rounded(double value, double steps) { return std::floor(value * steps + 0.5) / steps; }

// A failure share as it is in a slot: bursty around its mean.
double bursty(double share, Random& random) { return share * std::exp(0.35 * random.normal()); }

}  // namespace

double SlowNoise::next(double period_s, Random& random) {
  const double kept = std::exp(-period_s / memory_s_);
  value_ = kept * value_ + deviation_ * std::sqrt(1 - kept * kept) * random.normal();
  return value_;
}

double CellModel::next_burst(Random& random) {
  burst_ *= std::exp(-period_s_ / kBurstMemory_s);
  if (random.chance(1 - std::exp(-period_s_ / kBurstEvery_s))) burst_ += random.uniform(0.4, 1.2);
  return burst_;
}

void CellModel::report(std::int64_t time_us, double usual, double log_noise,
                       const Condition& condition, Random& random, std::vector<double>& values) {
  values.assign(kFields, ingest::kMissing);
  Condition now = condition;
  if (random.chance(period_s_ / kRestartEvery_s)) {
    now.add(D::restarts, 50);  // surely one
    now.add(D::off_air, std::min(0.3, 180 / period_s_));
  }
  const Load slot = load(time_us, usual, log_noise, now, random);
  access(slot, now, random, values);
  radio(slot, now, random, values);
  backhaul(slot, now, random, values);
  control(slot, now, random, values);
}

CellModel::Load CellModel::load(std::int64_t time_us, double usual, double log_noise,
                                const Condition& condition, Random& random) {
  Load slot{};
  double noise = log_noise + noise_.next(period_s_, random);
  noise += next_burst(random);  // drawn second, whatever the compiler
  slot.on_air = 1 - std::clamp(condition[D::off_air], 0.0, 1.0);
  slot.wanting = slot.on_air * cell_->busy_users * usual * std::exp(noise + condition[D::demand]);
  if (condition[D::licence_cut] > 0) {
    const double allowed = cell_->busy_users * (1 - condition[D::licence_cut]);
    slot.blocked = std::max(0.0, 1 - allowed / std::max(slot.wanting, 1e-9));
  }
  slot.users = slot.wanting * (1 - slot.blocked);
  slot.asleep = condition[D::asleep] > 0 || (cell_->sleeps_at_night && at_night(time_us));
  const double quality = cell_->cqi - condition[D::quality_loss] + 0.12 * random.normal();
  const double capacity = (slot.asleep ? kAsleepCapacity : 1) * std::max(quality, 1.0) /
                          cell_->cqi * std::max(slot.on_air, 0.05);
  slot.asked_for = cell_->busy_utilisation * slot.users / cell_->busy_users / capacity;
  slot.used = slot.asked_for / std::pow(1 + std::pow(slot.asked_for, 6), 1.0 / 6);
  slot.cqi = std::clamp(quality - 0.8 * slot.used, 1.0, 15.0);
  return slot;
}

void CellModel::access(const Load& load, const Condition& condition, Random& random,
                       std::vector<double>& values) {
  const double overload = std::clamp(0.3 * (load.asked_for - kOverload), 0.0, 0.5);
  const double retries = 1 + 1.5 * load.blocked + overload;
  const double attempts = random.poisson(load.wanting * cell_->attempts_per_user_s * period_s_ *
                                         std::exp(condition[D::signalling]) * retries);
  const double refused =
      bursty(0.004, random) + condition[D::access_failures] + overload + load.blocked;
  const double connected = random.binomial(attempts, 1 - std::clamp(refused, 0.0, 1.0));
  const double bearers = connected + random.poisson(0.3 * connected);
  const double failed = bursty(0.003, random) + condition[D::bearer_failures] + 0.3 * overload;
  const double set_up = random.binomial(bearers, 1 - std::clamp(failed, 0.0, 1.0));
  const double dropped = bursty(0.005, random) + condition[D::drops] + 0.03 * overload;
  const double handovers = random.poisson(load.users * 0.0018 * period_s_);
  const double missed = bursty(0.012, random) + condition[D::handover_failures];
  values[kRrcAttempts] = attempts;
  values[kRrcSuccesses] = connected;
  values[kErabAttempts] = bearers;
  values[kErabSuccesses] = set_up;
  values[kErabReleases] = set_up;
  values[kErabDrops] = random.binomial(set_up, std::clamp(dropped, 0.0, 1.0));
  values[kHandoverAttempts] = handovers;
  values[kHandoverSuccesses] = random.binomial(handovers, 1 - std::clamp(missed, 0.0, 1.0));
  values[kUsers] = rounded(load.users * std::exp(0.02 * random.normal()), 10);
}

void CellModel::radio(const Load& load, const Condition& condition, Random& random,
                      std::vector<double>& values) {
  const double percent = 100 * load.used + 0.8 * random.normal();
  values[kPrbDownlink] = rounded(std::clamp(percent, 0.0, 100.0), 10);
  const double uplink =
      55 * load.used + 0.6 * std::max(0.0, condition[D::uplink_noise]) + 1.0 * random.normal();
  values[kPrbUplink] = rounded(std::clamp(uplink, 0.0, 100.0), 10);
  const double spike = random.chance(0.003) ? random.uniform(3, 8) : 0;
  const double noise = 0.5 * random.normal();
  const double imbalance = cell_->imbalance_db + condition[D::imbalance] + 0.15 * random.normal();
  const double shadow = 0.08 * random.normal();
  if (load.on_air <= 0) return;  // nothing is received, or sent
  values[kRssi] =
      rounded(cell_->rssi_dbm + 6 * load.used + condition[D::uplink_noise] + spike + noise, 10);
  values[kImbalance] = rounded(std::max(0.0, imbalance), 100);
  if (load.users < 0.3) return;  // nobody there to measure with
  values[kCqi] = rounded(load.cqi, 100);
  // A transfer's rate falls with the root of the loss (Mathis et al., 1997).
  const double kept = 1 / (1 + 20 * std::sqrt(std::max(0.0, condition[D::backhaul_loss])));
  const double rate = 40000 * std::pow(load.cqi / 10, 1.5) * (1 - 0.85 * load.used) *
                      (load.asleep ? 0.6 : 1) * kept *
                      (1 - std::clamp(condition[D::backhaul_cut], 0.0, 0.999));
  values[kThroughput] = rounded(rate * std::exp(shadow), 1);
}

void CellModel::backhaul(const Load& load, const Condition& condition, Random& random,
                         std::vector<double>& values) {
  if (random.poisson(condition[D::restarts]) > 0) traffic_bytes_ = lost_packets_ = messages_ = 0;
  const double kbps = load.users * 220 * (load.used / std::max(load.asked_for, 1e-9)) *
                      std::exp(0.1 * random.normal());
  const double bytes =
      kbps * 125 * period_s_ * (1 - std::clamp(condition[D::backhaul_cut], 0.0, 1.0));
  traffic_bytes_ += std::floor(bytes);
  lost_packets_ += random.poisson(
      bytes / 900 * (bursty(2e-6, random) + std::max(0.0, condition[D::backhaul_loss])));
  const double log_delay = condition[D::backhaul_delay] +
                           1.5 * condition[D::backhaul_cut] * load.used +
                           0.25 * std::pow(load.used, 4) + 0.06 * random.normal();
  values[kTraffic] = traffic_bytes_;
  values[kBackhaulLost] = lost_packets_;
  values[kBackhaulDelay] = rounded(cell_->delay_ms * std::exp(log_delay), 100);
}

void CellModel::control(const Load& load, const Condition& condition, Random& random,
                        std::vector<double>& values) {
  const double busy = cell_->busy_users * cell_->attempts_per_user_s * period_s_;
  messages_ += random.poisson(9 * values[kRrcAttempts] + 6 * values[kHandoverAttempts] +
                              0.02 * load.users * period_s_);
  const double cpu =
      15 + 30 * values[kRrcAttempts] / busy + condition[D::cpu] + 1.5 * random.normal();
  const double error = 60 * random.normal() + condition[D::timing_error];
  values[kSignalling] = messages_;
  values[kCpu] = rounded(std::clamp(cpu, 1.0, 100.0), 10);
  values[kTimingError] = rounded(std::abs(error), 1);
  values[kAvailable] = random.chance(load.on_air) ? 1 : 0;
  values[kAsleep] = load.asleep ? 1 : 0;
}

}  // namespace faultprint::daemon::simulation
