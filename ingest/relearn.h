// When elements are to learn anew what is normal for them: from the slot in which the time lies,
// that one included. By event time, and so the same in every replay; a time that an element has
// passed already when the row is read changes nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/input_spec.h"

namespace faultprint::ingest {

// Immutable, so that workers share it.
class Relearn {
 public:
  struct Row {
    std::string element;  // may be a glob
    std::int64_t time_us = 0;
    std::string reason;  // may be empty
  };

  Relearn(std::vector<Row> rows, config::Microseconds period);

  // The first row for the element in that slot; null where there is none.
  const Row* at(std::string_view element, std::int64_t slot) const;
  std::size_t size() const { return rows_.size(); }
  const std::vector<Row>& rows() const { return rows_; }

 private:
  std::int64_t slot_of(const Row& row) const;

  std::int64_t period_us_;
  std::vector<Row> rows_;  // by time
};

}  // namespace faultprint::ingest
