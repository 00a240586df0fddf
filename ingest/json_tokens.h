// Reading simdjson's On-Demand values: the parts of JSON's grammar it leaves to its caller.
// Internal to the JSON decoder.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "config/config.h"
#include "ingest/timestamp.h"

namespace faultprint::ingest {

namespace ondemand = simdjson::ondemand;
using Error = simdjson::error_code;

constexpr int kMaxDepth = 256;  // of nesting: deeper documents are refused, the stack is finite

bool is_number(std::string_view token);
// A token that is neither text nor a container.
bool is_scalar(std::string_view token);
// NaN, Infinity and the like: no JSON, but plain what is meant.
bool spells_no_number(std::string_view token);
inline bool is_container(std::string_view token) { return token[0] == '{' || token[0] == '['; }

// The value's text up to the next token, without the blanks between; never empty.
inline std::string_view token_of(ondemand::value& value) {
  std::string_view token = value.raw_json_token();
  while (token.size() > 1 && static_cast<unsigned char>(token.back()) <= ' ')
    token.remove_suffix(1);
  return token;
}

// Unescaped where needed; valid until the parser's next document. At most once a value.
inline Error text_of(ondemand::value& value, std::string_view token, std::string_view& text) {
  if (token.find('\\') != std::string_view::npos) return value.get_string().get(text);
  if (token.size() < 2 || token.back() != '"') return simdjson::STRING_ERROR;
  text = token.substr(1, token.size() - 2);
  return simdjson::SUCCESS;
}
inline Error key_of(ondemand::field& field, std::string_view& key) {
  const char* const raw = field.key().raw();
  // The indexing stage has seen that every string is closed.
  const char* const quote = static_cast<const char*>(std::strchr(raw, '"'));
  if (quote == nullptr) return simdjson::STRING_ERROR;
  key = {raw, static_cast<std::size_t>(quote - raw)};
  if (key.find('\\') == std::string_view::npos) return simdjson::SUCCESS;
  return field.unescaped_key().get(key);
}

// A number in the unit, or text: RFC 3339, or digits where a unit is asked for by name. Nothing
// where the value is of another kind or no time.
Error time_of(ondemand::value& value, std::string_view token, config::TimeUnit unit,
              const Zone& zone, std::optional<std::int64_t>& time);

// Checks a value that nobody asks for: simdjson alone would accept any tokens there.
Error skip(ondemand::value& value, int depth);

}  // namespace faultprint::ingest
