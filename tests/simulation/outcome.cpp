#include "tests/simulation/outcome.h"

#include <algorithm>

namespace faultprint::crash {
namespace {

constexpr std::size_t kMostShown = 6;

std::string_view member(std::string_view line, std::string_view name) {
  const std::string key = "\"" + std::string(name) + "\":\"";
  const auto at = line.find(key);
  if (at == std::string_view::npos) return {};
  const auto begin = at + key.size();
  return line.substr(begin, line.find('"', begin) - begin);
}

bool whole(std::string_view line) {
  return line.starts_with('{') && line.ends_with('}') &&
         std::count(line.begin(), line.end(), '{') == std::count(line.begin(), line.end(), '}');
}

}  // namespace

void Lines::add(std::string_view line) {
  std::string id(member(line, "id"));
  if (of_ == Of::events)
    id += " " + std::string(member(line, "event")) + " " + std::string(member(line, "time"));
  if (!by_id_[std::move(id)].emplace(line).second) ++repeats_;
}

void Lines::add_file(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto end = bytes.find('\n');
    if (const std::string_view line = bytes.substr(0, end); whole(line)) add(line);
    if (end == std::string_view::npos) return;
    bytes.remove_prefix(end + 1);
  }
}

namespace {

std::vector<std::string> compare(const char* what, const Lines& expected, const Lines& found,
                                 bool contents) {
  std::vector<std::string> shown;
  std::size_t all = 0;
  const auto show = [&](const std::string& how, const std::set<std::string>& lines) {
    for (const std::string& line : lines)
      if (++all <= kMostShown) shown.push_back(std::string(what) + " " + how + ": " + line);
  };
  for (const auto& [id, lines] : expected.by_id()) {
    const auto same = found.by_id().find(id);
    if (same == found.by_id().end()) {
      show("missing", lines);
    } else if (contents && same->second != lines) {
      show("expected", lines);
      show("   found", same->second);
    }
  }
  for (const auto& [id, lines] : found.by_id())
    if (!expected.by_id().contains(id)) show("too much", lines);
  if (all > kMostShown) shown.push_back("... of " + std::to_string(all) + " such lines");
  return shown;
}

}  // namespace

std::vector<std::string> differences(const char* what, const Lines& expected, const Lines& found) {
  return compare(what, expected, found, true);
}

std::vector<std::string> differences_of_ids(const char* what, const Lines& expected,
                                            const Lines& found) {
  return compare(what, expected, found, false);
}

}  // namespace faultprint::crash
