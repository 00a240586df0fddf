#include "config/format_config.h"

#include <algorithm>

#include "config/formats.h"
#include "config/name_template.h"
#include "config/scalar.h"

namespace faultprint::config {

const std::vector<std::string> kTimeUnitNames{"auto", "s", "ms", "us", "ns", "rfc3339"};

namespace {

constexpr const char* kCsv = "csv";
constexpr std::size_t kMostPointers = 8;  // of an element's name

std::vector<std::string> names_of(bool with_pointers) {
  std::vector<std::string> names;
  for (const Format& format : formats())
    if (format.has_pointers() == with_pointers) names.push_back(format.name);
  return names;
}

bool is_pointer(const std::string& text) {
  bool good = text.starts_with('/');
  for (std::size_t at = text.find('~'); at != std::string::npos; at = text.find('~', at + 1))
    good = good && at + 1 < text.size() && (text[at + 1] == '0' || text[at + 1] == '1');
  return good;
}

std::string read_pointer(const YamlNode& node, bool may_be_whole) {
  std::string pointer = node.text();
  if (!(pointer.empty() ? may_be_whole : is_pointer(pointer))) {
    node.reject(std::string("a JSON pointer that starts with / and has ~ only as ~0 or ~1") +
                (may_be_whole ? ", or \"\" for the whole record" : ""));
  }
  return pointer;
}

TimeUnit read_unit(const YamlNode& node) {
  return static_cast<TimeUnit>(node.choice(kTimeUnitNames));
}

// Fails for those keys that other formats than this alone have.
void refuse(const YamlMap& map, const std::vector<const char*>& keys, const std::string& formats,
            const std::string& format) {
  for (const char* key : keys) {
    if (auto value = map.find(key))
      value->fail("is allowed only where format is " + formats + ", not " + format);
  }
}

// A pointer, or a template of {key}, {header.NAME} and {/pointer}s.
std::string read_element(const YamlNode& node) {
  const std::string text = node.text();
  const auto parts = split_template(text);
  if (text.starts_with('/') || !parts) return read_pointer(node, false);
  std::size_t pointers = 0;
  for (const TemplatePart& part : *parts) {
    if (!part.is_field || part.text == "key") continue;
    const bool header =
        part.text.starts_with(kHeaderLabel) && part.text.size() > kHeaderLabel.size();
    if (!header && !is_pointer(part.text))
      node.reject("of {key}, {header.NAME} and JSON pointers as {/site}");
    if (!header && ++pointers > kMostPointers)
      node.fail("must not have more than " + std::to_string(kMostPointers) + " JSON pointers");
  }
  return text;
}

JsonConfig read_json(const YamlNode& node, const std::string& format) {
  const YamlMap map(node, {"element", "time", "kpis", "kpi", "value", "time_unit"});
  if (format == "json")
    refuse(map, {"kpi", "value"}, "json_value", format);
  else
    refuse(map, {"kpis"}, "json", format);
  JsonConfig json;
  if (auto value = map.find("element")) json.element = read_element(*value);
  if (auto value = map.find("time")) json.time = read_pointer(*value, false);
  if (auto value = map.find("kpis")) json.kpis = read_pointer(*value, true);
  if (auto value = map.find("kpi")) json.kpi = read_pointer(*value, false);
  if (auto value = map.find("value")) json.value = read_pointer(*value, false);
  if (auto value = map.find("time_unit")) json.time_unit = read_unit(*value);
  return json;
}

std::string read_template(const YamlNode& node) {
  std::string text = node.text();
  if (!split_template(text))
    node.reject("a name with labels of the record in braces, as {source}/{interface_name}");
  return text;
}

char read_separator(const YamlNode& node) {
  const std::string text = node.text();
  if (text == "tab") return '\t';
  if (text.size() != 1 || text == "\"") node.reject("one character other than a quote, or tab");
  return text[0];
}

std::vector<std::string> read_columns(const YamlNode& node) {
  std::vector<std::string> columns;
  for (const YamlNode& item : node.list()) {
    columns.push_back(item.name());
    if (std::count(columns.begin(), columns.end(), columns.back()) > 1)
      item.fail("must be unique, " + shown(columns.back()) + " is given twice");
  }
  return columns;
}

// Where the columns are named, each that is asked for must be one.
void check_columns(const YamlNode& node, const RecordConfig& record) {
  const auto check = [&](const std::string& key, const std::string& column) {
    if (std::count(record.columns.begin(), record.columns.end(), column) == 0)
      node.fail_at_key(key, "must name one of columns, not " + shown(column));
  };
  if (record.columns.empty()) return;
  check("time", record.time);
  const auto parts = split_template(record.element);
  for (const TemplatePart& part : *parts)
    if (part.is_field && part.text != "key" && !part.text.starts_with(kHeaderLabel))
      check("element", part.text);
}

void read_record(const YamlNode& node, const Format& format, RecordConfig& record) {
  const YamlMap map(node, {"element", "kpi", "time_unit", "time", "columns", "separator"});
  if (format.name != kCsv) refuse(map, {"time", "columns", "separator"}, kCsv, format.name);
  if (auto value = map.find("element")) {
    record.element = read_template(*value);
    if (record.element.find("{field}") != std::string::npos)
      value->fail("must not have {field}: an element has many");
  }
  if (auto value = map.find("kpi")) {
    if (format.kpi.empty()) value->fail("is not allowed where format is " + format.name);
    record.kpi = read_template(*value);
  }
  if (auto value = map.find("time_unit")) record.time_unit = read_unit(*value);
  if (auto value = map.find("time")) record.time = value->name();
  if (auto value = map.find("columns")) record.columns = read_columns(*value);
  if (auto value = map.find("separator")) record.separator = read_separator(*value);
  if (format.name == kCsv) check_columns(node, record);
}

}  // namespace

const std::vector<Format>& formats() {
  static const std::vector<Format> all{
#define FAULTPRINT_FORMAT(name, element, kpi) {#name, element, kpi},
      FAULTPRINT_FORMATS(FAULTPRINT_FORMAT)
#undef FAULTPRINT_FORMAT
  };
  return all;
}

const Format& format_of(const std::string& name) {
  return *std::find_if(formats().begin(), formats().end(),
                       [&](const Format& format) { return format.name == name; });
}

void read_format(const YamlMap& map, StreamConfig& stream) {
  if (auto value = map.find("format")) {
    std::vector<std::string> names;
    for (const Format& format : formats()) names.push_back(format.name);
    stream.format = names[static_cast<std::size_t>(value->choice(names))];
  }
  const Format& format = format_of(stream.format);
  stream.record.element = format.element;
  stream.record.kpi = format.kpi;
  const char* const foreign = format.has_pointers() ? "record" : "json";
  refuse(map, {foreign}, joined(names_of(!format.has_pointers()), " or "), format.name);
  if (auto value = map.find("json")) stream.json = read_json(*value, format.name);
  if (auto value = map.find("record")) read_record(*value, format, stream.record);
}

}  // namespace faultprint::config
