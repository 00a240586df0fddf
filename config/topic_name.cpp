#include "config/topic_name.h"

#include <regex.h>

namespace faultprint::config {
namespace {

class TopicPattern {
 public:
  explicit TopicPattern(const std::string& text)
      : error_(regcomp(&pattern_, text.c_str(), REG_EXTENDED | REG_NOSUB)) {}
  ~TopicPattern() {
    if (error_ == 0) regfree(&pattern_);
  }
  TopicPattern(const TopicPattern&) = delete;
  TopicPattern& operator=(const TopicPattern&) = delete;

  bool matches(const std::string& topic) const {
    return error_ == 0 && regexec(&pattern_, topic.c_str(), 0, nullptr, 0) == 0;
  }
  std::string error() const {
    if (error_ == 0) return "";
    char text[128];
    regerror(error_, &pattern_, text, sizeof text);
    return text;
  }

 private:
  regex_t pattern_{};
  int error_;
};

}  // namespace

bool means_topic(const std::string& entry, const std::string& topic) {
  if (!entry.starts_with('^')) return entry == topic;
  return TopicPattern(entry).matches(topic);
}

bool is_topic_name(const std::string& name) {
  constexpr std::size_t kMostBytes = 249;
  return !name.empty() && name.size() <= kMostBytes && name != "." && name != ".." &&
         name.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
             "._-") == std::string::npos;
}

std::string pattern_error(const std::string& entry) {
  return entry.starts_with('^') ? TopicPattern(entry).error() : "";
}

}  // namespace faultprint::config
