#include "daemon/network_measurement.h"

#include "daemon/network_statistics.h"
#include "daemon/usual_tokens.h"

namespace faultprint::daemon {
namespace {

// What is normal of a batch's values, by element.
void add_normal(NetworkStatistics& statistics, const ingest::WindowStore& store,
                const config::InputSpec& input, const ingest::Incidents& incidents) {
  const ingest::Batch& batch = store.batch();
  const std::size_t columns = input.columns();
  for (std::size_t i = 0; i < batch.slots.size(); ++i) {
    const ingest::CompletedSlot& slot = batch.slots[i];
    const std::int64_t start = slot.slot * input.period.count();
    if (incidents.label(store.element_name(slot.element), start) != ingest::kNormal) continue;
    statistics.add(slot.element, std::span(batch.values).subspan(i * columns, input.numbers()));
  }
}

}  // namespace

void measure_network(const config::Config& config, config::InputSpec& input, const DataFiles& files,
                     const ingest::Incidents& incidents, const Progress& progress) {
  auto options = file_options(config.group.stream);
  options.mode = ingest::WindowStore::Mode::values;
  ingest::WindowStore store(input, options);
  NetworkStatistics statistics(input);
  UsualTokens usual(input);
  const std::size_t columns = input.columns();
  const auto on_batch = [&] {
    const ingest::Batch& batch = store.batch();
    for (std::size_t i = 0; i < batch.slots.size(); ++i) {
      const ingest::CompletedSlot& slot = batch.slots[i];
      const std::int64_t start = slot.slot * input.period.count();
      const std::string& label = incidents.label(store.element_name(slot.element), start);
      const bool normal = label == ingest::kNormal;
      const auto values = std::span(batch.values).subspan(i * columns, columns);
      if (normal) usual.add(values.subspan(input.numbers()));
      // With `none` every labelled value counts: a class may be a shift of the mean.
      if (normal || (input.baseline.none && label != ingest::kIgnore))
        statistics.add(slot.element, values.first(input.numbers()));
    }
  };
  read_history(config, input, files.history, store, on_batch, progress, files.wanted);
  input.network = statistics.result();
  input.usual = usual.result();
}

void measure_profile(const config::Config& config, config::InputSpec& input, const DataFiles& files,
                     const ingest::Incidents& incidents, const Progress& progress) {
  auto options = file_options(config.group.stream);
  options.mode = ingest::WindowStore::Mode::steady;
  ingest::WindowStore store(input, options);
  NetworkStatistics statistics(input);
  read_history(
      config, input, files.history, store, [&] { add_normal(statistics, store, input, incidents); },
      progress, files.wanted);
  const auto steady = statistics.result();
  for (std::size_t k = 0; k < steady.size(); ++k) input.network[k].deviation = steady[k].deviation;
  store.give_profile(input.network);
}

}  // namespace faultprint::daemon
