// The CSV files that people write: incidents, planned work, baselines to learn anew, inventory.
#include "daemon/inventory.h"
#include "daemon/maintenance.h"
#include "daemon/relearn_file.h"
#include "ingest/csv_row.h"
#include "ingest/incidents.h"
#include "tests/fuzz/memory_file.h"
#include "tests/fuzz/targets.h"

namespace faultprint::fuzz {
namespace {

constexpr config::Microseconds kSlot = std::chrono::seconds(10);

// What `read` says of the file, where it throws.
template <typename Read>
void require_read(std::string_view input, Read read) {
  const MemoryFile file(input);
  try {
    read(file.path());
  } catch (const std::runtime_error& error) {
    require_message(error.what(), file.path());
  }
}

void check_incidents(const ingest::Incidents& incidents) {
  for (const ingest::Incident& row : incidents.rows()) {
    require(!row.element.empty() && !row.fault_type.empty(), "a row has element and type");
    require(row.start_us < row.end_us, "an incident takes time");
    for (const std::int64_t time : {row.earliest_us(), row.start_us, row.end_us, row.latest_us()}) {
      const ingest::Incident* at = incidents.at(row.element, time);
      require(!incidents.label(row.element, time).empty(), "every time has a label");
      require(at == nullptr || (at->earliest_us() <= time && time < at->latest_us()),
              "what is said of a time is said by a row of that time");
    }
  }
}

// The rows as a file, which says the same.
std::string written(const ingest::Incidents& incidents) {
  std::string text = "element,start,end,fault_type,uncertainty\n";
  const auto seconds = [](std::int64_t us) {
    const std::string digits = std::to_string(us % 1000000);
    return std::to_string(us / 1000000) + "." + std::string(6 - digits.size(), '0') + digits;
  };
  for (const ingest::Incident& row : incidents.rows())
    text += ingest::csv_cell(row.element) + "," + seconds(row.start_us) + "," +
            seconds(row.end_us) + "," +
            ingest::csv_cell(row.false_alarm ? std::string("false_alarm") : row.fault_type) + "," +
            seconds(row.uncertainty_us) + "\n";
  return text;
}

}  // namespace

void fuzz_tables(std::string_view input) {
  require_read(input, [](const std::string& file) {
    const auto incidents = ingest::Incidents::read({file}, kSlot, ingest::UnknownRows::allowed);
    check_incidents(incidents);
    const std::string text = written(incidents);
    const MemoryFile copy(text);
    const auto again = ingest::Incidents::read({copy.path()}, kSlot, ingest::UnknownRows::allowed);
    require(written(again) == text, "rows that are written are read as they were");
  });
  require_read(input, [](const std::string& file) { ingest::Incidents::read({file}); });
  require_read(input, [](const std::string& file) {
    const auto works = daemon::Maintenance::read(file);
    works->at("leaf1", 1498754414000000);
  });
  require_read(input, [](const std::string& file) { daemon::read_relearn(file, kSlot); });
  require_read(input, [](const std::string& file) {
    const auto inventory = daemon::Inventory::read({file, {"site", "reason"}});
    for (const auto& [name, value] : inventory->labels("leaf1"))
      require(value.size() <= daemon::Inventory::kMostBytes, "a label is not too long");
  });
}

}  // namespace faultprint::fuzz
