// One cell: from the load of the hour, its noise and its condition to what it reports.
#pragma once

#include <cstdint>
#include <vector>

#include "daemon/simulation/condition.h"
#include "daemon/simulation/network.h"
#include "daemon/simulation/random.h"

namespace faultprint::daemon::simulation {

// Noise that remembers: a stationary normal process with the given deviation and memory.
class SlowNoise {
 public:
  SlowNoise(double deviation, double memory_s) : deviation_(deviation), memory_s_(memory_s) {}
  double next(double period_s, Random& random);

 private:
  double deviation_;
  double memory_s_;
  double value_ = 0;
};

class CellModel {
 public:
  CellModel(const Cell& cell, double period_s) : cell_(&cell), period_s_(period_s) {}

  // The slot that begins at time_us, after the one before. usual: the load's share of the busy
  // hour; log_noise: what the area's load is off by; values: kFields, NaN where nothing can be
  // measured. Values are rounded as a network element rounds, which also keeps the last bit of a
  // machine's exp() or log() out of the files.
  void report(std::int64_t time_us, double usual, double log_noise, const Condition& condition,
              Random& random, std::vector<double>& values);

 private:
  struct Load {        // of one slot
    double on_air;     // share of it
    double wanting;    // users
    double users;      // let in
    double blocked;    // share of those wanting
    bool asleep;       // the second carrier
    double asked_for;  // of the radio blocks; may exceed 1
    double used;       // of the radio blocks, 0..1
    double cqi;
  };

  Load load(std::int64_t time_us, double usual, double log_noise, const Condition& condition,
            Random& random);
  void access(const Load& load, const Condition& condition, Random& random,
              std::vector<double>& values);
  void radio(const Load& load, const Condition& condition, Random& random,
             std::vector<double>& values);
  void backhaul(const Load& load, const Condition& condition, Random& random,
                std::vector<double>& values);
  void control(const Load& load, const Condition& condition, Random& random,
               std::vector<double>& values);
  double next_burst(Random& random);

  const Cell* cell_;
  double period_s_;
  SlowNoise noise_{0.12, 5400};
  double burst_ = 0;  // log factor, dies away
  // Counters since the last restart.
  double traffic_bytes_ = 0;
  double lost_packets_ = 0;
  double messages_ = 0;
};

}  // namespace faultprint::daemon::simulation
