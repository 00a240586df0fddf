#include "config/scalar.h"

#include <array>
#include <charconv>
#include <cmath>

#include "config/config.h"

namespace faultprint::config {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t us;
};
constexpr std::array<Unit, 7> kUnits{{{"w", 604'800'000'000},
                                      {"d", 86'400'000'000},
                                      {"h", 3'600'000'000},
                                      {"m", 60'000'000},
                                      {"s", 1'000'000},
                                      {"ms", 1'000},
                                      {"us", 1}}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Digits, and one decimal point between digits where `point` allows it.
bool is_plain_number(std::string_view text, bool point) {
  if (!text.empty() && text.front() == '-') text.remove_prefix(1);
  if (text.empty() || !is_digit(text.front()) || !is_digit(text.back())) return false;
  if (has_leading_zero(text)) return false;
  for (const char c : text) {
    if (c == '.' && point) {
      point = false;
    } else if (!is_digit(c)) {
      return false;
    }
  }
  return true;
}

template <class Number>
std::optional<Number> read_whole(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::size_t sequence_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

// The length of the well-formed UTF-8 sequence that starts the text; 0: there is none.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const std::size_t length = sequence_length(byte(0));
  if (length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  const bool overlong = (byte(0) == 0xE0 && byte(1) < 0xA0) || (byte(0) == 0xF0 && byte(1) < 0x90);
  const bool surrogate = byte(0) == 0xED && byte(1) > 0x9F;
  const bool too_high = byte(0) == 0xF4 && byte(1) > 0x8F;
  return overlong || surrogate || too_high ? 0 : length;
}

bool is_control(char c) {
  return (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F;
}

}  // namespace

std::optional<std::int64_t> parse_integer(std::string_view text) {
  if (!is_plain_number(text, false)) return std::nullopt;
  return read_whole<std::int64_t>(text);
}

std::optional<double> parse_decimal(std::string_view text) {
  if (!is_plain_number(text, true)) return std::nullopt;
  return read_whole<double>(text);
}

std::optional<Microseconds> parse_duration(std::string_view text) {
  std::size_t digits = 0;
  while (digits < text.size() && (is_digit(text[digits]) || text[digits] == '.')) ++digits;
  const auto value = parse_decimal(text.substr(0, digits));
  for (const Unit& unit : kUnits) {
    if (!value || text.substr(digits) != unit.name) continue;
    const double us = std::round(*value * static_cast<double>(unit.us));
    if (us > 9e18) return std::nullopt;
    return Microseconds(static_cast<std::int64_t>(us));
  }
  return std::nullopt;
}

bool reads_as_other_type(std::string_view text) {
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return true;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  for (const auto* special : {".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"}) {
    if (text == special) return true;
  }
  if (text.size() > 2 && (text.starts_with("0x") || text.starts_with("0o"))) {
    return text.find_first_not_of("0123456789abcdefABCDEF", 2) == std::string_view::npos;
  }
  if (text.empty() || !(is_digit(text.front()) || text.front() == '.')) return false;
  double value = 0;
  return std::from_chars(text.data(), text.data() + text.size(), value).ptr ==
         text.data() + text.size();
}

bool has_leading_zero(std::string_view text) {
  if (!text.empty() && text.front() == '-') text.remove_prefix(1);
  return text.size() > 1 && text[0] == '0' && is_digit(text[1]);
}

std::string shown(std::string_view text) {
  constexpr std::size_t kMost = 60;
  std::string result(text.substr(0, kMost));
  if (text.size() > kMost) {
    while (!result.empty() && first_bad_byte(result)) result.pop_back();
    result += "...";
  }
  for (char& c : result) {
    if (is_control(c) || c == '\n' || c == '\r' || c == '\t') c = '?';
  }
  return result;
}

std::string joined(const std::vector<std::string>& names, const std::string& last_separator) {
  std::string result;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) result += i + 1 == names.size() ? last_separator : ", ";
    result += names[i];
  }
  return result;
}

bool is_indented_by_tab(std::string_view text, int line) {
  for (int at = 1; at < line; ++at) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return false;
    text.remove_prefix(end + 1);
  }
  const std::size_t indentation = std::min(text.find_first_not_of(" \t"), text.size());
  return text.substr(0, indentation).find('\t') != std::string_view::npos;
}

std::optional<std::size_t> first_bad_byte(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text.substr(at));
    if (length == 0 || is_control(text[at])) return at;
    at += length;
  }
  return std::nullopt;
}

std::string format_decimal(double value) {
  std::array<char, 400> buffer;  // the longest: 1.8e308, or 5e-324 with its zeros
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed);
  return {buffer.data(), end.ptr};
}

std::string format_duration(Microseconds d) {
  if (d.count() == 0) return "0s";
  for (const Unit& unit : kUnits) {
    if (d.count() % unit.us == 0)
      return std::to_string(d.count() / unit.us) + std::string(unit.name);
  }
  return std::to_string(d.count()) + "us";
}

}  // namespace faultprint::config
