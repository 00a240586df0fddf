// Fields that are sums: each of all that a record reports under names which its pattern matches.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace faultprint::ingest {

// Those of the fields that have a *. Not thread-safe: holds the sums of one sample.
class GlobSums {
 public:
  static constexpr int kNone = -1;

  explicit GlobSums(const std::vector<std::string>& fields);

  bool any() const { return !sums_.empty(); }
  bool contains(std::size_t field) const { return any() && place(field) != nullptr; }
  int match(std::string_view name) const;  // the field that sums it up, or kNone

  void clear();
  // NaN: that one is missing, and so then is the sum. What is infinite is no value, nor is the sum.
  void add(std::size_t field, double value);
  // Sums of nothing are left as they are.
  void write(std::vector<double>& values) const;

 private:
  struct Sum {
    std::string glob;
    std::size_t field;
    double value = 0;
    bool begun = false;
  };
  const Sum* place(std::size_t field) const;

  std::vector<Sum> sums_;
};

}  // namespace faultprint::ingest
