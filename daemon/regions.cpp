#include "daemon/regions.h"

#include <algorithm>

#include "ingest/csv_row.h"
#include "ingest/incidents.h"

namespace faultprint::daemon {

Regions Regions::all() {
  Regions regions;
  regions.globs_.emplace_back("*", regions.number("all"));
  return regions;
}

int Regions::number(const std::string& region) {
  const auto found = std::find(names_.begin(), names_.end(), region);
  if (found != names_.end()) return static_cast<int>(found - names_.begin());
  names_.push_back(region);
  return static_cast<int>(names_.size()) - 1;
}

Regions Regions::read(const std::string& file) {
  ingest::LineSource lines(file);
  ingest::CsvRow row;
  if (!row.read(lines)) throw ingest::CsvRow::error(file, 1, "element", "the column is missing");
  const std::string_view columns[] = {"element", "region"};
  std::size_t places[2] = {0, 0};
  for (const std::size_t c : {0, 1}) {
    const auto& cells = row.cells();
    const auto place = std::find(cells.begin(), cells.end(), columns[c]);
    if (place == cells.end())
      throw ingest::CsvRow::error(file, 1, columns[c], "the column is missing");
    places[c] = static_cast<std::size_t>(place - cells.begin());
  }
  Regions regions;
  while (row.read(lines)) {
    std::string cells[2];
    for (const std::size_t c : {0, 1}) {
      const auto fail = [&](const char* what) {
        return ingest::CsvRow::error(file, row.line_number(), columns[c], what);
      };
      if (places[c] >= row.cells().size()) throw fail("the row ends before it");
      cells[c] = row.cells()[places[c]];
      if (cells[c].empty()) throw fail("is empty");
    }
    const auto& [element, region] = cells;
    const int number = regions.number(region);
    if (element.find_first_of("*?[\\") != std::string::npos)
      regions.globs_.emplace_back(element, number);
    else if (!regions.by_element_.emplace(element, number).second)
      throw ingest::CsvRow::error(file, row.line_number(), columns[0],
                                  "\"" + element + "\" stands twice");
  }
  if (regions.names_.empty()) throw std::runtime_error(file + ": it names no element");
  return regions;
}

int Regions::of(std::string_view element) const {
  if (const auto known = by_element_.find(std::string(element)); known != by_element_.end())
    return known->second;
  for (const auto& [glob, region] : globs_)
    if (ingest::element_matches(glob, element)) return region;
  return kNone;
}

}  // namespace faultprint::daemon
