// CSV of our own form: time,element,<KPI>,..
#pragma once

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/csv_row.h"
#include "ingest/glob_sums.h"
#include "ingest/kpi_sample.h"
#include "ingest/line_source.h"
#include "ingest/timestamp.h"
#include "ingest/tokens.h"

namespace faultprint::ingest {

constexpr const char* kTimeColumn = "time";
constexpr const char* kElementColumn = "element";

// The samples of a CSV file, in its order.
class CsvSamples {
 public:
  CsvSamples(LineSource& lines, const std::vector<std::string>& fields,
             const std::vector<config::KpiSpec>& tokens, const Zone& zone = {});

  bool next(KpiSample& sample);
  bool has(std::size_t field) const { return std::count(targets_.begin(), targets_.end(), field); }

 private:
  static constexpr std::size_t kIgnored = static_cast<std::size_t>(-1);

  void use_column(std::string_view name, std::size_t& place, std::size_t column);
  void read_cell(std::size_t column, KpiSample& sample);
  std::runtime_error error(std::size_t column, const std::string& what) const;

  LineSource& lines_;
  CsvRow row_;
  Zone zone_;
  TokenFields tokens_;
  GlobSums sums_;
  std::vector<std::string> names_;    // of the columns
  std::vector<std::size_t> targets_;  // of each column: the field it holds, or kIgnored
  std::size_t time_ = kIgnored;
  std::size_t element_ = kIgnored;
};

}  // namespace faultprint::ingest
