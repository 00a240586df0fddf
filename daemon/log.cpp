#include "daemon/log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <memory>
#include <nlohmann/json.hpp>

#include "daemon/journal.h"
#include "daemon/systemd.h"

namespace faultprint::daemon::log {
namespace {

const char* name(Level level) {
  constexpr std::array kNames{"debug", "info", "warning", "error"};
  return kNames[static_cast<std::size_t>(level)];
}

// syslog's. The journal also reads them from the start of a line, as <6>.
const char* priority(Level level) {
  constexpr std::array kPriorities{"7", "6", "4", "3"};
  return kPriorities[static_cast<std::size_t>(level)];
}

spdlog::level::level_enum to_spdlog(Level level) {
  constexpr std::array kLevels{spdlog::level::debug, spdlog::level::info, spdlog::level::warn,
                               spdlog::level::err};
  return kLevels[static_cast<std::size_t>(level)];
}

Level parse_level(const std::string& text) {
  for (Level level : {Level::debug, Level::warning, Level::error}) {
    if (text == name(level)) return level;
  }
  return Level::info;
}

// JSON lets DEL and the C1 controls through, but terminals act on them.
std::string escape_high_controls(const std::string& json) {
  std::string out;
  out.reserve(json.size());
  for (std::size_t i = 0; i < json.size(); ++i) {
    const auto byte = static_cast<unsigned char>(json[i]);
    const auto next = static_cast<unsigned char>(i + 1 < json.size() ? json[i + 1] : 0);
    const bool c1 = byte == 0xC2 && next >= 0x80 && next <= 0x9F;
    if (byte != 0x7F && !c1) {
      out += json[i];
      continue;
    }
    std::array<char, 8> text{};
    std::snprintf(text.data(), text.size(), "\\u%04x", static_cast<unsigned>(c1 ? next : byte));
    out += text.data();
    if (c1) ++i;
  }
  return out;
}

// Escaped as JSON wants it, which is how logfmt quotes too.
std::string quote(std::string_view text) {
  return escape_high_controls(
      nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

bool is_bare(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte > ' ' && byte < 0x7F && c != '"' && c != '=' && c != '\\';
}

bool all_bare(std::string_view text) {
  for (char c : text) {
    if (!is_bare(c)) return false;
  }
  return !text.empty();
}

std::string bare_key(std::string_view key) {
  std::string out(key);
  for (char& c : out) {
    if (!is_bare(c)) c = '_';
  }
  return out;
}

bool is_json_literal(const Field& field) {  // NaN and infinity are numbers, but not JSON's
  return !field.quoted && field.value.find("nan") == std::string::npos &&
         field.value.find("inf") == std::string::npos;
}

void append_logfmt(std::string& line, std::string_view key, std::string_view value) {
  if (!line.empty()) line += ' ';
  line += bare_key(key);
  line += '=';
  line += all_bare(value) ? std::string(value) : quote(value);
}

void append_json(std::string& line, std::string_view key, const std::string& value) {
  if (!line.empty()) line += ',';
  line += quote(key);
  line += ':';
  line += value;
}

std::string format_logfmt(std::string_view time, Level level, std::string_view message,
                          Fields fields) {
  std::string line;
  if (!time.empty()) append_logfmt(line, "time", time);
  append_logfmt(line, "level", name(level));
  append_logfmt(line, "msg", message);
  for (const Field& field : fields) append_logfmt(line, field.key, field.value);
  return line;
}

std::string format_json(std::string_view time, Level level, std::string_view message,
                        Fields fields) {
  std::string line;
  if (!time.empty()) append_json(line, "time", quote(time));
  append_json(line, "level", quote(name(level)));
  append_json(line, "msg", quote(message));
  for (const Field& field : fields) {
    append_json(line, field.key, is_json_literal(field) ? field.value : quote(field.value));
  }
  return '{' + line + '}';
}

std::string utc_now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
  const std::time_t seconds = ms / 1000;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  std::array<char, 32> day{};
  const std::size_t length = std::strftime(day.data(), day.size(), "%Y-%m-%dT%H:%M:%S.", &utc);
  const std::string fraction = std::to_string(1000 + ms % 1000);
  return std::string(day.data(), length) + fraction.substr(1) + 'Z';
}

std::atomic<bool> json_lines{false};

spdlog::logger& logger() {
  // Never destroyed: threads may log while the process ends.
  static spdlog::logger& instance = *[] {
    auto* made =
        new spdlog::logger("faultprint", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%v");
    made->flush_on(spdlog::level::debug);
    made->set_level(spdlog::level::info);
    return made;
  }();
  return instance;
}

void write(Level level, std::string_view message, Fields fields) {
  if (!logger().should_log(to_spdlog(level))) return;
  const bool to_journal = systemd::under_journal();
  const std::string time = to_journal ? "" : utc_now();
  std::string line = log::format(time, level, message, fields, json_lines);
  if (to_journal) {
    if (journal::send(journal_entry(level, line, fields))) return;
    line = std::string("<") + priority(level) + ">" + line;
  }
  logger().log(to_spdlog(level), spdlog::string_view_t(line.data(), line.size()));
}

template <typename T>
std::string to_text(T value) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  return {text.data(), end};
}

}  // namespace

std::string Field::number(double v) { return to_text(v); }
std::string Field::number(long long v) { return to_text(v); }

std::vector<std::string> journal_entry(Level level, std::string_view line, Fields fields) {
  std::vector<std::string> entry{std::string("PRIORITY=") + priority(level),
                                 "SYSLOG_IDENTIFIER=faultprint", "MESSAGE=" + std::string(line)};
  for (const Field& field : fields)
    if (!field.value.empty()) entry.push_back(journal::field(field.key, field.value));
  return entry;
}

void configure(const config::LogConfig& options) {
  json_lines = options.format == "json";
  logger().set_level(to_spdlog(parse_level(options.level)));
}

std::string format(std::string_view time, Level level, std::string_view message, Fields fields,
                   bool json) {
  return json ? format_json(time, level, message, fields)
              : format_logfmt(time, level, message, fields);
}

void debug(std::string_view message, Fields fields) { write(Level::debug, message, fields); }
void info(std::string_view message, Fields fields) { write(Level::info, message, fields); }
void warning(std::string_view message, Fields fields) { write(Level::warning, message, fields); }
void error(std::string_view message, Fields fields) { write(Level::error, message, fields); }

}  // namespace faultprint::daemon::log
