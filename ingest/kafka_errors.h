// What is wrong with the Kafka connection at the moment.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace faultprint::ingest {

// Thread-safe. Each problem stays until something shows that it is over.
class KafkaErrors {
 public:
  enum class Kind {
    fatal,       // never over
    connection,  // over when a broker answers
    group,       // over with an assignment
    topic,       // over with a record or an assignment of that topic
  };

  void set(Kind kind, std::string_view topic, std::string_view text);
  void clear(Kind kind, std::string_view topic = "");

  bool any() const { return any_.load(std::memory_order_relaxed); }
  bool has(Kind kind) const;
  std::string text(Kind kind, std::string_view topic) const;
  std::string worst() const;  // "" when there is none

 private:
  mutable std::mutex mutex_;
  std::map<std::pair<Kind, std::string>, std::string> texts_;
  std::atomic<bool> any_{false};
};

}  // namespace faultprint::ingest
