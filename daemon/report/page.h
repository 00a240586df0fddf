// A report's page: one HTML file that needs nothing beside it, and no network.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace faultprint::daemon::report {

// The document as it stands within <script>: names in it are other people's text, and none of it
// can end the element or begin another. ASCII alone.
std::string script_json(const nlohmann::ordered_json& document);

// The whole page. Its content security policy allows its own script and style by their hashes, and
// nothing else.
std::string page_html(const nlohmann::ordered_json& document);

}  // namespace faultprint::daemon::report
