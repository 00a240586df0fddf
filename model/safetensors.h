// The safetensors file format (https://github.com/huggingface/safetensors): an 8-byte little-endian
// length, a JSON header, then the tensors' bytes. Its metadata is string to string.
#pragma once

#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace faultprint::model {

class ModelError : public std::runtime_error {  // "<file>: what is wrong"
 public:
  using std::runtime_error::runtime_error;
};

// What a JSON library says, as one line of ASCII: its words hold the bytes that it could not read.
std::string plain(std::string words);

struct Tensor {
  std::string dtype;  // F32, I32, U8, ...
  std::vector<std::int64_t> shape;
  std::string bytes;  // row-major, little-endian
};

struct Safetensors {
  std::map<std::string, std::string> metadata;
  std::map<std::string, Tensor> tensors;
};

std::string to_bytes(const Safetensors& file);
// Checks everything: lengths, shapes against byte ranges, overlaps, holes. ModelError naming
// `path`.
Safetensors from_bytes(std::string_view bytes, const std::string& path);

Safetensors read_safetensors(const std::string& path);
// Writes beside, syncs and renames: a reader sees the old file or the new one.
void write_safetensors(const Safetensors& file, const std::string& path);

}  // namespace faultprint::model
