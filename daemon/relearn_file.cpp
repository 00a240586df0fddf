#include "daemon/relearn_file.h"

#include "daemon/csv_table.h"

namespace faultprint::daemon {

std::shared_ptr<const ingest::Relearn> read_relearn(const std::string& file,
                                                    config::Microseconds period) {
  CsvTable table(file, {"element", "time", "reason"});
  std::vector<ingest::Relearn::Row> rows;
  while (table.next()) {
    if (table.cell(0).empty()) throw table.error(0, "is empty");
    rows.push_back({std::string(table.cell(0)), table.time(1), std::string(table.cell(2))});
  }
  return std::make_shared<const ingest::Relearn>(std::move(rows), period);
}

}  // namespace faultprint::daemon
