#include "ingest/json_flatten.h"

#include <doctest/doctest.h>

namespace faultprint::ingest {
namespace json_flatten_test {

std::string flat_text(const Observation& object) {
  std::string text;
  for (const ObservedValue& value : object.values)
    text += value.name + (value.kind == ObservedValue::Kind::text
                              ? "='" + value.text + "' "
                              : "=" + std::to_string(static_cast<int>(value.number)) + " ");
  return text;
}

TEST_CASE("every value has its pointer, null has none") {
  JsonFlattener flattener;
  FlatJson flat;
  REQUIRE(flattener.flatten(R"({"a":{"b/c":1,"d~":true},"e":"x","f":null,"":2})", flat));
  REQUIRE(flat.objects.size() == 1);
  CHECK(flat_text(flat.objects[0]) == "/a/b~1c=1 /a/d~0=1 /e='x' /=2 ");
  CHECK_FALSE(flat.is_array);
}

TEST_CASE("an array's objects stand apart, arrays further in are named") {
  JsonFlattener flattener;
  FlatJson flat;
  REQUIRE(flattener.flatten(R"([{"a":1,"l":[1,2]},7,{"a":2}])", flat));
  CHECK(flat.is_array);
  REQUIRE(flat.objects.size() == 2);
  CHECK(flat_text(flat.objects[1]) == "/a=2 ");
  CHECK(flat.arrays == std::vector<std::string>{"/l"});
}

TEST_CASE("what is no object is refused") {
  JsonFlattener flattener;
  FlatJson flat;
  for (const char* text : {"", "7", "[]", "[1]", "{\"a\":", "hello", "{} {}"})
    CHECK_FALSE(flattener.flatten(text, flat));
}

TEST_CASE("deep nesting ends without harm") {
  std::string text;
  for (int i = 0; i < 500; ++i) text += R"({"a":)";
  text += "1" + std::string(500, '}');
  JsonFlattener flattener;
  FlatJson flat;
  REQUIRE(flattener.flatten(text, flat));
  CHECK(flat.objects[0].values.empty());
  CHECK(flat.arrays.size() == 1);
}

}  // namespace json_flatten_test
}  // namespace faultprint::ingest
