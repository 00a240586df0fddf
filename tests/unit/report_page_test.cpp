#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "daemon/report/page.h"

namespace faultprint::daemon::report {
namespace report_page_test {

using Json = nlohmann::ordered_json;

std::size_t times(const std::string& text, const std::string& what) {
  std::size_t count = 0;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

TEST_CASE("names in a document cannot end the script, open a comment, or break a line") {
  const std::string hostile =
      "</script><script>alert(1)</script><!-- \" ' \\ & \xe2\x80\xa8 \xe2\x80\xa9 \x01 {{script}}";
  const std::string text = script_json({{hostile, Json::array({hostile})}});
  for (const char* banned : {"<", ">", "&", "\xe2\x80\xa8", "\xe2\x80\xa9", "\n"})
    CHECK(text.find(banned) == std::string::npos);
  CHECK(std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < 127; }));
  CHECK(Json::parse(text) == Json{{hostile, Json::array({hostile})}});
}

TEST_CASE("bytes that are no UTF-8 become replacement characters") {
  CHECK(script_json({{"a", "\xff"}}) == "{\"a\":\"\\ufffd\"}");
}

TEST_CASE("the page is whole, needs nothing beside it, and its policy names its own hashes") {
  const std::string page = page_html({{"kind", "model"}, {"x", "{{script}}</script>"}});
  CHECK(page.starts_with("<!doctype html>"));
  CHECK(page.find("</html>") != std::string::npos);
  CHECK(times(page, "</script>") == 2);
  CHECK(times(page, "<script") == 2);
  CHECK(times(page, "{{") == 1);  // the document's own text is left as it is
  CHECK(page.find("default-src 'none'") != std::string::npos);
  CHECK(times(page, "'sha256-") == 2);
  CHECK(page.find("unsafe") == std::string::npos);
  // The only address is the name of a namespace, which nothing fetches.
  CHECK(times(page, "http://") == times(page, "http://www.w3.org/2000/svg"));
  for (const char* banned :
       {"https://", " src=", "@import", "url(", "fetch(", "XMLHttpRequest", "innerHTML"})
    CHECK_MESSAGE(page.find(banned) == std::string::npos, banned);
}

}  // namespace report_page_test
}  // namespace faultprint::daemon::report
