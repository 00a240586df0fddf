#include "daemon/terminal.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>

#include "daemon/clock.h"

namespace faultprint::daemon {
namespace {

constexpr int kWidth = 24;

double since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

const char* code(Colour colour) {
  switch (colour) {
    case Colour::red:
      return "\033[31m";
    case Colour::green:
      return "\033[32m";
    case Colour::yellow:
      return "\033[33m";
    case Colour::blue:
      return "\033[34m";
    case Colour::grey:
      return "\033[90m";
    case Colour::bold:
      return "\033[1m";
    case Colour::none:
      break;
  }
  return "";
}

}  // namespace

std::string paint(const std::string& text, Colour colour, int fd) {
  const char* no_colour = std::getenv("NO_COLOR");
  if (colour == Colour::none || isatty(fd) == 0 || (no_colour != nullptr && *no_colour != 0))
    return text;
  return code(colour) + text + "\033[0m";
}

std::string escaped(std::string_view text) {
  constexpr std::string_view kControls = "\b\f\n\r\t";
  constexpr std::string_view kLetters = "bfnrt";
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = static_cast<unsigned char>(i + 1 < text.size() ? text[i + 1] : 0);
    const bool c1 = byte == 0xC2 && next >= 0x80 && next <= 0x9F;  // in UTF-8
    const std::size_t known = kControls.find(text[i]);
    if (byte >= 0x20 && byte != 0x7F && !c1) {
      out += text[i];
    } else if (known != kControls.npos) {
      out += {'\\', kLetters[known]};
    } else {
      char code[8];
      std::snprintf(code, sizeof code, "\\u%04x", static_cast<unsigned>(c1 ? next : byte));
      out += code;
      if (c1) ++i;
    }
  }
  return out;
}

std::string format_seconds(double seconds) {
  char text[48];
  if (seconds < 10)
    std::snprintf(text, sizeof text, "%.1f s", seconds);
  else if (seconds < 60)
    std::snprintf(text, sizeof text, "%.0f s", seconds);
  else
    std::snprintf(text, sizeof text, "%d min %d s", static_cast<int>(seconds) / 60,
                  static_cast<int>(seconds) % 60);
  return text;
}

ProgressBar::ProgressBar(std::string what)
    : what_(std::move(what)),
      terminal_(isatty(2) != 0),
      errors_before_(std::uncaught_exceptions()),
      started_(Clock::now()),
      printed_{} {}

ProgressBar::~ProgressBar() {
  if (done_) return;
  if (std::uncaught_exceptions() == errors_before_)
    done();
  else if (terminal_ && printed_ != Clock::time_point{})
    std::fputs("\r\033[K", stderr);
}

void ProgressBar::show(double share, const std::string& note) {
  const double pause = terminal_ ? 0.1 : 10;
  if (since(printed_ == Clock::time_point{} ? started_ : printed_) < pause) return;
  print(std::clamp(share, 0.0, 1.0), note, false);
}

void ProgressBar::step(double share, const std::string& note) {
  if (terminal_)
    show(share, note);
  else
    print(std::clamp(share, 0.0, 1.0), note, false);
}

void ProgressBar::done(const std::string& note) {
  done_ = true;
  print(1, note, true);
}

void ProgressBar::print(double share, const std::string& note, bool last) {
  printed_ = Clock::now();
  const double spent = since(started_);
  std::string time = format_seconds(spent);
  if (!last && share > 0.02) time += ", " + format_seconds(spent / share - spent) + " left";
  std::string line = what_;
  line.resize(std::max<std::size_t>(line.size(), 10), ' ');
  if (terminal_) {
    const auto full = static_cast<int>(share * kWidth);
    line += " [";
    for (int i = 0; i < kWidth; ++i) line += i < full ? "━" : " ";
    line += "]";
  }
  char percent[16];
  std::snprintf(percent, sizeof percent, " %3.0f %%  ", share * 100);
  line += percent + time + (note.empty() ? "" : "  " + note);
  std::fprintf(stderr, terminal_ ? "\r\033[K%s%s" : "%s%s", line.c_str(),
               terminal_ && !last ? "" : "\n");
}

}  // namespace faultprint::daemon
