// Text as man(7) wants it.
#pragma once

#include <string>

namespace faultprint::manual {

// Escaped: characters that roff would act on, or would replace by a typographer's.
std::string roff(const std::string& text);
std::string bold(const std::string& text);
std::string italic(const std::string& text);

std::string header(const std::string& title, int section, const std::string& volume);
// A heading of one's own page is .SH, one below it .SS.
std::string heading(const std::string& macro, const std::string& text);
std::string tagged(const std::string& tag, const std::string& body);  // both are roff already
// The text of a --help: paragraphs, and lines that begin with a blank as they stand.
std::string paragraphs(const std::string& text);
// "a thing": "A thing."
std::string sentence(std::string text);

}  // namespace faultprint::manual
