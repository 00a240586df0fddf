#include "ingest/json_tokens.h"

#include "ingest/timestamp.h"

namespace faultprint::ingest {

namespace {

std::string_view skip_digits(std::string_view text) {
  while (!text.empty() && text[0] >= '0' && text[0] <= '9') text.remove_prefix(1);
  return text;
}

Error skip_members(ondemand::object& object, int depth) {
  for (auto member : object) {
    ondemand::field field;
    if (const Error error = std::move(member).get(field)) return error;
    std::string_view key;
    if (const Error error = key_of(field, key)) return error;
    if (const Error error = skip(field.value(), depth)) return error;
  }
  return simdjson::SUCCESS;
}

Error skip_items(ondemand::array& array, int depth) {
  for (auto item : array) {
    if (item.error()) return item.error();
    ondemand::value value = item.value_unsafe();
    if (const Error error = skip(value, depth)) return error;
  }
  return simdjson::SUCCESS;
}

}  // namespace

bool is_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  std::string_view rest = skip_digits(text);
  if (rest.size() == text.size() || (text[0] == '0' && text.size() - rest.size() > 1)) return false;
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    const std::string_view after = skip_digits(rest);
    if (after.size() == rest.size()) return false;
    rest = after;
  }
  if (rest.starts_with('e') || rest.starts_with('E')) {
    rest.remove_prefix(1);
    if (rest.starts_with('+') || rest.starts_with('-')) rest.remove_prefix(1);
    const std::string_view after = skip_digits(rest);
    if (after.size() == rest.size()) return false;
    rest = after;
  }
  return rest.empty();
}

bool is_scalar(std::string_view token) {
  return token == "true" || token == "false" || token == "null" || is_number(token);
}

bool spells_no_number(std::string_view token) {
  for (const char* word : {"NaN", "nan", "Infinity", "-Infinity", "inf", "-inf"})
    if (token == word) return true;
  return false;
}

Error time_of(ondemand::value& value, std::string_view token, config::TimeUnit unit,
              const Zone& zone, std::optional<std::int64_t>& time) {
  if (token[0] == '"') {
    std::string_view text;
    if (const Error error = text_of(value, token, text)) return error;
    const bool rfc3339 = unit == config::TimeUnit::automatic || unit == config::TimeUnit::rfc3339;
    time = rfc3339 ? parse_rfc3339(text, zone) : time_from_text(text, unit);
    return simdjson::SUCCESS;
  }
  if (is_number(token)) {
    time = time_from_text(token, unit);
    return simdjson::SUCCESS;
  }
  return is_container(token) || is_scalar(token) ? simdjson::SUCCESS : simdjson::TAPE_ERROR;
}

Error skip(ondemand::value& value, int depth) {
  const std::string_view token = token_of(value);
  std::string_view text;
  if (token[0] == '"') return text_of(value, token, text);
  if (!is_container(token)) return is_scalar(token) ? simdjson::SUCCESS : simdjson::TAPE_ERROR;
  if (depth >= kMaxDepth) return simdjson::DEPTH_ERROR;
  if (token[0] == '[') {
    ondemand::array array;
    if (const Error error = value.get_array().get(array)) return error;
    return skip_items(array, depth + 1);
  }
  ondemand::object object;
  if (const Error error = value.get_object().get(object)) return error;
  return skip_members(object, depth + 1);
}

}  // namespace faultprint::ingest
