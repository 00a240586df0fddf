#include "daemon/probe/name_hints.h"

#include <algorithm>
#include <cctype>
#include <initializer_list>
#include <vector>

namespace faultprint::daemon::probe {

namespace {

using Words = std::initializer_list<const char*>;

// Lower-case words of a name: "pmRrcConnEstabAtt" -> pm rrc conn estab att, "in-octets" -> in
// octets.
std::vector<std::string> words_of(std::string_view name) {
  std::vector<std::string> words(1);
  char before = '_';
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    const bool begins = std::isupper(byte) && std::islower(static_cast<unsigned char>(before));
    if ((!std::isalnum(byte) || begins) && !words.back().empty()) words.emplace_back();
    if (std::isalnum(byte)) words.back() += static_cast<char>(std::tolower(byte));
    before = c;
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

bool is_one_of(const std::string& word, const Words& known) {
  return std::any_of(known.begin(), known.end(), [&](const char* k) { return word == k; });
}

// 2: the whole name, however it is joined; 1: a word of it.
int likeness(std::string_view name, const Words& known) {
  const std::vector<std::string> words = words_of(last_part(name));
  std::string whole;
  bool part = false;
  for (const std::string& word : words) {
    whole += word;
    part = part || is_one_of(word, known);
  }
  return is_one_of(whole, known) ? 2 : part ? 1 : 0;
}

bool has_word(std::string_view name, const Words& known) {
  const std::vector<std::string> words = words_of(name);
  return std::any_of(words.begin(), words.end(),
                     [&](const std::string& word) { return is_one_of(word, known); });
}

}  // namespace

std::string last_part(std::string_view name) {
  const std::size_t slash = name.find_last_of("/.");
  return std::string(slash == std::string_view::npos ? name : name.substr(slash + 1));
}

int sounds_like_time(std::string_view name) {
  return likeness(name, {"time", "timestamp", "ts", "epoch", "date", "datetime", "eventtime"});
}

int sounds_like_element(std::string_view name) {
  return likeness(name,
                  {"element",   "elementid", "host", "hostname", "device", "node",      "source",
                   "cell",      "cellid",    "site", "router",   "switch", "ne",        "nename",
                   "gnb",       "gnbid",     "enb",  "object",   "link",   "interface", "ifname",
                   "agenthost", "instance",  "moid", "dn"});
}

int sounds_like_kpi_name(std::string_view name) {
  return likeness(name, {"kpi", "kpiname", "metric", "metricname", "counter", "countername",
                         "measurement", "parameter", "field", "stat", "variable", "oid"});
}

bool says_delta(std::string_view name) {
  return has_word(name, {"delta", "diff", "increment", "incr"});
}

bool says_events(std::string_view name) {
  return !says_percent(name) &&
         has_word(name, {"att",       "attempt",  "attempts", "succ",        "success",
                         "successes", "fail",     "failures", "drop",        "drops",
                         "discard",   "discards", "error",    "errors",      "packets",
                         "pkts",      "bytes",    "octets",   "retrans",     "handovers",
                         "calls",     "requests", "volume",   "transitions", "resets"});
}

bool says_percent(std::string_view name) {
  return has_word(name, {"ratio", "rate", "pct", "percent", "perc", "util", "utilization",
                         "utilisation", "share", "usage", "efficiency"});
}

}  // namespace faultprint::daemon::probe
