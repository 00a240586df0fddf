#include "ingest/state_io.h"

#include <algorithm>

namespace faultprint::ingest {

void StateReader::fetch(std::size_t size) {
  if (size - at_hand_.size() > to_come_) throw StateError("ends too early");
  joined_.erase(0, joined_.size() - at_hand_.size());
  while (joined_.size() < size) {
    const std::string_view piece = next_();
    if (piece.empty()) throw StateError("ends too early");
    joined_.append(piece);
    to_come_ -= std::min(to_come_, piece.size());
  }
  at_hand_ = joined_;
}

}  // namespace faultprint::ingest
