// Made from what `faultprint check-config` prints, whose comments describe each key: they are
// written once, in config/effective.cpp.
#include <algorithm>
#include <vector>

#include "config/config.h"
#include "config/effective_keys.h"
#include "daemon/manual/pages.h"
#include "daemon/manual/roff.h"

namespace faultprint::manual {
namespace {

using Key = config::EffectiveKey;

std::vector<Key> keys_with(const std::string& period, const std::string& window,
                           const std::string& format = "json") {
  const std::string text = "stream: {period: " + period + ", window: " + window +
                           ", kpis: [{name: load, kind: gauge}], format: " + format + "}\n";
  return config::keys_of(config::effective(config::parse(text, "example")));
}

bool is_required(const std::string& path) {
  return path == "stream.period" || path == "stream.window" || path == "stream.kpis";
}

struct Entry {
  Key key;
  std::string value_elsewhere;  // with another period and window
  std::string formats;          // that have it; empty: all
};

// A format that has keys which the default has not, and what to say of those.
struct OtherFormat {
  const char* name;
  const char* formats;
};
constexpr OtherFormat kOtherFormats[] = {{"json_value", "With format json_value alone."},
                                         {"influx", "Not with the formats json and json_value."},
                                         {"csv", "With format csv alone."}};

// Keys that only some formats have come where those would show them.
std::vector<Entry> entries() {
  std::vector<Entry> all;
  const std::vector<Key> keys = keys_with("5s", "12");
  const std::vector<Key> others = keys_with("7s", "20");
  for (std::size_t i = 0; i < keys.size(); ++i) all.push_back({keys[i], others[i].value, ""});
  for (const OtherFormat& other : kOtherFormats) {
    auto next = all.begin();
    for (const Key& key : keys_with("5s", "12", other.name)) {
      const auto known = std::find_if(all.begin(), all.end(),
                                      [&](const Entry& e) { return e.key.path == key.path; });
      next = known != all.end() ? known : all.insert(next, {key, key.value, other.formats});
      ++next;
    }
  }
  return all;
}

std::string text_of(const Entry& entry) {
  const Key& key = entry.key;
  std::string body = roff(key.comment) + ".";
  if (!entry.formats.empty()) body += " " + roff(entry.formats);
  if (is_required(key.path)) {
    body += " Required.";
  } else if (key.value != entry.value_elsewhere) {  // follows from others
    body += " Default: " + roff(key.value) + " where the period is 5s and the window 12.";
  } else if (!key.value.empty() && key.value != "\"\"") {
    body += " Default: " + roff(key.value) + ".";
  }
  return tagged(bold(key.path), body);
}

const char* const kDescription =
    "The configuration of faultprint is one YAML file. It is strict: an unknown or repeated key, a "
    "wrong type or an impossible value is an error that names file, line and key. `faultprint "
    "check-config --config FILE` checks one, and prints every key with its value.\n\n"
    "Durations have a unit: 500ms, 5s, 10m, 1h, 1d, 1w. What counts in slots (periods) may be a "
    "duration too.\n\n"
    "In a history file (--data) the records of each element are in time order, but for "
    "stream.lateness; elements may be mixed or stand one after the other. What comes later than "
    "that is rejected as late, and told. `sort` orders a file (its header kept in front). Several "
    "files are merged by time.\n\n"
    "A value of kafka.properties may be ${NAME}, which is looked up in the environment, or "
    "${file:PATH}, the text of a file: so secrets stay out of this one.\n\n"
    "Minimal:\n"
    "  kafka: {brokers: \"127.0.0.1:9092\", topics: [kpi]}\n"
    "  stream:\n"
    "    period: 5s\n"
    "    window: 12\n"
    "    kpis:\n"
    "      - {name: in_kbps, kind: gauge, scale: log}\n"
    "      - {name: bgp_updates, kind: counter}\n"
    "  model: {file: model.safetensors}";

// The list that stands in the place of three sections.
std::string groups_section() {
  return heading("SS", "groups") +
         tagged(
             bold("groups"),
             roff("Several kinds of elements in one daemon: a list, in the place of stream, model "
                  "and alarms, of which each group has its own. Default: none.")) +
         tagged(bold("groups[].name"),
                roff("1 to 64 letters, digits, - and _. It begins the ids of verdicts and alarms "
                     "(NAME/...), and is their element_group. Required.")) +
         tagged(bold("groups[].elements"),
                roff("Globs. An element is of the first group that reads its topic and has a glob "
                     "for it. Default: all.")) +
         tagged(bold("groups[].topics"),
                roff("Of kafka.topics, as they stand there. Default: all.")) +
         tagged(bold("groups[].stream") + ", " + bold("groups[].model") + ", " +
                    bold("groups[].alarms"),
                roff("As the sections of these names."));
}

}  // namespace

std::string configuration_page() {
  std::string out = header("FAULTPRINT.YAML", 5, "File Formats");
  out += heading("SH", "NAME") + "faultprint.yaml \\- configuration of faultprint\n";
  out += heading("SH", "DESCRIPTION") + paragraphs(kDescription);
  out += heading("SH", "KEYS");
  for (const Entry& entry : entries())
    out += entry.key.depth == 0 ? heading("SS", entry.key.path) : text_of(entry);
  out += groups_section();
  out += heading("SH", "SEE ALSO") + bold("faultprint") + "(1)\n";
  return out;
}

}  // namespace faultprint::manual
