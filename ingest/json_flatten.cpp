#include "ingest/json_flatten.h"

#include <cmath>

#include "ingest/json_events.h"

namespace faultprint::ingest {

namespace {

constexpr int kMaxFlatDepth = 32;

std::string pointer_to(const std::string& parent, std::string_view key) {
  std::string pointer = parent + '/';
  for (const char c : key) {
    if (c == '~' || c == '/')
      pointer += c == '~' ? "~0" : "~1";
    else
      pointer += c;
  }
  return pointer;
}

void add_flat(dom::element value, const std::string& pointer, Observation& object) {
  using Kind = ObservedValue::Kind;
  const Value read = value_of(value);
  if (read.kind == Value::Kind::number && std::isfinite(read.number))
    object.values.push_back({pointer, Kind::number, read.number, ""});
  else if (read.kind == Value::Kind::boolean)
    object.values.push_back({pointer, Kind::boolean, read.number, ""});
  else if (read.kind == Value::Kind::text)
    object.values.push_back({pointer, Kind::text, 0, std::string(read.text)});
}

void flatten_object(dom::object members, const std::string& parent, int depth, Observation& object,
                    std::vector<std::string>& arrays) {
  for (const auto [key, value] : members) {
    const std::string pointer = pointer_to(parent, key);
    dom::object inner;
    if (value.is_array() || (value.is_object() && depth >= kMaxFlatDepth))
      arrays.push_back(pointer);
    else if (!value.get_object().get(inner))
      flatten_object(inner, pointer, depth + 1, object, arrays);
    else
      add_flat(value, pointer, object);
  }
}

}  // namespace

struct JsonFlattener::Impl {
  dom::parser parser;
  std::vector<dom::element> items;
};

JsonFlattener::JsonFlattener() : impl_(std::make_unique<Impl>()) {}
JsonFlattener::~JsonFlattener() = default;

bool JsonFlattener::flatten(std::string_view text, FlatJson& flat) {
  flat = {};
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  dom::element root;
  if (text.empty() || impl_->parser.parse(text.data(), text.size()).get(root)) return false;
  flat.is_array = root.is_array();
  impl_->items.clear();
  collect_items(root, impl_->items);
  for (const dom::element item : impl_->items) {
    dom::object members;
    if (item.get_object().get(members)) continue;
    flatten_object(members, "", 0, flat.objects.emplace_back(), flat.arrays);
  }
  return !flat.objects.empty();
}

}  // namespace faultprint::ingest
