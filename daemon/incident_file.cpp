#include "daemon/incident_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <vector>

#include "daemon/digest.h"
#include "daemon/durable_file.h"
#include "ingest/csv_row.h"
#include "ingest/timestamp.h"

namespace faultprint::daemon {
namespace {

namespace fs = std::filesystem;

constexpr const char* kHeader = "element,start,end,fault_type,uncertainty,alarm\n";

// Held while a file of that folder is read and replaced: the file itself is another one afterwards.
class FolderLock {
 public:
  explicit FolderLock(const fs::path& file)
      : fd_(::open(file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    if (fd_ >= 0 && ::flock(fd_, LOCK_EX) == 0) return;
    throw std::runtime_error(file.string() +
                             ": its folder cannot be locked: " + std::strerror(errno));
  }
  ~FolderLock() { ::close(fd_); }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int fd_;
};

std::string text_of_file(const fs::path& path) {
  errno = 0;
  auto text = read_file(path.string());
  if (!text) throw std::runtime_error(path.string() + ": cannot be read: " + std::strerror(errno));
  return *std::move(text);
}

// Whether they can mean the same element: of two globs this tells only where one means the other.
bool touch(const std::string& known, const std::string& element) {
  return ingest::element_matches(known, element) || ingest::element_matches(element, known);
}

// Refuses what is said already, or otherwise.
void check_against(const std::string& file, const std::vector<ingest::Incident>& rows,
                   const ingest::Incident& row) {
  for (const ingest::Incident& known : rows) {
    const bool overlap = known.start_us < row.end_us && row.start_us < known.end_us;
    if (!overlap || known.fault_type == ingest::kIgnore || !touch(known.element, row.element))
      continue;
    const bool same = known.fault_type == row.fault_type;
    throw std::runtime_error(file + (same ? ": says so already: " : ": says otherwise: ") +
                             in_words(known));
  }
}

std::string row_text(const std::vector<std::string>& columns, const ingest::Incident& row,
                     const std::string& alarm) {
  std::string text;
  for (const std::string& column : columns) {
    if (&column != columns.data()) text += ",";
    if (column == "element") text += ingest::csv_cell(row.element);
    if (column == "start") text += ingest::format_rfc3339(row.start_us);
    if (column == "end") text += ingest::format_rfc3339(row.end_us);
    if (column == "fault_type")
      text += ingest::csv_cell(row.false_alarm ? ingest::kFalseAlarm : row.fault_type);
    if (column == "uncertainty" && row.uncertainty_us > 0)
      text += config::format_duration(config::Microseconds(row.uncertainty_us));
    if (column == "alarm") text += ingest::csv_cell(alarm);
  }
  return text + "\n";
}

std::vector<std::string> columns_of(const std::string& file) {
  ingest::LineSource lines(file);
  ingest::CsvRow row;
  std::vector<std::string> columns;
  if (row.read(lines))
    for (const std::string_view cell : row.cells()) columns.emplace_back(cell);
  return columns;
}

}  // namespace

std::string in_words(const ingest::Incident& row) {
  return row.element + " " + ingest::format_rfc3339(row.start_us) + " to " +
         ingest::format_rfc3339(row.end_us) + " " +
         (row.false_alarm ? ingest::kFalseAlarm : row.fault_type);
}

FileChange append_incident(const std::string& file, const ingest::Incident& row,
                           const std::string& alarm) {
  // Where a link leads is what is replaced.
  const fs::path path = fs::weakly_canonical(fs::absolute(file));
  const FolderLock lock(path);
  std::string text;
  FileChange change;
  if (fs::exists(path)) {
    text = text_of_file(path);
    change.before = fingerprint_of(text);
  }
  if (text.starts_with("\x1f\x8b"))
    throw std::runtime_error(file + ": is compressed: rows can be appended to plain CSV alone");
  if (text.empty()) {
    text = kHeader;
    text += row_text({"element", "start", "end", "fault_type", "uncertainty", "alarm"}, row, alarm);
  } else {
    check_against(file, ingest::Incidents::read({file}, {}, ingest::UnknownRows::allowed).rows(),
                  row);
    if (!text.ends_with('\n')) text += '\n';
    text += row_text(columns_of(file), row, alarm);
  }
  replace_file(path.string(), text, 0644);
  change.after = fingerprint_of(text);
  return change;
}

}  // namespace faultprint::daemon
