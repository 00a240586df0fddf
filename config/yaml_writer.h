// Plain YAML, written.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "config/config.h"

namespace faultprint::config {

std::string quoted(const std::string& text);                   // "text", on one line
std::string flow_list(const std::vector<std::string>& items);  // ["a", "b"]

// Lines of YAML with the comments in one column where they fit.
class YamlWriter {
 public:
  void section(const std::string& name);
  void line(int indent, const std::string& content, const std::string& comment);
  void key(const std::string& name, const std::string& value, const std::string& comment) {
    line(1, name + ": " + value, comment);
  }
  void key(const std::string& name, int value, const std::string& comment) {
    key(name, std::to_string(value), comment);
  }
  void key(const std::string& name, Microseconds value, const std::string& comment) {
    key(name, format_duration(value), comment);
  }
  // Sections and lines from now on stand so much further in.
  void nest(int indent) { nested_ = indent; }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
  int nested_ = 0;
};

}  // namespace faultprint::config
