// Bytes of a snapshot: fixed-width little-endian numbers, counted text. Readers check every length
// against what is left, so a damaged file is an error and never a wild allocation.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
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

class StateWriter {
 public:
  template <typename T>
  requires std::is_arithmetic_v<T>
  void put(T value) { bytes_.append(reinterpret_cast<const char*>(&value), sizeof value); }
  void put(std::string_view text) {
    put(static_cast<std::uint32_t>(text.size()));
    bytes_.append(text);
  }
  template <typename T>
  void put_all(std::span<const T> values) {
    bytes_.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
  }
  const std::string& bytes() const { return bytes_; }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

class StateReader {
 public:
  explicit StateReader(std::string_view bytes, int version = kStateVersion)
      : left_(bytes), version_(version) {}

  int version() const { return version_; }

  template <typename T>
  requires std::is_arithmetic_v<T> T get() {
    T value;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }
  std::string_view get_text() { return take(get<std::uint32_t>()); }
  template <typename T>
  void get_all(std::span<T> values) {
    const std::string_view bytes = take(values.size_bytes());
    if (!bytes.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
  }
  bool at_end() const { return left_.empty(); }

 private:
  std::string_view take(std::size_t size) {
    if (size > left_.size()) throw StateError("ends too early");
    const std::string_view taken = left_.substr(0, size);
    left_.remove_prefix(size);
    return taken;
  }
  std::string_view left_;
  int version_;
};

}  // namespace faultprint::ingest
