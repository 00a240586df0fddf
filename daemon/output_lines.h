// JSON lines appended to a file or to standard output: verdicts, alarm events.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace faultprint::daemon {

class OutputLines {
 public:
  enum class Open { append, truncate };

  // "" writes nowhere, "-" to standard output. Throws std::runtime_error naming the file.
  OutputLines(const std::string& path, Open how);
  ~OutputLines();
  OutputLines(const OutputLines&) = delete;
  OutputLines& operator=(const OutputLines&) = delete;

  bool open() const { return file_ != nullptr; }
  void write(std::string_view line);  // without its newline; std::runtime_error when it fails
  // Everything written so far is with the operating system, in whole lines.
  void flush();
  // That, and on the disk where it is a file.
  void sync();

 private:
  std::string path_;
  std::FILE* file_ = nullptr;
  bool unsynced_ = false;
};

}  // namespace faultprint::daemon
