#include "ingest/glob_sums.h"

#include <cmath>

#include "config/name_glob.h"

namespace faultprint::ingest {

GlobSums::GlobSums(const std::vector<std::string>& fields) {
  for (std::size_t i = 0; i < fields.size(); ++i)
    if (config::is_glob(fields[i])) sums_.push_back({fields[i], i});
}

const GlobSums::Sum* GlobSums::place(std::size_t field) const {
  for (const Sum& sum : sums_)
    if (sum.field == field) return &sum;
  return nullptr;
}

int GlobSums::match(std::string_view name) const {
  for (const Sum& sum : sums_)
    if (config::matches_glob(sum.glob, name)) return static_cast<int>(sum.field);
  return kNone;
}

void GlobSums::clear() {
  for (Sum& sum : sums_) sum.begun = false;
}

void GlobSums::add(std::size_t field, double value) {
  for (Sum& sum : sums_) {
    if (sum.field != field) continue;
    if (!sum.begun)
      sum.value = value;
    else if (!std::isinf(sum.value))
      sum.value = std::isinf(value) ? value : sum.value + value;
    sum.begun = true;
  }
}

void GlobSums::write(std::vector<double>& values) const {
  for (const Sum& sum : sums_)
    if (sum.begun) values[sum.field] = sum.value;
}

}  // namespace faultprint::ingest
