#include "daemon/status_page.h"

#include <string_view>

namespace faultprint::daemon {
namespace {

constexpr std::string_view kPageHead = R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>faultprint</title>
<style>
:root { color-scheme: light dark; --ink: #1b1f24; --faint: #59636e; --line: #d1d9e0;
  --paper: #ffffff; --good: #116329; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --faint: #9198a1; --line: #3d444d;
  --paper: #0d1117; --good: #4ac26b; --bad: #ff8178; } }
body { margin: 0 auto; padding: 1.5rem 1rem; max-width: 46rem; background: var(--paper);
  color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.4rem; }
.good { color: var(--good); } .bad { color: var(--bad); }
table { width: 100%; margin: 1rem 0; border-collapse: collapse; }
th, td { padding: .4rem 0; border-top: 1px solid var(--line); text-align: left;
  vertical-align: top; overflow-wrap: anywhere; }
th { width: 36%; padding-right: 1rem; color: var(--faint); font-weight: normal; }
td { font-variant-numeric: tabular-nums; white-space: pre-wrap; }
nav a { margin-right: 1rem; color: inherit; }
</style>
</head>
<body>
<h1>faultprint</h1>
)";

constexpr std::string_view kPageFoot = R"(<nav><a href="/metrics">Metrics</a>
<a href="/api/v1/alarms">Alarms</a> <a href="/api/v1/status">Status</a>
<a href="/-/healthy">Health</a> <a href="/-/ready">Readiness</a></nav>
</body>
</html>
)";

std::string escape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace

std::string status_page(const Status& status) {
  std::string page(kPageHead);
  page += status.ready
              ? "<p class=\"good\">Ready</p>\n"
              : "<p class=\"bad\">Not ready: " + escape(status.not_ready_because) + "</p>\n";
  page += "<table>\n";
  for (const auto& [name, value] : status.rows) {
    page += "<tr><th scope=\"row\">" + escape(name) + "</th><td>" + escape(value) + "</td></tr>\n";
  }
  page += "</table>\n";
  page += kPageFoot;
  return page;
}

}  // namespace faultprint::daemon
