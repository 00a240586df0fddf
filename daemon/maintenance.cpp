#include "daemon/maintenance.h"

#include "daemon/csv_table.h"
#include "ingest/incidents.h"

namespace faultprint::daemon {

std::shared_ptr<const Maintenance> Maintenance::read(const std::string& file) {
  CsvTable table(file, {"element", "start", "end", "reason"});
  std::vector<Work> works;
  while (table.next()) {
    Work work{std::string(table.cell(0)), table.time(1), table.time(2), std::string(table.cell(3))};
    if (work.element.empty()) throw table.error(0, "is empty");
    if (work.end_us <= work.start_us) throw table.error(2, "is not after start");
    works.push_back(std::move(work));
  }
  return std::make_shared<const Maintenance>(std::move(works));
}

const Maintenance::Work* Maintenance::at(std::string_view element, std::int64_t time_us) const {
  for (const Work& work : works_)
    if (work.start_us <= time_us && time_us < work.end_us &&
        ingest::element_matches(work.element, element))
      return &work;
  return nullptr;
}

}  // namespace faultprint::daemon
