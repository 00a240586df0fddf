#include "model/safetensors.h"

#include <doctest/doctest.h>

#include <cstring>
#include <nlohmann/json.hpp>

#include "file_bytes.h"

namespace faultprint::model {
namespace safetensors_test {

using Json = nlohmann::json;

Safetensors two_tensors() {
  Safetensors file;
  file.metadata = {{"about", "two \"tensors\"\nof é"}, {"empty", ""}};
  file.tensors["a"] = {"F32",
                       {2, 3},
                       std::string("\0\1\2\3\4\5\6\7\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f"
                                   "\x10\x11\x12\x13\x14\x15\x16\xff",
                                   24)};
  file.tensors["b"] = {"U8", {3}, std::string("x\0y", 3)};
  file.tensors["c"] = {"I32", {0}, ""};
  file.tensors["d"] = {"F64", {}, "12345678"};  // a scalar
  return file;
}

std::string with_header(const std::string& header, const std::string& data) {
  std::string bytes(8, '\0');
  const std::uint64_t length = header.size();
  std::memcpy(bytes.data(), &length, 8);
  return bytes + header + data;
}

// Why `bytes` is refused; "" when it is not.
std::string refusal(const std::string& bytes) {
  try {
    from_bytes(bytes, "m.safetensors");
  } catch (const ModelError& error) {
    return error.what();
  }
  return "";
}

TEST_CASE("what was written is read back") {
  const Safetensors file = two_tensors();
  const Safetensors read = from_bytes(to_bytes(file), "m");
  CHECK(read.metadata == file.metadata);
  REQUIRE(read.tensors.size() == 4);
  for (const auto& [name, tensor] : file.tensors) {
    CAPTURE(name);
    CHECK(read.tensors.at(name).dtype == tensor.dtype);
    CHECK(read.tensors.at(name).shape == tensor.shape);
    CHECK(read.tensors.at(name).bytes == tensor.bytes);
  }
  CHECK(to_bytes(read) == to_bytes(file));
  CHECK(from_bytes(to_bytes({}), "m").tensors.empty());
}

TEST_CASE("the bytes follow the published format") {
  const Safetensors file = two_tensors();
  const std::string bytes = to_bytes(file);
  std::uint64_t length = 0;  // 8 bytes, little-endian
  for (int i = 7; i >= 0; --i) length = length << 8 | static_cast<unsigned char>(bytes[i]);
  REQUIRE(length < bytes.size());
  CHECK(length % 8 == 0);
  CHECK(bytes[8] == '{');  // the header must begin with it, and may be padded with spaces
  const std::string text = bytes.substr(8, length);
  CHECK(text.find_last_not_of(' ') == text.rfind('}'));
  const Json header = Json::parse(text);
  CHECK(header.at("__metadata__").get<std::map<std::string, std::string>>() == file.metadata);
  const std::string data = bytes.substr(8 + length);
  std::size_t covered = 0;
  for (const auto& [name, tensor] : file.tensors) {
    const Json& entry = header.at(name);
    CHECK(entry.size() == 3);
    CHECK(entry.at("dtype") == tensor.dtype);
    CHECK(entry.at("shape") == Json(tensor.shape));
    const auto begin = entry.at("data_offsets").at(0).get<std::size_t>();  // from the data's start
    const auto end = entry.at("data_offsets").at(1).get<std::size_t>();
    CHECK(data.substr(begin, end - begin) == tensor.bytes);
    covered += end - begin;
  }
  CHECK(covered == data.size());  // no holes
}

TEST_CASE("a file of another writer is read: other order, padding, no metadata") {
  const std::string bytes =
      with_header(R"({"w":{"data_offsets":[4,12],"shape":[1,2],"dtype":"F32"},)"
                  R"("b":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}     )",
                  "bbbbwwwwwwww");
  const Safetensors file = from_bytes(bytes, "m");
  CHECK(file.metadata.empty());
  CHECK(file.tensors.at("w").bytes == "wwwwwwww");
  CHECK(file.tensors.at("b").bytes == "bbbb");
}

TEST_CASE("a file cut at any length is refused") {
  const std::string bytes = to_bytes(two_tensors());
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    CAPTURE(length);
    REQUIRE(refusal(bytes.substr(0, length)).starts_with("m.safetensors: "));
  }
  CHECK_FALSE(refusal(bytes + "x").empty());
}

TEST_CASE("a file with any byte flipped is read or refused, never more") {
  const std::string bytes = to_bytes(two_tensors());
  for (std::size_t i = 0; i < bytes.size(); ++i)
    for (const int flip : {1, 0x80, 0xff}) {
      std::string damaged = bytes;
      damaged[i] = static_cast<char>(damaged[i] ^ flip);
      try {
        from_bytes(damaged, "m");
      } catch (const ModelError&) {
      }
    }
}

TEST_CASE("hostile headers are refused") {
  const std::string tensor = R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})";
  REQUIRE(refusal(with_header(tensor, "12345678")).empty());
  const std::vector<std::string> table = {
      std::string("\xff\xff\xff\xff\xff\xff\xff\xff", 8),
      std::string("\xff\xff\xff\xff\xff\xff\xff\x7f", 8) + "{}",
      std::string("\xf9\xff\xff\xff\xff\xff\xff\xff", 8) + "{}",  // wraps around with the length
      with_header("", ""),
      with_header("[]", ""),
      with_header("null", ""),
      with_header("{", ""),
      with_header(std::string(200000, '['), ""),
      with_header(R"({"a":1})", ""),
      with_header(R"({"a":{}})", ""),
      with_header(R"({"a":{"dtype":"F32","shape":[2]}})", "12345678"),
      with_header(R"({"a":{"dtype":"F31","shape":[2],"data_offsets":[0,8]}})", "12345678"),
      with_header(R"({"a":{"dtype":4,"shape":[2],"data_offsets":[0,8]}})", "12345678"),
      with_header(R"({"a":{"dtype":"F32","shape":"2","data_offsets":[0,8]}})", "12345678"),
      with_header(R"({"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}})", "12345678"),
      with_header(R"({"a":{"dtype":"F64","shape":[2],"data_offsets":[0,8]}})", "12345678"),
      with_header(R"({"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}})", "12345678"),
      with_header(R"({"a":{"dtype":"F32","shape":[-1,-2],"data_offsets":[0,8]}})", "12345678"),
      // 2^62 floats: 2^64 bytes, which is 0 where it wraps around
      with_header(R"({"a":{"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,0]}})",
                  ""),
      with_header(R"({"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}})",
                  ""),
      with_header(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}})", "12345678"),
      with_header(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,9]}})", "12345678"),
      with_header(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}})", "12345678"),
      with_header(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}})", "12345678"),
      with_header(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}})", "12345678"),
      with_header(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}})", "12345678"),
      with_header(
          R"({"__metadata__":{"n":1},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})",
          "12345678"),
      with_header(R"({"__metadata__":"text"})", ""),
      // overlap, hole in the middle, hole in front, bytes behind
      with_header(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},)"
                  R"("b":{"dtype":"U8","shape":[6],"data_offsets":[2,8]}})",
                  "12345678"),
      with_header(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},)"
                  R"("b":{"dtype":"U8","shape":[3],"data_offsets":[5,8]}})",
                  "12345678"),
      with_header(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}})", "12345678"),
      with_header(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}})", "12345678"),
      with_header(R"({"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},)"
                  R"("b":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}})",
                  "12345678"),
  };
  for (std::size_t i = 0; i < table.size(); ++i) {
    CAPTURE(i);
    CHECK(refusal(table[i]).starts_with("m.safetensors: not a usable safetensors file: "));
  }
}

