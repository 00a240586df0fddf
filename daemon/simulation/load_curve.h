// How many want service over the day and the week: a share of the busy hour's, by what surrounds a
// cell. Deterministic; noise comes on top.
#pragma once

#include <cstdint>

namespace faultprint::daemon::simulation {

enum class Surroundings { homes, offices, traffic, leisure };
constexpr int kSurroundings = 4;

// About 0.03 (the small hours) to 1 (the busy hour of a busy day). time_us: since 1970, in the
// network's local time.
double load_share(Surroundings surroundings, std::int64_t time_us);

// A share with more or less of its swing, in logarithms: 1 as it is, 0 the same all week.
double swung(double share, double swing);

bool at_night(std::int64_t time_us);  // 0:00 to 5:00, when spare capacity may sleep

}  // namespace faultprint::daemon::simulation
