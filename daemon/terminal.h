// What a person sees while a command works: a progress bar, and colour where it helps. On a pipe:
// plain lines, no control characters.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace faultprint::daemon {

enum class Colour { none, red, green, yellow, blue, grey, bold };

// Coloured text where standard output (fd 1) or standard error (fd 2) is a terminal and NO_COLOR is
// not set; else the text alone.
std::string paint(const std::string& text, Colour colour, int fd = 1);

// A name that came from elsewhere, as the log shows it: control characters, which a terminal acts
// on, as \n or \u001b.
std::string escaped(std::string_view text);

// A bar on standard error that rewrites its line; on a pipe a line at most every 10 seconds.
class ProgressBar {
 public:
  explicit ProgressBar(std::string what);
  // done() if that was not called; but where an error ends the work, the bar goes.
  ~ProgressBar();
  // share: 0..1. note: what to say beside the bar.
  void show(double share, const std::string& note = "");
  // The same for work in few steps: on a pipe each is a line.
  void step(double share, const std::string& note);
  void done(const std::string& note = "");

 private:
  void print(double share, const std::string& note, bool last);

  std::string what_;
  bool terminal_;
  bool done_ = false;
  int errors_before_;  // under way
  std::chrono::steady_clock::time_point started_;
  std::chrono::steady_clock::time_point printed_;
};

std::string format_seconds(double seconds);  // "0.4 s", "2 min 5 s"

}  // namespace faultprint::daemon
