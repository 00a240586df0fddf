// Recorded KPI history, read as a stream of samples: CSV (wide: time,element,<KPI>,...) or lines of
// stream.format as on Kafka, either of them gzipped. Told apart by content, not by name.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "ingest/decoder.h"

namespace faultprint::ingest {

// Several files, merged by time: of the files' next samples the one with the earliest time comes
// first, so that within one file its own order is kept. Lines of records that cannot be decoded are
// counted and skipped, as on Kafka; a CSV that cannot be understood throws std::runtime_error
// "file:line: column: what is wrong".
// Where stream.format is not json, a file whose first line names the columns time and element is
// such CSV, any other holds a record a line. CSV: the columns `time` and `element` are required,
// others are matched to fields by name; a column no configuration names is ignored, a field that is
// no column of any file is an error that names it unless some JSON-lines file is read. RFC 4180
// quotes, CRLF and a BOM are understood; an empty cell is missing, and where numbers are wanted
// NaN, nan, NA and null are, too.
class History {
 public:
  History(const std::vector<std::string>& files, const DecoderOptions& options);
  ~History();

  // False at the end of all files.
  bool next(KpiSample& sample);

  const RejectCounts& rejects() const;
  double progress() const;  // share of the files' bytes read, 0..1 (compressed bytes for gzip)

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace faultprint::ingest
