// Bytes of a snapshot: fixed-width little-endian numbers, counted text. Readers check every length
// against what is left, so a damaged file is an error and never a wild allocation.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <functional>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

namespace faultprint::ingest {

static_assert(std::endian::native == std::endian::little, "snapshots are little-endian");

// Of what is written. An older one is read as far back as kOldestState; what it does not have, an
// element or an alarm begins without.
// 5: alarms that are held up for flapping, and what is remembered for that; alarms that are folded;
//    elements that are silent.
// 6: when an alarm was detected, and the time of the record read last.
constexpr int kStateVersion = 6;
constexpr int kOldestState = 4;

class StateError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Where a writer's bytes go, piece by piece.
using StateSink = std::function<void(std::string_view)>;

// Where a reader's come from. A piece is valid until the next one is asked for.
struct StatePieces {
  std::size_t size = 0;                    // of all
  std::function<std::string_view()> next;  // empty: there are no more
};

class StateWriter {
 public:
  StateWriter() = default;  // keeps all
  // Hands on what it has now and then, so that it never keeps much; flush() hands on the rest.
  explicit StateWriter(StateSink sink) : sink_(std::move(sink)), most_(kPiece) {}

  template <typename T>
  requires std::is_arithmetic_v<T>
  void put(T value) { append(reinterpret_cast<const char*>(&value), sizeof value); }
  void put(std::string_view text) {
    put(static_cast<std::uint32_t>(text.size()));
    append(text.data(), text.size());
  }
  template <typename T>
  void put_all(std::span<const T> values) {
    append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
  }
  void flush() {
    if (sink_ && !bytes_.empty()) sink_(bytes_);
    if (sink_) bytes_.clear();
  }
  const std::string& bytes() const { return bytes_; }
  std::string take() { return std::move(bytes_); }

 private:
  static constexpr std::size_t kPiece = 128 * 1024;

  void append(const char* bytes, std::size_t size) {
    bytes_.append(bytes, size);
    if (bytes_.size() >= most_) flush();
  }

  std::string bytes_;
  StateSink sink_;
  std::size_t most_ = std::numeric_limits<std::size_t>::max();
};

class StateReader {
 public:
  explicit StateReader(std::string_view bytes, int version = kStateVersion)
      : at_hand_(bytes), version_(version) {}
  StateReader(StatePieces pieces, int version)
      : to_come_(pieces.size), next_(std::move(pieces.next)), version_(version) {}
  StateReader(const StateReader&) = delete;
  StateReader& operator=(const StateReader&) = delete;

  int version() const { return version_; }

  template <typename T>
  requires std::is_arithmetic_v<T> T get() {
    T value;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }
  std::string_view get_text() { return take(get<std::uint32_t>()); }  // until something else is got
  template <typename T>
  void get_all(std::span<T> values) {
    const std::string_view bytes = take(values.size_bytes());
    if (!bytes.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
  }
  bool at_end() const { return at_hand_.empty() && to_come_ == 0; }

 private:
  std::string_view take(std::size_t size) {
    if (size > at_hand_.size()) fetch(size);
    const std::string_view taken = at_hand_.substr(0, size);
    at_hand_.remove_prefix(size);
    return taken;
  }
  void fetch(std::size_t size);

  std::string_view at_hand_;
  std::size_t to_come_ = 0;  // bytes, of pieces not asked for yet
  std::function<std::string_view()> next_;
  std::string joined_;  // what at_hand_ is of, where it is of pieces
  int version_;
};

}  // namespace faultprint::ingest
