#include "config/yaml_reader.h"

#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "config/limits.h"
#include "config/scalar.h"

namespace faultprint::config {

struct YamlNode::Impl {
  YAML::Node node;
  std::shared_ptr<const std::string> file;
  std::string path;  // empty at the root
  int line;          // of the key, or of a list's entry
};

namespace {

constexpr std::size_t kMaxTextBytes = 4096;
constexpr std::size_t kMaxScalarBytes = 65536;  // a certificate chain may be a property's value

int line_of(const YAML::Mark& mark) { return std::max(mark.line, 0) + 1; }

[[noreturn]] void fail_at(const std::string& file, int line, const std::string& key,
                          const std::string& what) {
  throw ConfigError(file + ":" + std::to_string(line) + ": " + key + ": " + what);
}

void check_bytes(const std::string& text, const std::string& file) {
  const auto bad = first_bad_byte(text);
  if (!bad) return;
  const auto end = text.begin() + static_cast<std::ptrdiff_t>(*bad);
  const int line = 1 + static_cast<int>(std::count(text.begin(), end, '\n'));
  fail_at(file, line, "yaml", "must be UTF-8 text without control characters");
}

// Hears where documents start, and no more.
class DocumentStarts : public YAML::EventHandler {
 public:
  using Mark = YAML::Mark;
  using Style = YAML::EmitterStyle::value;
  using Text = std::string;

  void OnDocumentStart(const Mark& mark) override { starts.push_back(mark); }
  void OnDocumentEnd() override {}
  void OnNull(const Mark&, YAML::anchor_t) override {}
  void OnAlias(const Mark&, YAML::anchor_t) override {}
  void OnScalar(const Mark&, const Text&, YAML::anchor_t, const Text&) override {}
  void OnSequenceStart(const Mark&, const Text&, YAML::anchor_t, Style) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const Mark&, const Text&, YAML::anchor_t, Style) override {}
  void OnMapEnd() override {}

  std::vector<Mark> starts;
};

// Not YAML::LoadAll: where a text starts with a comma it makes empty documents without end.
void check_single_document(const std::string& text, const std::string& file) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  DocumentStarts documents;
  if (parser.HandleNextDocument(documents)) parser.HandleNextDocument(documents);
  if (documents.starts.size() > 1) {
    fail_at(file, line_of(documents.starts[1]), "yaml",
            "stray text or a second document starts here, only one is allowed");
  }
}

YAML::Node only_document(const std::string& text, const std::string& file) {
  try {
    check_single_document(text, file);
    return YAML::Load(text);
  } catch (const YAML::DeepRecursion& error) {
    fail_at(file, line_of(error.mark), "yaml", "is nested too deeply");
  } catch (const YAML::Exception& error) {
    const int line = line_of(error.mark);
    if (is_indented_by_tab(text, line))
      fail_at(file, line, "yaml", "is indented by a tab: YAML takes blanks alone");
    fail_at(file, line, "yaml", error.msg);
  }
}

bool is_quoted(const YAML::Node& node) {
  return node.Tag() == "!" || node.Tag() == "tag:yaml.org,2002:str";
}

// yaml-cpp hands explicit tags on without a look at them.
bool has_foreign_tag(const YAML::Node& node) {
  const std::string& tag = node.Tag();
  return !(tag.empty() || tag == "?" || tag == "!" ||
           (node.IsScalar() && tag == "tag:yaml.org,2002:str") ||
           (node.IsMap() && tag == "tag:yaml.org,2002:map") ||
           (node.IsSequence() && tag == "tag:yaml.org,2002:seq"));
}

std::string joined_path(const std::string& path, const std::string& key) {
  return path.empty() ? shown(key) : path + "." + shown(key);
}

}  // namespace

