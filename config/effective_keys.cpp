#include "config/effective_keys.h"

#include <algorithm>
#include <sstream>

namespace faultprint::config {
namespace {

std::string without_spaces_around(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(' ');
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

// The first place of `what` that is not within quotes.
std::size_t find_unquoted(const std::string& line, const std::string& what) {
  bool within = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (within && line[i] == '\\')
      ++i;
    else if (line[i] == '"')
      within = !within;
    else if (!within && line.compare(i, what.size(), what) == 0)
      return i;
  }
  return line.size();
}

std::string unquoted(const std::string& key) {
  const bool is_quoted = key.size() > 1 && key.front() == '"' && key.back() == '"';
  return is_quoted ? key.substr(1, key.size() - 2) : key;
}

void add_comment(std::vector<EffectiveKey>& keys, const std::string& comment) {
  if (keys.empty()) return;
  const std::size_t colon = comment.find(": ");
  const bool names_key = colon != std::string::npos &&
                         comment.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == colon;
  if (!names_key) {
    keys.back().comment += " " + comment;
    return;
  }
  std::string list = keys.back().path;
  list.erase(std::min(list.find("[]"), list.size()));
  keys.push_back({list + "[]." + comment.substr(0, colon), "", comment.substr(colon + 2), 2});
}

}  // namespace

std::vector<EffectiveKey> keys_of(const std::string& effective) {
  std::vector<EffectiveKey> keys;
  std::size_t newest = 0;  // of the keys that have a line of their own
  std::vector<std::string> parents;
  std::istringstream in(effective);
  for (std::string line; std::getline(in, line);) {
    const std::size_t hash = find_unquoted(line, "# ");
    const std::string comment = line.substr(std::min(hash + 2, line.size()));
    const std::string content = without_spaces_around(line.substr(0, hash));
    if (content.empty() && !comment.empty()) add_comment(keys, comment);
    if (content.empty()) continue;
    if (content.front() == '-') {
      if (!keys.empty()) keys[newest].items.push_back(content);
      continue;
    }
    const std::size_t depth = line.find_first_not_of(' ') / 2;
    const std::size_t colon = find_unquoted(content, ":");
    parents.resize(depth);
    std::string path;
    for (const std::string& parent : parents) path += parent + ".";
    parents.push_back(unquoted(content.substr(0, colon)));
    newest = keys.size();
    keys.push_back({path + parents.back(),
                    without_spaces_around(content.substr(std::min(colon + 1, content.size()))),
                    comment, static_cast<int>(depth)});
  }
  return keys;
}

}  // namespace faultprint::config
