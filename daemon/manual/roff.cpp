#include "daemon/manual/roff.h"

#include <cctype>
#include <sstream>

#include "daemon/build_info.h"

namespace faultprint::manual {

std::string roff(const std::string& text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '\\':
        out += "\\e";
        break;
      case '-':
        out += "\\-";
        break;
      case '\'':
        out += "\\(aq";
        break;
      case '`':
        out += "\\(ga";
        break;
      case '"':
        out += "\\(dq";
        break;
      case '~':
        out += "\\(ti";
        break;
      case '^':
        out += "\\(ha";
        break;
      default:
        out += c;
    }
  }
  if (!out.empty() && out.front() == '.') out.insert(0, "\\&");
  return out;
}

std::string bold(const std::string& text) { return "\\fB" + roff(text) + "\\fR"; }
std::string italic(const std::string& text) { return "\\fI" + roff(text) + "\\fR"; }

std::string header(const std::string& title, int section, const std::string& volume) {
  return ".\\\" Made by faultprint_manual: do not edit.\n.TH " + title + " " +
         std::to_string(section) + " \"\" \"faultprint " + FAULTPRINT_VERSION + "\" \"" + volume +
         "\"\n";
}

std::string heading(const std::string& macro, const std::string& text) {
  return "." + macro + " \"" + roff(text) + "\"\n";
}

std::string tagged(const std::string& tag, const std::string& body) {
  return ".TP\n" + tag + "\n" + body + "\n";
}

std::string paragraphs(const std::string& text) {
  std::string out;
  std::istringstream in(text);
  bool example = false;
  bool fresh = true;  // a paragraph begins with the next line
  for (std::string line; std::getline(in, line);) {
    const bool indented = !line.empty() && line.front() == ' ';
    if (example && !indented) out += ".EE\n";
    if (indented && !example) out += ".PP\n.EX\n";
    if (!indented && !line.empty() && (fresh || example)) out += ".PP\n";
    if (!line.empty()) out += roff(line) + "\n";
    fresh = line.empty();
    example = indented;
  }
  return out + (example ? ".EE\n" : "");
}

std::string sentence(std::string text) {
  if (text.empty()) return text;
  text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
  if (text.back() != '.' && text.back() != '?') text += '.';
  return text;
}

}  // namespace faultprint::manual
