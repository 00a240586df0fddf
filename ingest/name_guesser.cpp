#include "ingest/name_guesser.h"

#include <algorithm>

namespace faultprint::ingest {

namespace {

// Bounds the memory that ever new names can take.
constexpr std::size_t kMaxUnknownNames = 8192;
constexpr std::size_t kMaxUnknownBytes = 256;

bool is_plain(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
  });
}

}  // namespace

NameGuesser::NameGuesser(const std::vector<std::string>& fields) : names_(1), globs_(fields) {
  for (std::size_t i = 0; i < fields.size(); ++i) add(fields[i], static_cast<int>(i));
}

std::size_t NameGuesser::add(std::string_view text, int field) {
  const auto [place, is_new] = by_text_.try_emplace(std::string(text), names_.size());
  if (is_new) names_.push_back({std::string(text), field, 0, is_plain(text)});
  return place->second;
}

int NameGuesser::find(std::string_view key) {
  std::size_t index = 0;
  if (const auto known = by_text_.find(key); known != by_text_.end()) {
    index = known->second;
  } else if (by_text_.size() < kMaxUnknownNames && key.size() <= kMaxUnknownBytes) {
    index = add(key, globs_.match(key));
  } else {
    return globs_.match(key);
  }
  names_[last_].next = index;
  last_ = index;
  return names_[index].field;
}

}  // namespace faultprint::ingest
