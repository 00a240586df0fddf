#include "tests/fuzz/mutation.h"

#include <algorithm>
#include <array>
#include <random>
#include <string_view>

namespace faultprint::fuzz {
namespace {

constexpr std::size_t kMost = 1 << 16;  // bytes of a mutated input, as far as it grew

constexpr std::array<std::string_view, 16> kNumbers = {
    "0",     "-1",     "-0.0",   "1e999", "1e-999", "99999999999999999999999999", "2147483648",
    "-9e18", "0.1e+1", "9e9999", "NaN",   "0x1F",   "18446744073709551616",       "4294967296",
    "007",   "1."};
constexpr std::array<std::string_view, 10> kBytes = {
    "\xFF", "\xC3",    "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xEF\xBB\xBF",
    "\"",   "\\ud800", "\r\n",         "\x1f\x8b",         std::string_view("\0", 1)};
constexpr std::array<std::string_view, 6> kNests = {"[", "{\"a\":", "[{", "{a: ", "- ", "\""};

class Mutation {
 public:
  Mutation(std::string& text, const std::string& other, std::uint64_t seed)
      : text_(text), other_(other), random_(seed) {}

  void once() {
    switch (below(12)) {
      case 0:
        return flip_bit();
      case 1:
        return set_byte();
      case 2:
        return text_.resize(place());
      case 3:
        return remove();
      case 4:
        return double_some();
      case 5:
        return splice();
      case 6:
        return replace_number();
      case 7:
        return insert(kBytes[below(kBytes.size())]);
      case 8:
        return nest();
      case 9:
        return repeat();
      case 10:
        return swap();
      default:
        return insert(other_chunk());
    }
  }
  std::size_t below(std::size_t n) { return n == 0 ? 0 : random_() % n; }

 private:
  std::size_t place() { return below(text_.size() + 1); }
  std::size_t some() { return 1 + below(below(4) == 0 ? 256 : 8); }
  std::string_view other_chunk() {
    return std::string_view(other_).substr(below(other_.size() + 1), some());
  }
  void insert(std::string_view chunk) { text_.insert(place(), chunk); }

  void flip_bit() {
    if (text_.empty()) return;
    char& byte = text_[below(text_.size())];
    byte = static_cast<char>(byte ^ (1 << below(8)));
  }
  void set_byte() {
    if (!text_.empty()) text_[below(text_.size())] = static_cast<char>(below(256));
  }
  void remove() { text_.erase(place(), some()); }
  void double_some() {
    const std::size_t at = place();
    const std::string chunk = text_.substr(at, some());
    text_.insert(at, chunk);
  }
  void splice() { text_ = text_.substr(0, place()) + other_.substr(below(other_.size() + 1)); }
  void replace_number() {
    const std::size_t begin = text_.find_first_of("0123456789", place());
    if (begin == std::string::npos) return;
    const std::size_t end = std::min(text_.find_first_not_of("0123456789.", begin), text_.size());
    text_.replace(begin, end - begin, kNumbers[below(kNumbers.size())]);
  }
  void nest() {
    const std::string_view opening = kNests[below(kNests.size())];
    std::string deep;
    for (std::size_t depth = some() * (below(8) == 0 ? 20 : 1); depth > 0; --depth) deep += opening;
    insert(deep);
  }
  void repeat() {
    const std::size_t at = place();
    const std::string chunk = text_.substr(at, some());
    std::string all;
    for (std::size_t times = below(64); times > 0; --times) all += chunk;
    text_.insert(at, all);
  }
  void swap() {
    if (text_.empty()) return;
    std::swap(text_[below(text_.size())], text_[below(text_.size())]);
  }

  std::string& text_;
  const std::string& other_;
  std::mt19937_64 random_;  // its numbers are the standard's, everywhere the same
};

}  // namespace

std::string mutated(std::string input, const std::string& other, std::uint64_t seed) {
  Mutation mutation(input, other, seed);
  for (std::size_t times = 1 + mutation.below(4); times > 0; --times) mutation.once();
  if (input.size() > kMost) input.resize(kMost);
  return input;
}

}  // namespace faultprint::fuzz
