// The formats of records there are, one line each. A new one is a line here and a file in ingest/
// that defines make_<name>_decoder(). Included by few, so that it costs no rebuild of everything.
#pragma once

#include <string>
#include <vector>

// FORMAT(name, default of stream.record.element, default of stream.record.kpi). No element: the
// format's options are in stream.json. No KPI: values are named as they are.
// clang-format off
#define FAULTPRINT_FORMATS(FORMAT)                              \
  FORMAT(json, "", "")                                          \
  FORMAT(json_value, "", "")                                    \
  FORMAT(influx, "{host}", "{measurement}.{field}")             \
  FORMAT(telegraf, "{host}", "{measurement}.{field}")           \
  FORMAT(gnmic, "{source}", "{field}")                          \
  FORMAT(csv, "{element}", "")                                  \
  FORMAT(ves, "{sourceName}", "{field}")                        \
  FORMAT(perf3gpp, "{sourceName}/{measObjInstId}", "{field}")
// clang-format on

namespace faultprint::config {

struct Format {
  std::string name;
  std::string element;
  std::string kpi;

  bool has_pointers() const { return element.empty(); }  // stream.json rather than stream.record
};

const std::vector<Format>& formats();
const Format& format_of(const std::string& name);  // one there is

}  // namespace faultprint::config
