#include "daemon/window_lookup.h"

#include <stdexcept>

#include "ingest/timestamp.h"

namespace faultprint::daemon {

WindowName parse_window_name(const std::string& text) {
  const auto at = text.rfind('@');
  if (at != std::string::npos && at > 0)
    if (const auto time = ingest::parse_time(text.substr(at + 1)))
      return {text.substr(0, at), *time};
  throw std::runtime_error(
      "'" + text + "' names no window: ELEMENT@TIME is wanted, as leaf1@2017-06-29T16:40:15Z");
}

WindowsByName find_windows(const config::Config& config, const config::InputSpec& input,
                           const std::vector<std::string>& history,
                           const std::vector<WindowName>& wanted, const Progress& progress,
                           std::shared_ptr<const ingest::CarryOver> carry_over) {
  std::map<std::pair<std::string, std::int64_t>, std::vector<WindowName>> by_slot;
  for (const WindowName& name : wanted)
    by_slot[{name.element, (name.time_us - 1) / input.period.count()}].push_back(name);
  WindowsByName found;
  ingest::WindowStore store(input, file_options(config.group().stream), std::move(carry_over));
  const std::size_t cells = store.layout().cells();
  const auto on_batch = [&] {
    const ingest::Batch& batch = store.batch();
    for (const ingest::CompletedSlot& slot : batch.slots) {
      if (slot.row < 0) continue;
      const auto names = by_slot.find({store.element_name(slot.element), slot.slot});
      if (names == by_slot.end()) continue;
      const float* window = batch.windows.data() + static_cast<std::size_t>(slot.row) * cells;
      for (const WindowName& name : names->second) found[name].assign(window, window + cells);
    }
  };
  read_history(config, input, history, store, on_batch, progress);
  return found;
}

}  // namespace faultprint::daemon
