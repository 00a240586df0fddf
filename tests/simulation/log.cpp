// What the daemon logs becomes part of the world's trace, in the place of daemon/log.cpp.
#include "daemon/log.h"

#include "tests/simulation/stage.h"

namespace faultprint::daemon::log {
namespace {

void add_to_trace(std::string_view message, Fields fields) {
  crash::Stage& stage = crash::Stage::now();
  if (message == "snapshot refused") stage.count(crash::Count::refused_snapshots);
  if (!stage.traced()) return;
  std::string line = "    " + std::string(message);
  for (const Field& field : fields)
    if (!field.value.empty()) line += " " + std::string(field.key) + "=" + field.value;
  stage.note(line);
}

}  // namespace

std::string Field::number(double v) { return std::to_string(v); }
std::string Field::number(long long v) { return std::to_string(v); }

void configure(const config::LogConfig&) {}
std::string format(std::string_view, Level, std::string_view message, Fields, bool) {
  return std::string(message);
}
void debug(std::string_view message, Fields fields) { add_to_trace(message, fields); }
void info(std::string_view message, Fields fields) { add_to_trace(message, fields); }
void warning(std::string_view message, Fields fields) { add_to_trace(message, fields); }
void error(std::string_view message, Fields fields) { add_to_trace(message, fields); }

}  // namespace faultprint::daemon::log
