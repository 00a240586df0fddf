// A strict reader of YAML. Every error is a ConfigError "file:line: key: what is wrong and what is
// allowed"; yaml-cpp, which accepts far more, stays behind this file.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/config.h"
#include "config/scalar.h"

namespace faultprint::config {

// One value with the path and line of its key. Cheap to copy.
class YamlNode {
 public:
  // The root of the only document in `text`; `file` is for messages, and so is what an empty
  // document lacks.
  static YamlNode parse(const std::string& text, const std::string& file,
                        const std::string& needed = "stream");

  [[noreturn]] void fail(const std::string& what) const;
  // The same for a key that this mapping lacks.
  [[noreturn]] void fail_at_key(const std::string& key, const std::string& what) const;
  // "must be <allowed>, not <what this value is>"
  [[noreturn]] void reject(const std::string& allowed) const;

  int line() const;                 // from 1
  const std::string& path() const;  // of its key, "stream.kpis[0].name"; empty at the root
  bool is_map() const;
  bool is_list() const;
  std::vector<YamlNode> list() const;
  // A mapping's values by key, in the order of the file; a repeated key fails.
  std::vector<std::pair<std::string, YamlNode>> entries() const;

  // Text of at most 4096 bytes in one line; a plain number or boolean is not text.
  std::string text() const;
  std::string name() const;        // text of 1 to kMaxNameBytes bytes
  std::string any_scalar() const;  // a scalar of any type as it is written, several lines allowed
  bool boolean() const;
  int integer(int min, int max) const;
  double number_above(double bound, double max) const;  // more than bound, at most max
  Microseconds duration(Microseconds min, Microseconds max) const;
  // Index of the text among the names.
  int choice(const std::vector<std::string>& names) const;

  // Empty where the value is of another form.
  std::optional<std::string> plain() const;  // an unquoted scalar's text

 private:
  struct Impl;
  explicit YamlNode(std::shared_ptr<const Impl> impl);
  static YamlNode child(const Impl& impl);
  std::string described() const;
  std::string scalar(const std::string& allowed) const;

  std::shared_ptr<const Impl> impl_;
};

// A mapping with a fixed set of keys.
class YamlMap {
 public:
  YamlMap(const YamlNode& node, const std::vector<std::string>& allowed);

  std::optional<YamlNode> find(const std::string& key) const;
  // Fails where the key is missing; `what` says what it needs to be.
  YamlNode require(const std::string& key, const std::string& what) const;

 private:
  YamlNode node_;
  std::vector<std::pair<std::string, YamlNode>> entries_;
};

}  // namespace faultprint::config
