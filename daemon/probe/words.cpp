#include "daemon/probe/words.h"

#include <algorithm>
#include <cstdio>
#include <string_view>

#include "config/limits.h"
#include "config/scalar.h"

namespace faultprint::daemon::probe {

namespace {
constexpr std::size_t kNamesShown = 5;

bool is_ascii_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

// Of UTF-8 text that begins with a whole character: its bytes where that is a control character of
// Latin-1 (0x9b begins a terminal's commands), ends a line, or turns the direction of writing; else
// 0.
std::size_t unseen_bytes(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(0) == 0xc2 && byte(1) < 0xa0) return 2;
  if (byte(0) != 0xe2) return 0;
  const bool general = byte(1) == 0x80 && byte(2) >= 0xa8 && byte(2) <= 0xae;
  const bool isolate = byte(1) == 0x81 && byte(2) >= 0xa6 && byte(2) <= 0xa9;
  return general || isolate ? 3 : 0;
}

}  // namespace

std::string short_number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g", value);
  return text;
}

std::string percent(double share) { return short_number(100 * share) + " %"; }

std::string percent(std::size_t part, std::size_t whole) {
  return percent(whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0);
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < kNamesShown; ++i)
    text += (i > 0 ? ", " : "") + shown(names[i]);
  if (names.size() > kNamesShown)
    text += " and " + std::to_string(names.size() - kNamesShown) + " more";
  return text;
}

std::string one_line(const std::string& text) {
  std::string plain = text;
  for (char& c : plain)
    if (is_ascii_control(c)) c = '?';
  const bool utf8 = !config::first_bad_byte(plain);
  std::string line;
  for (std::size_t i = 0; i < plain.size();) {
    const std::size_t unseen =
        utf8 ? unseen_bytes(std::string_view(plain).substr(i)) : (plain[i] & 0x80) != 0;
    line += unseen > 0 ? '?' : plain[i];
    i += std::max<std::size_t>(unseen, 1);
  }
  return line;
}

std::string shown(const std::string& name) { return one_line(config::shown(name)); }

bool can_be_named(const std::string& name) {
  return !name.empty() && name.size() <= config::kMaxNameBytes && one_line(name) == name;
}

}  // namespace faultprint::daemon::probe