YamlNode::YamlNode(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {
  if (has_foreign_tag(impl_->node)) {
    fail("has the tag " + shown(impl_->node.Tag()) + ", tags are not allowed");
  }
}

YamlNode YamlNode::child(const Impl& impl) { return YamlNode(std::make_shared<const Impl>(impl)); }

YamlNode YamlNode::parse(const std::string& text, const std::string& file,
                         const std::string& needed) {
  check_bytes(text, file);
  const YAML::Node root = only_document(text, file);
  if (root.IsNull()) {
    fail_at(file, 1, "configuration", "is empty, at least " + needed + " is required");
  }
  return YamlNode(std::make_shared<const Impl>(
      Impl{root, std::make_shared<const std::string>(file), "", line_of(root.Mark())}));
}

void YamlNode::fail(const std::string& what) const {
  fail_at(*impl_->file, impl_->line, impl_->path.empty() ? "configuration" : impl_->path, what);
}

int YamlNode::line() const { return impl_->line; }

const std::string& YamlNode::path() const { return impl_->path; }

void YamlNode::fail_at_key(const std::string& key, const std::string& what) const {
  fail_at(*impl_->file, impl_->line, joined_path(impl_->path, key), what);
}

void YamlNode::reject(const std::string& allowed) const {
  fail("must be " + allowed + ", not " + described());
}

std::string YamlNode::described() const {
  const YAML::Node& node = impl_->node;
  if (node.IsMap()) return "a mapping";
  if (node.IsSequence()) return "a list";
  if (!node.IsScalar()) return "an empty value";
  if (is_quoted(node)) return "the text \"" + shown(node.Scalar()) + "\"";
  return shown(node.Scalar());
}

bool YamlNode::is_map() const { return impl_->node.IsMap(); }

bool YamlNode::is_list() const { return impl_->node.IsSequence(); }

std::vector<YamlNode> YamlNode::list() const {
  if (!impl_->node.IsSequence()) reject("a list");
  std::vector<YamlNode> result;
  for (const YAML::Node& item : impl_->node) {
    const std::string path = impl_->path + "[" + std::to_string(result.size()) + "]";
    result.push_back(child({item, impl_->file, path, line_of(item.Mark())}));
  }
  return result;
}

std::vector<std::pair<std::string, YamlNode>> YamlNode::entries() const {
  if (!impl_->node.IsMap()) reject("a mapping of keys to values");
  std::vector<std::pair<std::string, YamlNode>> result;
  std::map<std::string, int> seen;
  for (const auto& entry : impl_->node) {
    const int line = line_of(entry.first.Mark());
    const std::string where = impl_->path.empty() ? "configuration" : impl_->path;
    if (!entry.first.IsScalar()) fail_at(*impl_->file, line, where, "a key must be text");
    const std::string key = entry.first.Scalar();
    const std::string path = joined_path(impl_->path, key);
    if (key == "<<") {
      fail_at(*impl_->file, line, path, "merge keys are not supported, write the keys out");
    }
    const auto [first, is_new] = seen.emplace(key, line);
    if (!is_new) {
      fail_at(*impl_->file, line, path,
              "is given twice, first in line " + std::to_string(first->second));
    }
    result.emplace_back(key, child({entry.second, impl_->file, path, line}));
  }
  return result;
}

std::optional<std::string> YamlNode::plain() const {
  if (!impl_->node.IsScalar() || is_quoted(impl_->node)) return std::nullopt;
  return impl_->node.Scalar();
}

std::string YamlNode::scalar(const std::string& allowed) const {
  if (!impl_->node.IsScalar()) reject(allowed);
  return impl_->node.Scalar();
}

std::string YamlNode::text() const {
  std::string value = scalar("text");
  if (plain() && reads_as_other_type(value)) {
    fail("must be text: write it in quotes, \"" + shown(value) + "\"");
  }
  if (first_bad_byte(value) || value.find_first_of("\t\n\r") != std::string::npos) {
    fail("must be one line of text without control characters");
  }
  if (value.size() > kMaxTextBytes) {
    fail("must be text of at most " + std::to_string(kMaxTextBytes) + " bytes, not " +
         std::to_string(value.size()));
  }
  return value;
}

std::string YamlNode::name() const {
  std::string value = text();
  if (value.empty() || value.size() > kMaxNameBytes) {
    fail("must be a name of 1 to " + std::to_string(kMaxNameBytes) + " bytes, not of " +
         std::to_string(value.size()));
  }
  return value;
}

std::string YamlNode::any_scalar() const {
  std::string value = scalar("text, a number or a boolean");
  if (first_bad_byte(value)) fail("must be text without control characters");
  if (value.size() > kMaxScalarBytes) {
    fail("must be text of at most " + std::to_string(kMaxScalarBytes) + " bytes, not " +
         std::to_string(value.size()));
  }
  return value;
}

bool YamlNode::boolean() const {
  const auto value = plain();
  if (value != "true" && value != "false") reject("true or false");
  return value == "true";
}

int YamlNode::integer(int min, int max) const {
  const std::string allowed =
      "an integer from " + std::to_string(min) + " to " + std::to_string(max);
  const auto written = plain();
  if (written && has_leading_zero(*written)) reject(allowed + " without leading zeros");
  const auto value = written ? parse_integer(*written) : std::nullopt;
  if (!value || *value < min || *value > max) reject(allowed);
  return static_cast<int>(*value);
}

double YamlNode::number_above(double bound, double max) const {
  const auto written = plain();
  const auto value = written ? parse_decimal(*written) : std::nullopt;
  if (!value || *value <= bound || *value > max) {
    reject("a plain decimal number above " + format_decimal(bound) + " and at most " +
           format_decimal(max));
  }
  return *value;
}

Microseconds YamlNode::duration(Microseconds min, Microseconds max) const {
  const auto value = parse_duration(impl_->node.IsScalar() ? impl_->node.Scalar() : "");
  if (!value || *value < min || *value > max) {
    reject("a duration from " + format_duration(min) + " to " + format_duration(max) +
           " (a number and us, ms, s, m, h, d or w)");
  }
  return *value;
}

int YamlNode::choice(const std::vector<std::string>& names) const {
  const std::string value = impl_->node.IsScalar() ? impl_->node.Scalar() : "";
  const auto found = std::find(names.begin(), names.end(), value);
  if (found == names.end()) reject(joined(names, " or "));
  return static_cast<int>(found - names.begin());
}

YamlMap::YamlMap(const YamlNode& node, const std::vector<std::string>& allowed)
    : node_(node), entries_(node.entries()) {
  for (const auto& [key, value] : entries_) {
    if (std::find(allowed.begin(), allowed.end(), key) == allowed.end()) {
      value.fail("unknown key, allowed are " + joined(allowed, " and "));
    }
  }
}

std::optional<YamlNode> YamlMap::find(const std::string& key) const {
  for (const auto& [name, value] : entries_) {
    if (name == key) return value;
  }
  return std::nullopt;
}

YamlNode YamlMap::require(const std::string& key, const std::string& what) const {
  if (auto value = find(key)) return *value;
  node_.fail_at_key(key, "is required: " + what);
}

}  // namespace faultprint::config
