#include "config/name_template.h"

#include <doctest/doctest.h>

namespace faultprint::config {
namespace name_template_test {

std::string shown_parts(std::string_view text) {
  const auto parts = split_template(text);
  if (!parts) return "none";
  std::string result;
  for (const TemplatePart& part : *parts) result += (part.is_field ? "<" : "'") + part.text + "|";
  return result;
}

TEST_CASE("a template is split into labels and what stands between them") {
  CHECK(shown_parts("{host}") == "<host|");
  CHECK(shown_parts("{source}/{interface_name}") == "<source|'/|<interface_name|");
  CHECK(shown_parts("cell {a}{b c}!") == "'cell |<a|<b c|'!|");
}

TEST_CASE("a template without a label, or with a brace that has no partner, is none") {
  for (const char* text : {"", "leaf1", "{", "}", "{}", "a{}b", "{host", "host}", "{a}{", "{a}}",
                           "{a{b}", "{{a}}", "x}{a}"}) {
    CAPTURE(text);
    CHECK(shown_parts(text) == "none");
  }
}

}  // namespace name_template_test
}  // namespace faultprint::config
