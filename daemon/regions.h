// Which elements make a region: CSV `element,region`; the element may be a glob.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace faultprint::daemon {

class Regions {
 public:
  static constexpr int kNone = -1;

  // std::runtime_error "file:line: column: what is wrong": a missing column, an empty cell, an
  // element that stands twice.
  static Regions read(const std::string& file);
  // The whole network as one, named `all`.
  static Regions all();

  // The number of an element's region: by its own name before any glob, of globs the first.
  int of(std::string_view element) const;
  const std::string& name(int region) const { return names_[static_cast<std::size_t>(region)]; }

 private:
  int number(const std::string& region);

  std::vector<std::string> names_;
  std::unordered_map<std::string, int> by_element_;
  std::vector<std::pair<std::string, int>> globs_;
};

}  // namespace faultprint::daemon
