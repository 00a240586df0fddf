// Structured logging: one event is a message and fields, printed as logfmt or JSON (spdlog); sent
// as an entry with fields of its own when standard error is the journal.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "config/config.h"

namespace faultprint::daemon::log {

enum class Level { debug, info, warning, error };

// A field's value as text; numbers and booleans stay unquoted in JSON.
struct Field {
  std::string_view key;
  std::string value;
  bool quoted = true;

  Field(std::string_view k, std::string_view v) : key(k), value(v) {}
  Field(std::string_view k, const char* v) : key(k), value(v) {}
  Field(std::string_view k, const std::string& v) : key(k), value(v) {}
  Field(std::string_view k, bool v) : key(k), value(v ? "true" : "false"), quoted(false) {}
  template <typename T>
  requires std::is_arithmetic_v<T> Field(std::string_view k, T v)
      : key(k), value(number(v)), quoted(false) {}

 private:
  static std::string number(double v);
  static std::string number(long long v);
  template <typename T>
  static std::string number(T v) {
    if constexpr (std::is_floating_point_v<T>) return number(static_cast<double>(v));
    return number(static_cast<long long>(v));
  }
};
using Fields = std::initializer_list<Field>;

// Call once at start-up and again at a reload; before that, and in command-line tools, lines go to
// standard error as logfmt at level info. Thread-safe.
void configure(const config::LogConfig& options);

void debug(std::string_view message, Fields fields = {});
void info(std::string_view message, Fields fields = {});
void warning(std::string_view message, Fields fields = {});
void error(std::string_view message, Fields fields = {});

// The line as it would be printed, for tests: "level=info msg=\"model loaded\" file=a.st".
// `time` is RFC 3339 and comes first; empty leaves it out (the journal has its own).
std::string format(std::string_view time, Level level, std::string_view message, Fields fields,
                   bool json);

// The same as an entry of the journal: the line is its message, and each field one of its own,
// FAULTPRINT_ELEMENT=leaf6.
std::vector<std::string> journal_entry(Level level, std::string_view line, Fields fields);

}  // namespace faultprint::daemon::log
