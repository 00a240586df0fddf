// The ways in which records may be read. Each either finds reports, or says why it does not.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "config/formats.h"
#include "daemon/probe/feed.h"

namespace faultprint::daemon::probe {

// A format whose decoder knows what is label, time and value: any but json, json_value and csv.
Reading read_labelled(const config::Format& format, const Records& records);

// Rows of columns. file_header: a file's first line where that names its columns, else empty.
Reading read_csv(const Records& records, const std::string& file_header);

// JSON of whatever form.
struct FlatRecords {
  Things things;  // objects
  std::size_t documents = 0;
  std::size_t arrays = 0;  // documents that are an array
  std::set<std::string> inner_arrays;
};
FlatRecords flatten(const Records& records);
Reading read_json(const FlatRecords& flat, const Records& records);
Reading read_json_value(const FlatRecords& flat, const Records& records);

// Gathers the reports of a reading.
class ReportList {
 public:
  explicit ReportList(Reading& reading) : reading_(reading) {}

  // Nothing of a thing without a number is kept.
  void add(const std::string& element, std::int64_t time_us, std::size_t record,
           std::vector<ingest::ObservedValue> values);

 private:
  Reading& reading_;
  std::map<std::string, std::uint32_t> ids_;
  std::size_t next_record_ = 0;
};

bool is_numeric(const ingest::ObservedValue& value);  // a number, true or false
std::string joined_labels(const std::vector<std::pair<std::string, std::string>>& labels,
                          const std::vector<std::string>& names);

// Key and headers, as stream.record.element calls them.
void add_kafka_labels(std::vector<std::pair<std::string, std::string>>& labels,
                      const ingest::SampledRecord& record);

void doubt_repeats(Reading& reading, double repeated);

}  // namespace faultprint::daemon::probe
