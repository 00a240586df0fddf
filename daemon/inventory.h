// What is known of elements beside their KPIs: labels for their alarms, from a CSV file with a row
// for each element.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "config/config.h"

namespace faultprint::daemon {

// Name and value, in the configuration's order.
using AlarmLabels = std::vector<std::pair<std::string, std::string>>;

// The label of a group of elements, where the configuration has groups; no inventory's.
constexpr const char* kGroupLabel = "element_group";

// Immutable, so that workers share it.
class Inventory {
 public:
  static constexpr std::size_t kMostBytes = 128;  // of a value; the rest is cut off

  // The columns `element` and those that are asked for. std::runtime_error "file:line: column: what
  // is wrong": a missing column, an element that stands twice.
  static std::shared_ptr<const Inventory> read(const config::InventoryConfig& options);

  // Every label; its value is "" where the element, or its value, is not known.
  AlarmLabels labels(std::string_view element) const;
  std::size_t size() const { return values_.size(); }

 private:
  std::vector<std::string> names_;
  std::unordered_map<std::string, std::vector<std::string>> values_;
};

}  // namespace faultprint::daemon
