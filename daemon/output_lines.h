// JSON lines appended to a file or to standard output: verdicts, alarm events.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace faultprint::daemon {

// Bytes that the operating system had taken may not have reached the disk. It says so once; these
// lines go on saying it.
class OutputLost : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class OutputLines {
 public:
  enum class Open { append, truncate };

  // "" writes nowhere, "-" to standard output. Throws std::runtime_error naming the file.
  OutputLines(const std::string& path, Open how);
  ~OutputLines();
  OutputLines(const OutputLines&) = delete;
  OutputLines& operator=(const OutputLines&) = delete;

  bool open() const { return fd_ >= 0; }
  // Without its newline. std::runtime_error when the operating system does not take what is held.
  void write(std::string_view line);
  // Everything written so far is with the operating system. When this fails, what it did not take
  // is kept, down to the byte, and the next call goes on there.
  void flush();
  // That, and on the disk where it is a file; OutputLost when they are not. Where the path of an
  // appended file names another one by now, or none (it was rotated, or removed to make room), that
  // is opened, and takes what is held.
  void sync();
  std::size_t held() const { return held_.size(); }  // bytes not with the operating system yet

 private:
  void put_on_disk();
  bool is_elsewhere() const;
  void open_anew();

  std::string path_;
  Open how_;
  int fd_ = -1;
  std::string begun_;  // what the operating system has taken of the line that held_ goes on with
  std::string held_;
  bool unsynced_ = false;
  std::string lost_;  // why; "": nothing is
};

}  // namespace faultprint::daemon