TEST_CASE("a header that is no JSON is told in one line of ASCII, whatever its bytes are") {
  for (const char* header : {"\xDB\xFF", "{\"\x01\xC3\"", "[\n\xE9"}) {
    const std::string message = refusal(with_header(header, ""));
    CHECK(message.starts_with("m.safetensors: not a usable safetensors file: "));
    for (const char c : message) CHECK((c >= ' ' && c <= '~'));
  }
}

TEST_CASE("a tensor that does not fit is named") {
  CHECK(refusal(with_header(R"({"enc.0":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}})",
                            "12345678"))
            .find("'enc.0'") != std::string::npos);
}

TEST_CASE("a file is written and read, a missing or empty one is refused by name") {
  const test::Folder folder;
  const std::string path = folder.file("m.safetensors");
  write_safetensors(two_tensors(), path);
  CHECK(test::read_bytes(path) == to_bytes(two_tensors()));
  CHECK(read_safetensors(path).tensors.size() == 4);
  Safetensors other;
  other.metadata["v"] = "2";
  write_safetensors(other, path);  // replaces
  CHECK(read_safetensors(path).metadata == other.metadata);
  const auto entries = std::filesystem::directory_iterator(folder.path());
  CHECK(std::distance(begin(entries), end(entries)) == 1);  // nothing temporary is left

  CHECK_THROWS_AS(read_safetensors(folder.file("none")), ModelError);
  test::write_bytes(folder.file("empty"), "");
  CHECK_THROWS_AS(read_safetensors(folder.file("empty")), ModelError);
  CHECK_THROWS_AS(write_safetensors(other, folder.file("no/such/folder")), ModelError);
  CHECK_THROWS_AS(read_safetensors(folder.path()), ModelError);
}

}  // namespace safetensors_test
}  // namespace faultprint::model
