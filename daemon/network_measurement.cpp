#include "daemon/network_measurement.h"

#include "daemon/network_statistics.h"
#include "daemon/usual_tokens.h"

namespace faultprint::daemon {
namespace {

// Calls `use` with the columns of each of the batch's slots, their element and their label.
template <typename Use>
void for_labelled(const ingest::WindowStore& store, const config::InputSpec& input,
                  const ingest::Incidents& incidents, Use use) {
  const ingest::Batch& batch = store.batch();
  const std::size_t columns = input.columns();
  for (std::size_t i = 0; i < batch.slots.size(); ++i) {
    const ingest::CompletedSlot& slot = batch.slots[i];
    const std::int64_t start = slot.slot * input.period.count();
    use(slot.element, incidents.label(store.element_name(slot.element), start),
        std::span(batch.values).subspan(i * columns, columns));
  }
}

}  // namespace

void measure_network(const config::Config& config, config::InputSpec& input, const DataFiles& files,
                     const ingest::Incidents& incidents, const Progress& progress) {
  auto options = file_options(config.group().stream);
  options.mode = ingest::WindowStore::Mode::values;
  ingest::WindowStore store(input, options);
  NetworkStatistics statistics(input);
  UsualTokens usual(input);
  const auto on_batch = [&] {
    for_labelled(store, input, incidents,
                 [&](auto element, const std::string& label, std::span<const double> values) {
                   const bool normal = label == ingest::kNormal;
                   if (normal) usual.add(values.subspan(input.numbers()));
                   // With `none` every labelled value counts: a class may be a shift of the mean.
                   if (normal || (input.baseline.none && label != ingest::kIgnore))
                     statistics.add(element, values.first(input.numbers()));
                 });
  };
  read_history(config, input, files.history, store, on_batch, progress, files.wanted);
  input.network = statistics.result();
  input.usual = usual.result();
}

void measure_profile(const config::Config& config, config::InputSpec& input, const DataFiles& files,
                     const ingest::Incidents& incidents, const Progress& progress) {
  auto options = file_options(config.group().stream);
  options.mode = ingest::WindowStore::Mode::steady;
  ingest::WindowStore store(input, options);
  NetworkStatistics statistics(input);
  const auto on_batch = [&] {
    for_labelled(store, input, incidents,
                 [&](auto element, const std::string& label, std::span<const double> values) {
                   if (label == ingest::kNormal)
                     statistics.add(element, values.first(input.numbers()));
                 });
  };
  read_history(config, input, files.history, store, on_batch, progress, files.wanted);
  const auto steady = statistics.result();
  for (std::size_t k = 0; k < steady.size(); ++k) input.network[k].deviation = steady[k].deviation;
  store.give_profile(input.network);
}

}  // namespace faultprint::daemon
