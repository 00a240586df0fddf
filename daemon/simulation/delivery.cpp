#include "daemon/simulation/delivery.h"

#include <algorithm>
#include <array>

#include "daemon/simulation/kpis.h"
#include "daemon/simulation/random.h"
#include "ingest/kpi_sample.h"

namespace faultprint::daemon::simulation {
namespace {

constexpr std::int64_t kGapSlots = 4;
constexpr double kLaterStill = 0.35;  // share of late records that a slot more does not bring
constexpr int kLatest = 8;

// Fields [first, last) are measured by one job.
struct Job {
  int first;
  int last;
};
constexpr std::array<Job, 3> kJobs{
    {{kRrcAttempts, kUsers}, {kUsers, kBackhaulDelay}, {kBackhaulDelay, kFields}}};

}  // namespace

int delay_slots(const Options& options, const Cell& cell, int number, std::int64_t slot) {
  Random gap(options.seed, {kGap, static_cast<std::uint64_t>(cell.site),
                            static_cast<std::uint64_t>(slot / kGapSlots)});
  Random random(options.seed,
                {kRecord, static_cast<std::uint64_t>(number), static_cast<std::uint64_t>(slot)});
  if (gap.chance(options.missing / 2) || random.chance(options.missing / 2)) return -1;
  if (!random.chance(options.late)) return 0;
  int delay = 1;
  while (delay < kLatest && random.chance(kLaterStill)) ++delay;
  return delay;
}

void lose_values(const Options& options, int number, std::int64_t slot,
                 std::vector<double>& values) {
  Random random(options.seed,
                {kJob, static_cast<std::uint64_t>(number), static_cast<std::uint64_t>(slot)});
  if (!random.chance(options.missing)) return;
  const Job& job = kJobs[random.below(kJobs.size())];
  std::fill(values.begin() + job.first, values.begin() + job.last, ingest::kMissing);
}

}  // namespace faultprint::daemon::simulation
