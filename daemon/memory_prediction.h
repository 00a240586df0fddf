// How much memory a process will need for so many elements, before there is one: for
// `check-config`, and for the metric that the process is compared with. Resident, of a process that
// keeps up. Sizes are those of what holds elements (ingest::ElementMemory); what is left was
// measured. tests/integration/test_memory.py holds the sum to within a tenth of a real process.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "config/config.h"
#include "daemon/loaded_model.h"

namespace faultprint::daemon {

// Of one that reports all KPIs in a record, with a name of at most 15 bytes: a longer one takes its
// length and 16 bytes more.
struct ElementBytes {
  double window = 0;     // its ring: window x KPIs, and which are missing
  double baselines = 0;  // levels, scales, last values
  double rest = 0;       // indices, last verdicts, the place of an open slot

  double total() const { return window + baselines + rest; }
};
ElementBytes element_bytes(const config::InputSpec& input);

// Of all of them, before the first element, and of what writes their snapshots.
double worker_bytes(const config::Config& config);

struct MemoryPrediction {
  std::int64_t elements = 0;
  ElementBytes each;
  double process = 0;  // program, libraries, and each worker's consumer, scratch and first blocks
  double model = 0;    // 0 where there is none yet
  std::size_t prototypes = 0;  // in it
  double profile = 0;          // stream.baseline.profile, of a partition
  double fetched = 0;          // not in total(): records fetched ahead while it catches up, at most

  double total() const {
    return process + model + profile + each.total() * static_cast<double>(elements);
  }
};

// model: null where there is none.
MemoryPrediction predict_memory(const config::Config& config, const config::InputSpec& input,
                                const LoadedModel* model, std::int64_t elements);

// Lines of YAML comment, so that they may follow the configuration.
std::string to_text(const MemoryPrediction& prediction, const config::Config& config);

}  // namespace faultprint::daemon
