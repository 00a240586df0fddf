#include "ingest/kafka_errors.h"

namespace faultprint::ingest {

void KafkaErrors::set(Kind kind, std::string_view topic, std::string_view text) {
  const std::lock_guard lock(mutex_);
  texts_[{kind, std::string(topic)}] = text;
  any_ = true;
}

void KafkaErrors::clear(Kind kind, std::string_view topic) {
  if (!any()) return;
  const std::lock_guard lock(mutex_);
  texts_.erase({kind, std::string(topic)});
  any_ = !texts_.empty();
}

bool KafkaErrors::has(Kind kind) const {
  const std::lock_guard lock(mutex_);
  const auto first = texts_.lower_bound({kind, ""});
  return first != texts_.end() && first->first.first == kind;
}

std::string KafkaErrors::text(Kind kind, std::string_view topic) const {
  if (!any()) return "";
  const std::lock_guard lock(mutex_);
  const auto found = texts_.find({kind, std::string(topic)});
  return found == texts_.end() ? "" : found->second;
}

std::string KafkaErrors::worst() const {
  const std::lock_guard lock(mutex_);
  return texts_.empty() ? "" : texts_.begin()->second;
}

}  // namespace faultprint::ingest
