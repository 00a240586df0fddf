#include "daemon/probe/words.h"

#include <cstdio>

#include "config/scalar.h"

namespace faultprint::daemon::probe {

namespace {
constexpr std::size_t kNamesShown = 5;
}

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
    text += (i > 0 ? ", " : "") + names[i];
  if (names.size() > kNamesShown)
    text += " and " + std::to_string(names.size() - kNamesShown) + " more";
  return text;
}

std::string one_line(std::string text) {
  const bool utf8 = !config::first_bad_byte(text);
  for (char& c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f || (byte >= 0x80 && !utf8)) c = '?';
  }
  return text;
}

}  // namespace faultprint::daemon::probe
