#include "daemon/inventory.h"

#include "daemon/csv_table.h"

namespace faultprint::daemon {
namespace {

// At most that many bytes of the cell, which is UTF-8; no character is cut in two.
std::string label_value(std::string_view cell) {
  std::string text(cell);
  if (text.size() <= Inventory::kMostBytes) return text;
  std::size_t end = Inventory::kMostBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  text.resize(end);
  return text;
}

}  // namespace

std::shared_ptr<const Inventory> Inventory::read(const config::InventoryConfig& options) {
  auto inventory = std::make_shared<Inventory>();
  inventory->names_ = options.labels;
  std::vector<std::string> columns{"element"};
  columns.insert(columns.end(), options.labels.begin(), options.labels.end());
  CsvTable table(options.file, columns);
  while (table.next()) {
    if (table.cell(0).empty()) throw table.error(0, "is empty");
    std::vector<std::string> values;
    for (std::size_t column = 1; column < columns.size(); ++column)
      values.push_back(label_value(table.cell(column)));
    if (!inventory->values_.emplace(table.cell(0), std::move(values)).second)
      throw table.error(0, "\"" + std::string(table.cell(0)) + "\" stands twice");
  }
  return inventory;
}

AlarmLabels Inventory::labels(std::string_view element) const {
  const auto found = values_.find(std::string(element));
  AlarmLabels labels;
  for (std::size_t i = 0; i < names_.size(); ++i)
    labels.emplace_back(names_[i], found == values_.end() ? "" : found->second[i]);
  return labels;
}

}  // namespace faultprint::daemon
