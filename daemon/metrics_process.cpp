#include "daemon/metrics_process.h"

#include <sys/resource.h>
#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>

namespace faultprint::daemon {
namespace {

// The fields of proc(5)'s /proc/pid/stat used here, numbered from 1 as there.
constexpr int kFirstAfterName = 3, kUserTicks = 14, kSystemTicks = 15, kStartTicks = 22,
              kResidentPages = 24;

struct ProcStat {
  double user_ticks = 0, system_ticks = 0, start_ticks = 0, resident_pages = 0;
};

std::optional<ProcStat> read_stat() {
  std::ifstream file("/proc/self/stat");
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  const auto name_end = line.rfind(')');  // the name itself may hold blanks and parentheses
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream rest(line.substr(name_end + 1));
  std::string field;
  ProcStat stat;
  for (int number = kFirstAfterName; rest >> field; ++number) {
    if (number == kUserTicks) stat.user_ticks = std::stod(field);
    if (number == kSystemTicks) stat.system_ticks = std::stod(field);
    if (number == kStartTicks) stat.start_ticks = std::stod(field);
    if (number == kResidentPages) {
      stat.resident_pages = std::stod(field);
      return stat;
    }
  }
  return std::nullopt;
}

double seconds(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double ticks_per_second() { return static_cast<double>(sysconf(_SC_CLK_TCK)); }

void append(std::vector<prometheus::MetricFamily>& out, const char* name, const char* help,
            double value, prometheus::MetricType type = prometheus::MetricType::Gauge) {
  prometheus::ClientMetric metric;
  (type == prometheus::MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
  prometheus::MetricFamily family;
  family.name = name;
  family.help = help;
  family.type = type;
  family.metric.push_back(std::move(metric));
  out.push_back(std::move(family));
}

void append_max_fds(std::vector<prometheus::MetricFamily>& out) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return;
  append(out, "process_max_fds", "Most file descriptors that the process may open.",
         static_cast<double>(limit.rlim_cur));
}

void append_open_fds(std::vector<prometheus::MetricFamily>& out) {
  std::error_code failed;
  std::filesystem::directory_iterator entries("/proc/self/fd", failed);
  if (failed) return;
  const auto count = std::distance(begin(entries), end(entries)) - 1;  // less the one listing
  append(out, "process_open_fds", "Open file descriptors.", static_cast<double>(count));
}

}  // namespace

double resident_bytes() {
  const auto stat = read_stat();
  return stat ? stat->resident_pages * static_cast<double>(sysconf(_SC_PAGESIZE)) : 0;
}

// Through the boot clock: the unit's ProcSubset=pid hides /proc/stat and its boot time.
ProcessMetrics::ProcessMetrics() : start_time_(0) {
  const auto stat = read_stat();
  if (!stat) return;
  const double age = seconds(CLOCK_BOOTTIME) - stat->start_ticks / ticks_per_second();
  start_time_ = seconds(CLOCK_REALTIME) - age;
}

std::vector<prometheus::MetricFamily> ProcessMetrics::Collect() const {
  std::vector<prometheus::MetricFamily> out;
  if (start_time_ > 0) {
    append(out, "process_start_time_seconds", "Unix time at which the process started.",
           start_time_);
  }
  if (const auto stat = read_stat()) {
    append(out, "process_cpu_seconds_total", "CPU time used, user and system.",
           (stat->user_ticks + stat->system_ticks) / ticks_per_second(),
           prometheus::MetricType::Counter);
    append(out, "process_resident_memory_bytes", "Resident memory.", resident_bytes());
  }
  append_open_fds(out);
  append_max_fds(out);
  return out;
}

}  // namespace faultprint::daemon
