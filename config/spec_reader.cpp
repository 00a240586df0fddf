#include "config/spec_reader.h"

#include <algorithm>
#include <cmath>

#include "config/config.h"
#include "config/limits.h"
#include "config/scalar.h"

namespace faultprint::config {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxJsonBytes = std::size_t{16} << 20;
constexpr std::size_t kMaxJsonMembers = 16;  // of one object
constexpr int kMaxJsonDepth = 4;             // one more than there is

// nlohmann keeps the last of repeated members and follows any depth: both stop here.
class Guard {
 public:
  bool operator()(int depth, Json::parse_event_t event, const Json& parsed) {
    using Event = Json::parse_event_t;
    if (event == Event::object_start || event == Event::array_start) {
      if (depth >= kMaxJsonDepth) fail_in_spec("json", "is nested too deeply");
      members_.emplace_back();
    } else if (event == Event::object_end || event == Event::array_end) {
      members_.pop_back();
    } else if (event == Event::key) {
      const auto& key = parsed.get_ref<const std::string&>();
      if (members_.back().size() == kMaxJsonMembers) fail_in_spec("json", "has too many members");
      if (!members_.back().insert(key).second) fail_in_spec(shown(key), "is given twice");
    }
    return true;
  }

 private:
  std::vector<std::set<std::string>> members_;
};

}  // namespace

void fail_in_spec(const std::string& path, const std::string& what) {
  throw ConfigError("input spec: " + path + ": " + what);
}

Json parse_spec(const std::string& text) {
  if (text.size() > kMaxJsonBytes) fail_in_spec("json", "is larger than 16 MiB");
  try {
    Guard guard;
    return Json::parse(text, [&guard](int depth, Json::parse_event_t event, Json& parsed) {
      return guard(depth, event, parsed);
    });
  } catch (const Json::exception& error) {
    fail_in_spec("json", shown(error.what()));
  }
}

void SpecReader::expect_members(const std::set<std::string>& names) const {
  if (!value_.is_object()) fail_in_spec(path_, "must be an object");
  for (const auto& item : value_.items()) {
    if (!names.contains(item.key())) fail_in_spec(below(item.key()), "unknown member");
  }
  for (const std::string& name : names) {
    if (!value_.contains(name)) fail_in_spec(below(name), "is missing");
  }
}

SpecReader SpecReader::at(const std::string& key) const {
  if (!value_.is_object() || !value_.contains(key)) fail_in_spec(below(key), "is missing");
  return {value_.at(key), below(key)};
}

std::vector<SpecReader> SpecReader::list(std::size_t most) const {
  if (!value_.is_array() || value_.size() > most) {
    fail_in_spec(path_, "must be a list of at most " + std::to_string(most));
  }
  std::vector<SpecReader> items;
  for (const Json& item : value_) {
    items.emplace_back(item, path_ + "[" + std::to_string(items.size()) + "]");
  }
  return items;
}

std::int64_t SpecReader::integer(std::int64_t min, std::int64_t max) const {
  const bool fits = value_.is_number_integer() &&
                    (!value_.is_number_unsigned() || value_.get<std::uint64_t>() <= INT64_MAX);
  const std::int64_t number = fits ? value_.get<std::int64_t>() : 0;
  if (!fits || number < min || number > max) {
    fail_in_spec(path_,
                 "must be an integer from " + std::to_string(min) + " to " + std::to_string(max));
  }
  return number;
}

double SpecReader::number(double min, double max) const {
  const double number = value_.is_number() ? value_.get<double>() : NAN;
  if (!(number >= min && number <= max)) {
    fail_in_spec(path_,
                 "must be a finite number from " + Json(min).dump() + " to " + Json(max).dump());
  }
  return number;
}

bool SpecReader::boolean() const {
  if (!value_.is_boolean()) fail_in_spec(path_, "must be true or false");
  return value_.get<bool>();
}

std::string SpecReader::name() const {
  std::string text = value_.is_string() ? value_.get<std::string>() : "";
  if (text.empty() || text.size() > kMaxNameBytes) {
    fail_in_spec(path_, "must be text of 1 to " + std::to_string(kMaxNameBytes) + " bytes");
  }
  return text;
}

int SpecReader::choice(const std::vector<std::string>& names) const {
  const auto found = value_.is_string()
                         ? std::find(names.begin(), names.end(), value_.get<std::string>())
                         : names.end();
  if (found == names.end()) fail_in_spec(path_, "must be one of " + Json(names).dump());
  return static_cast<int>(found - names.begin());
}

std::string SpecReader::below(const std::string& key) const {
  return path_.empty() ? shown(key) : path_ + "." + shown(key);
}

}  // namespace faultprint::config
