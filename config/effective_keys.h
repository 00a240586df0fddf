// The keys of what effective() prints, with their comments.
#pragma once

#include <string>
#include <vector>

namespace faultprint::config {

struct EffectiveKey {
  std::string path;     // "stream.baseline.fast"; of a list's items "stream.kpis[].kind"
  std::string value;    // as it is written; "" of a section, and of a list whose items follow
  std::string comment;  // what it is
  int depth = 0;
  std::vector<std::string> items = {};  // of a list written line by line
};

// In the order of the text. A comment on a line of its own goes on from the key above, or, as
// "name: what it is", describes a key of that one's list.
std::vector<EffectiveKey> keys_of(const std::string& effective);

}  // namespace faultprint::config
