// Planned work: times at which an element's alarms are withheld. CSV `element,start,end,reason`:
// half-open, in event time; the element may be a glob, the reason may be empty.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace faultprint::daemon {

// Immutable, so that workers share it.
class Maintenance {
 public:
  struct Work {
    std::string element;
    std::int64_t start_us = 0;
    std::int64_t end_us = 0;
    std::string reason;
  };

  // std::runtime_error "file:line: column: what is wrong".
  static std::shared_ptr<const Maintenance> read(const std::string& file);
  explicit Maintenance(std::vector<Work> works) : works_(std::move(works)) {}

  // The first row that covers the element at that time; null where none does.
  const Work* at(std::string_view element, std::int64_t time_us) const;
  std::size_t size() const { return works_.size(); }
  const std::vector<Work>& works() const { return works_; }

 private:
  std::vector<Work> works_;
};

}  // namespace faultprint::daemon
