#include "ingest/tokens.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>

namespace faultprint::ingest {
namespace {

int hashed(std::string_view token, int buckets) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : token) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return 1 + static_cast<int>(hash % static_cast<std::uint64_t>(buckets - 1));
}

bool separates_words(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// Bytes of the UTF-8 character that the text begins with; 1 where it is none.
std::size_t character_size(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
  if (size > text.size()) return 1;
  for (std::size_t i = 1; i < size; ++i)
    if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) return 1;
  return size;
}

// Of a character as character_size() found it.
std::uint32_t code_point(std::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  if (character.size() == 1) return first;
  std::uint32_t code = first & (0xffU >> (character.size() + 1));
  for (const char c : character.substr(1))
    code = code << 6 | (static_cast<unsigned char>(c) & 0x3f);
  return code;
}

// Takes the next token off the text; empty at its end.
std::string_view next_token(std::string_view& text, config::TokenSplit tokens) {
  std::size_t size = 0;
  if (tokens == config::TokenSplit::characters) {
    size = text.empty() ? 0 : character_size(text);
  } else {
    text.remove_prefix(static_cast<std::size_t>(
        std::find_if_not(text.begin(), text.end(), separates_words) - text.begin()));
    size = static_cast<std::size_t>(std::find_if(text.begin(), text.end(), separates_words) -
                                    text.begin());
  }
  const std::string_view token = text.substr(0, size);
  text.remove_prefix(size);
  return token;
}

int character_token(std::string_view character, int buckets) {
  const std::uint32_t code = code_point(character);
  return code > 0 && code < static_cast<std::uint32_t>(buckets) ? static_cast<int>(code)
                                                                : hashed(character, buckets);
}

int state_token(std::string_view state, int buckets) {
  double number = 0;
  const char* const end = state.data() + state.size();
  const auto [last, error] = std::from_chars(state.data(), end, number);
  if (error != std::errc() || last != end || !std::isfinite(number)) return hashed(state, buckets);
  std::array<char, 32> text;
  const auto written = std::to_chars(text.data(), text.data() + text.size(),
                                     number == 0 ? 0.0 : number);  // -0 is 0
  return hashed({text.data(), static_cast<std::size_t>(written.ptr - text.data())}, buckets);
}

}  // namespace

int token_of(const config::KpiSpec& kpi, std::string_view token) {
  if (token.empty()) return 0;
  if (kpi.kind == config::KpiKind::state) return state_token(token, kpi.buckets);
  if (kpi.tokens == config::TokenSplit::words) return hashed(token, kpi.buckets);
  return character_size(token) == token.size() ? character_token(token, kpi.buckets) : 0;
}

void write_tokens(const config::KpiSpec& kpi, std::string_view text, std::span<double> cells) {
  std::fill(cells.begin(), cells.end(), text.empty() ? kMissing : 0.0);
  if (text.empty()) return;
  if (kpi.kind == config::KpiKind::state) {
    cells[0] = state_token(text, kpi.buckets);
    return;
  }
  for (double& cell : cells) {
    const std::string_view token = next_token(text, kpi.tokens);
    if (token.empty()) break;
    cell = token_of(kpi, token);
  }
}

TokenFields::TokenFields(std::size_t fields, std::vector<config::KpiSpec> kpis)
    : numbers_(fields - kpis.size()), kpis_(std::move(kpis)), begins_{numbers_} {
  for (const config::KpiSpec& kpi : kpis_)
    begins_.push_back(begins_.back() + static_cast<std::size_t>(kpi.length));
}

void TokenFields::clear(KpiSample& sample) const {
  sample.values.assign(begins_.back(), kMissing);
  sample.texts.assign(kpis_.size(), {});
}

void TokenFields::read(std::size_t field, std::string_view text, KpiSample& sample) const {
  const std::size_t which = field - numbers_;
  sample.texts[which] = text;
  write_tokens(
      kpis_[which], text,
      std::span(sample.values).subspan(begins_[which], begins_[which + 1] - begins_[which]));
}

}  // namespace faultprint::ingest
