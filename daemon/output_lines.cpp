#include "daemon/output_lines.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace faultprint::daemon {
namespace {

[[noreturn]] void cannot_append(const std::string& path) {
  throw std::runtime_error(path + ": cannot be written: " + std::strerror(errno));
}

// A line that a killed process left half written is ended, so that the next one stands alone.
void end_torn_line(std::FILE* file, const std::string& path) {
  if (std::fseek(file, 0, SEEK_END) != 0 || std::ftell(file) == 0) return;
  if (std::fseek(file, -1, SEEK_END) != 0) return;
  const int last = std::fgetc(file);
  if (std::fseek(file, 0, SEEK_END) != 0) cannot_append(path);
  if (last != '\n') std::fputc('\n', file);
}

}  // namespace

OutputLines::OutputLines(const std::string& path, Open how) : path_(path) {
  if (path.empty()) return;
  if (path == "-") {
    file_ = stdout;
    return;
  }
  file_ = std::fopen(path.c_str(), how == Open::append ? "a+e" : "we");
  if (file_ == nullptr) cannot_append(path);
  if (how != Open::append) return;
  end_torn_line(file_, path);
  unsynced_ = true;  // what a killed process has written may not be on the disk yet
}

OutputLines::~OutputLines() {
  if (file_ != nullptr && file_ != stdout) std::fclose(file_);
}

void OutputLines::write(std::string_view line) {
  if (file_ == nullptr) return;
  if (std::fwrite(line.data(), 1, line.size(), file_) != line.size() ||
      std::fputc('\n', file_) == EOF)
    cannot_append(path_);
  unsynced_ = true;
}

void OutputLines::flush() {
  if (file_ != nullptr && std::fflush(file_) != 0) cannot_append(path_);
}

void OutputLines::sync() {
  if (file_ == nullptr || !unsynced_) return;
  flush();
  // EINVAL: a pipe or a terminal.
  if (fdatasync(fileno(file_)) != 0 && errno != EINVAL && errno != EROFS) cannot_append(path_);
  unsynced_ = false;
}

}  // namespace faultprint::daemon
