#include "daemon/simulation/load_curve.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace faultprint::daemon::simulation {
namespace {

struct Peak {
  double hour;
  double height;
  double sharpness;  // of the bump exp(sharpness (cos - 1)), 24 hours round
};

struct Profile {
  std::array<Peak, 2> peaks;
  double floor;                // what is left at night
  std::array<double, 7> days;  // Monday to Sunday
};

constexpr std::array<Profile, kSurroundings> kProfiles{{
    {{{{20.5, 0.95, 3.0}, {13.0, 0.40, 2.0}}}, 0.04, {1, 1, 1, 1, 1, 1.05, 1.08}},
    {{{{11.0, 0.85, 6.0}, {15.5, 0.75, 6.0}}}, 0.03, {1, 1.02, 1.02, 1, 0.9, 0.3, 0.22}},
    {{{{8.0, 0.90, 14.0}, {17.5, 0.95, 9.0}}}, 0.04, {1, 1, 1, 1, 1.05, 0.6, 0.5}},
    {{{{21.5, 0.90, 5.0}, {16.0, 0.45, 2.5}}}, 0.03, {0.7, 0.7, 0.75, 0.8, 1, 1.1, 0.9}},
}};

constexpr std::int64_t kHourUs = 3'600'000'000;
constexpr std::int64_t kDayUs = 24 * kHourUs;
constexpr int kFirstDay = 3;  // 1970-01-01 was a Thursday

double hour_of(std::int64_t time_us) {
  return static_cast<double>(time_us % kDayUs) / static_cast<double>(kHourUs);
}

}  // namespace

double load_share(Surroundings surroundings, std::int64_t time_us) {
  const Profile& profile = kProfiles[static_cast<std::size_t>(surroundings)];
  const double hour = hour_of(time_us);
  double share = profile.floor;
  for (const Peak& peak : profile.peaks) {
    const double angle = 2 * std::numbers::pi * (hour - peak.hour) / 24;
    share += peak.height * std::exp(peak.sharpness * (std::cos(angle) - 1));
  }
  const auto day = static_cast<std::size_t>((time_us / kDayUs + kFirstDay) % 7);
  return share * profile.days[day];
}

double swung(double share, double swing) {
  constexpr double kTypical = 0.3;
  return swing == 1 ? share : kTypical * std::pow(share / kTypical, swing);
}

bool at_night(std::int64_t time_us) { return hour_of(time_us) < 5; }

}  // namespace faultprint::daemon::simulation
