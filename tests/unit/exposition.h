// Reads Prometheus's text exposition format in tests, strictly.
#pragma once

#include <cstdlib>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace faultprint::testing {

inline std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) out.push_back(line);
  return out;
}

// Lines that start so.
inline std::size_t count(const std::string& text, const std::string& start) {
  std::size_t found = 0;
  for (const auto& line : lines(text)) found += line.rfind(start, 0) == 0;
  return found;
}

inline bool has_line(const std::string& text, const std::string& wanted) {
  for (const auto& line : lines(text)) {
    if (line == wanted) return true;
  }
  return false;
}

inline std::size_t name_end(const std::string& line, std::size_t at) {
  return line.find_first_not_of("abcdefghijklmnopqrstuvwxyz_", at);
}

// The position after the closing quote of a label's value, or npos.
inline std::size_t value_end(const std::string& line, std::size_t at) {
  if (line.compare(at, 2, "=\"") != 0) return std::string::npos;
  for (at += 2; at < line.size(); ++at) {
    if (line[at] == '"') return at + 1;
    if (line[at] != '\\') continue;
    if (++at == line.size() || std::string("\\\"n").find(line[at]) == std::string::npos) break;
  }
  return std::string::npos;
}

inline bool is_sample(const std::string& line) {
  std::size_t at = name_end(line, 0);
  if (at == 0 || at == std::string::npos) return false;
  if (line[at] == '{') {
    do {
      at = name_end(line, at + 1);
      if (at == std::string::npos) return false;
      at = value_end(line, at);
      if (at == std::string::npos) return false;
    } while (at < line.size() && line[at] == ',');
    if (at >= line.size() || line[at++] != '}') return false;
  }
  if (at + 1 >= line.size() || line[at] != ' ') return false;
  char* end = nullptr;
  std::strtod(line.c_str() + at + 1, &end);
  return *end == '\0';
}

inline bool is_comment(const std::string& line) {
  return line.rfind("# HELP faultprint_", 0) == 0 || line.rfind("# TYPE faultprint_", 0) == 0 ||
         line.rfind("# HELP process_", 0) == 0 || line.rfind("# TYPE process_", 0) == 0;
}

// What is wrong with the exposition, a series given twice included; "" when nothing is.
inline std::string fault_in(const std::string& text) {
  std::set<std::string> seen;
  for (const auto& line : lines(text)) {
    if (!is_comment(line) && !is_sample(line)) return "not valid: " + line;
    const bool is_new =
        seen.insert(is_comment(line) ? line : line.substr(0, line.rfind(' '))).second;
    if (!is_new) return "twice: " + line;
  }
  return text.empty() || text.back() != '\n' ? "no line at the end" : "";
}

}  // namespace faultprint::testing
