// Resident memory per element with full rings, against the budget: 1.25 x the window's bytes, plus
// 16 bytes a KPI for the baseline, plus 256.
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "bench/synthetic.h"
#include "daemon/pipeline.h"

namespace {

double resident_bytes() {
  long total = 0;
  long resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

}  // namespace

int main(int argc, char** argv) {
  using namespace faultprint;
  using namespace faultprint::bench;
  const int elements = argc > 1 ? std::atoi(argv[1]) : 100000;
  const config::Config config = make_config(elements);
  const daemon::ModelPointer model = make_model(config);
  daemon::Pipeline pipeline(model, config, ingest::WindowStore::options(config.group().stream));
  daemon::Scorer scorer;
  std::vector<daemon::AlarmEvent> events;
  ingest::KpiSample sample;
  std::mt19937_64 random(3);
  const double before = resident_bytes();
  for (int slot = 0; slot < config.group().stream.baseline.start + 4; ++slot) {
    for (int e = 0; e < elements; ++e) {
      const std::string name = element_name(e);
      sample.element = name;
      sample.time_us = (28333333L + slot) * 60000000L;
      sample.values.assign(kKpis, 95 + static_cast<double>(random() % 1000) * 0.01);
      if (pipeline.add(sample, 0) != ingest::RejectReason::none) return 1;
      if (pipeline.store().batch().slots.size() < 1024) continue;
      pipeline.process(scorer, events);
      pipeline.finish_batch();
    }
  }
  const double per_element = (resident_bytes() - before) / elements;
  const double budget = 1.25 * kWindow * kKpis * 4 + 16 * kKpis + 256;
  std::printf("%d elements: %.0f bytes each, budget %.0f, ratio %.2f\n", elements, per_element,
              budget, per_element / budget);
  return 0;
}
