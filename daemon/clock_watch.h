// Notices that the wall clock was set: event times are judged by it (stream.max_future,
// alarms.max_age), so an operator must be able to see it.
#pragma once

#include <optional>

namespace faultprint::daemon {

class ClockWatch {
 public:
  // The seconds by which the wall clock has jumped since the last call, negative for back; 0 where
  // both clocks went as far, but for what a clock being steered to the right time may differ.
  double jumped(double wall_s, double steady_s) {
    const auto was = last_;
    last_ = Reading{wall_s, steady_s};
    if (!was) return 0;
    const double passed = steady_s - was->steady_s;
    const double jump = wall_s - was->wall_s - passed;
    const double steered = kLeast + kSteering * passed;
    return jump > steered || jump < -steered ? jump : 0;
  }

 private:
  static constexpr double kLeast = 0.5;
  static constexpr double kSteering = 0.001;  // the kernel steers by at most half of it

  struct Reading {
    double wall_s;
    double steady_s;
  };
  std::optional<Reading> last_;
};

}  // namespace faultprint::daemon
