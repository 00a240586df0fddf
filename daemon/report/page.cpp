#include "daemon/report/page.h"

#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/digest.h"
#include "daemon/embedded.h"

FAULTPRINT_EMBEDDED(faultprint_report_html);
FAULTPRINT_EMBEDDED(faultprint_report_css);
FAULTPRINT_EMBEDDED(faultprint_report_js);

namespace faultprint::daemon::report {
namespace {

// "sha256-<base64>", as a policy names a script or style.
std::string source_hash(std::string_view text) {
  const Sha256 digest = sha256(text);
  return "sha256-" + base64({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

// Puts each value where the template names it; values are not looked at again.
std::string fill(std::string_view page,
                 const std::vector<std::pair<std::string_view, std::string_view>>& values) {
  std::string result;
  while (!page.empty()) {
    const std::size_t open = page.find("{{");
    result += page.substr(0, open);
    if (open == std::string_view::npos) break;
    page.remove_prefix(open + 2);
    const std::size_t close = page.find("}}");
    for (const auto& [name, value] : values)
      if (page.substr(0, close) == name) result += value;
    page.remove_prefix(close + 2);
  }
  return result;
}

}  // namespace

std::string script_json(const nlohmann::ordered_json& document) {
  const std::string text =
      document.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace);
  std::string safe;
  safe.reserve(text.size());
  for (const char c : text) {  // these stand in strings alone
    if (c == '<')
      safe += "\\u003c";
    else if (c == '>')
      safe += "\\u003e";
    else if (c == '&')
      safe += "\\u0026";
    else
      safe += c;
  }
  return safe;
}

std::string page_html(const nlohmann::ordered_json& document) {
  const std::string_view html(faultprint_report_html, faultprint_report_html_end);
  const std::string_view style(faultprint_report_css, faultprint_report_css_end);
  const std::string_view script(faultprint_report_js, faultprint_report_js_end);
  const std::string policy =
      "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; "
      "script-src '" +
      source_hash(script) + "'; style-src '" + source_hash(style) + "'";
  const std::string data = script_json(document);
  return fill(html, {{"policy", policy}, {"style", style}, {"script", script}, {"data", data}});
}

}  // namespace faultprint::daemon::report
