#include "config/yaml_writer.h"

#include <algorithm>

namespace faultprint::config {

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    if (c == '\n' || c == '\t' || c == '\r') {
      result += c == '\n' ? "\\n" : c == '\t' ? "\\t" : "\\r";
    } else {
      result += c;
    }
  }
  return result + '"';
}

std::string flow_list(const std::vector<std::string>& items) {
  std::string result = "[";
  for (const std::string& item : items) result += (result.size() > 1 ? ", " : "") + quoted(item);
  return result + "]";
}

void YamlWriter::section(const std::string& name) {
  if (nested_ > 0) return line(0, name + ":", "");
  out_ += (out_.empty() ? "" : "\n") + name + ":\n";
}

void YamlWriter::line(int indent, const std::string& content, const std::string& comment) {
  constexpr std::size_t kColumn = 34;
  std::string line = std::string(static_cast<std::size_t>(indent + nested_) * 2, ' ') + content;
  if (!comment.empty()) {
    line.resize(std::max(line.size() + 2, kColumn), ' ');
    line += "# " + comment;
  }
  out_ += line + '\n';
}

}  // namespace faultprint::config
