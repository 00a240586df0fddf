// The JSON text of an input spec, read strictly: every error names the member.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

namespace faultprint::config {

// ConfigError "input spec: <path>: <what>".
[[noreturn]] void fail_in_spec(const std::string& path, const std::string& what);

// Bounded in size and depth; repeated members are refused.
nlohmann::json parse_spec(const std::string& text);

// A JSON value with its path. `value` must outlive it.
class SpecReader {
 public:
  SpecReader(const nlohmann::json& value, std::string path)
      : value_(value), path_(std::move(path)) {}

  // Fails unless the value is an object of just these members.
  void expect_members(const std::set<std::string>& names) const;
  bool has(const std::string& key) const { return value_.is_object() && value_.contains(key); }
  SpecReader at(const std::string& key) const;
  std::vector<SpecReader> list(std::size_t most) const;
  std::int64_t integer(std::int64_t min, std::int64_t max) const;
  double number(double min, double max) const;
  bool boolean() const;
  std::string name() const;
  int choice(const std::vector<std::string>& names) const;  // the index
  [[noreturn]] void reject(const std::string& what) const { fail_in_spec(path_, what); }

 private:
  std::string below(const std::string& key) const;

  const nlohmann::json& value_;
  std::string path_;
};

}  // namespace faultprint::config
