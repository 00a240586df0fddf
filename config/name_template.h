// Names put together from parts of a record, as "{source}/{interface_name}".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace faultprint::config {

struct TemplatePart {
  bool is_field = false;  // text names a field of the record; else it stands for itself
  std::string text;
};

// A label that starts so is a header of the Kafka record, by the name that follows.
constexpr std::string_view kHeaderLabel = "header.";

// Nothing where a brace has no partner, a field no name, or there is no field at all.
std::optional<std::vector<TemplatePart>> split_template(std::string_view text);

}  // namespace faultprint::config
