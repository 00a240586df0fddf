#include "config/name_template.h"

namespace faultprint::config {

std::optional<std::vector<TemplatePart>> split_template(std::string_view text) {
  std::vector<TemplatePart> parts;
  bool has_field = false;
  while (!text.empty()) {
    const bool is_field = text.front() == '{';
    const std::size_t end = is_field ? text.find('}') : text.find('{');
    if (is_field && end == std::string_view::npos) return std::nullopt;
    const std::string_view part = is_field ? text.substr(1, end - 1) : text.substr(0, end);
    if (part.empty() || part.find_first_of("{}") != std::string_view::npos) return std::nullopt;
    parts.push_back({is_field, std::string(part)});
    has_field = has_field || is_field;
    text.remove_prefix(is_field ? end + 1 : part.size());
  }
  if (!has_field) return std::nullopt;
  return parts;
}

}  // namespace faultprint::config
