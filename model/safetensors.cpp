#include "model/safetensors.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>

namespace faultprint::model {
namespace {

using Json = nlohmann::json;

constexpr std::uint64_t kMaxHeader = 100'000'000;  // the format's own limit

const std::map<std::string, int> kSizes = {
    {"F64", 8},  {"I64", 8}, {"U64", 8}, {"F32", 4}, {"I32", 4}, {"U32", 4}, {"F16", 2},
    {"BF16", 2}, {"I16", 2}, {"U16", 2}, {"I8", 1},  {"U8", 1},  {"BOOL", 1}};

std::uint64_t expected_bytes(const Tensor& tensor) {
  const auto size = kSizes.find(tensor.dtype);
  if (size == kSizes.end()) throw std::invalid_argument("has the unknown type " + tensor.dtype);
  std::uint64_t bytes = static_cast<std::uint64_t>(size->second);
  for (const std::int64_t extent : tensor.shape) {
    if (extent < 0) throw std::invalid_argument("has a negative extent");
    const auto n = static_cast<std::uint64_t>(extent);
    if (n != 0 && bytes > std::numeric_limits<std::uint64_t>::max() / n)
      throw std::invalid_argument("has an impossible shape");
    bytes *= n;
  }
  return bytes;
}

struct Range {
  std::uint64_t begin;
  std::uint64_t end;
};

Tensor read_tensor(const Json& entry, std::string_view data, std::vector<Range>& ranges) {
  Tensor tensor;
  tensor.dtype = entry.at("dtype").get<std::string>();
  tensor.shape = entry.at("shape").get<std::vector<std::int64_t>>();
  const auto offsets = entry.at("data_offsets").get<std::vector<std::uint64_t>>();
  if (offsets.size() != 2 || offsets[0] > offsets[1] || offsets[1] > data.size())
    throw std::invalid_argument("lies outside the file");
  if (offsets[1] - offsets[0] != expected_bytes(tensor))
    throw std::invalid_argument("has bytes that do not fit its shape");
  tensor.bytes = data.substr(offsets[0], offsets[1] - offsets[0]);
  ranges.push_back({offsets[0], offsets[1]});
  return tensor;
}

void check_cover(std::vector<Range> ranges, std::uint64_t size) {
  std::sort(ranges.begin(), ranges.end(), [](const Range& a, const Range& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.end < b.end;
  });
  std::uint64_t at = 0;
  for (const Range& range : ranges) {
    if (range.begin != at) throw std::invalid_argument("tensors overlap or leave a hole");
    at = range.end;
  }
  if (at != size) throw std::invalid_argument("bytes follow the last tensor");
}

void sync_and_rename(int fd, const std::string& from, const std::string& to) {
  const bool synced = fsync(fd) == 0;
  if (close(fd) != 0 || !synced || std::rename(from.c_str(), to.c_str()) != 0) {
    const std::string why = std::strerror(errno);
    unlink(from.c_str());
    throw ModelError(to + ": cannot be written: " + why);
  }
}

}  // namespace

std::string plain(std::string words) {
  for (char& c : words)
    if (c < ' ' || c > '~') c = '?';
  return words;
}

std::string to_bytes(const Safetensors& file) {
  Json header = Json::object();
  if (!file.metadata.empty()) header["__metadata__"] = file.metadata;
  std::uint64_t at = 0;
  for (const auto& [name, tensor] : file.tensors) {
    header[name] = {{"dtype", tensor.dtype},
                    {"shape", tensor.shape},
                    {"data_offsets", {at, at + tensor.bytes.size()}}};
    at += tensor.bytes.size();
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');  // so that tensors start aligned
  std::string bytes(8, '\0');
  const std::uint64_t length = text.size();
  std::memcpy(bytes.data(), &length, sizeof length);
  bytes += text;
  for (const auto& [name, tensor] : file.tensors) bytes += tensor.bytes;
  return bytes;
}

Safetensors from_bytes(std::string_view bytes, const std::string& path) {
  try {
    std::uint64_t length = 0;
    if (bytes.size() < sizeof length) throw std::invalid_argument("is too short");
    std::memcpy(&length, bytes.data(), sizeof length);
    if (length > kMaxHeader || length > bytes.size() - sizeof length)
      throw std::invalid_argument("its header is longer than the file");
    const Json header = Json::parse(bytes.substr(sizeof length, length));
    if (!header.is_object()) throw std::invalid_argument("its header is not an object");
    const std::string_view data = bytes.substr(sizeof length + length);
    Safetensors file;
    std::vector<Range> ranges;
    for (const auto& [name, entry] : header.items()) {
      if (name == "__metadata__") {
        file.metadata = entry.get<std::map<std::string, std::string>>();
        continue;
      }
      try {
        file.tensors.emplace(name, read_tensor(entry, data, ranges));
      } catch (const std::exception& e) {
        throw std::invalid_argument("tensor '" + name + "' " + e.what());
      }
    }
    check_cover(std::move(ranges), data.size());
    return file;
  } catch (const Json::exception& e) {
    throw ModelError(path + ": not a usable safetensors file: " + plain(e.what()));
  } catch (const std::exception& e) {
    throw ModelError(path + ": not a usable safetensors file: " + e.what());
  }
}

Safetensors read_safetensors(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw ModelError(path + ": cannot be read: " + std::strerror(errno));
  std::ostringstream bytes;
  if (!(bytes << in.rdbuf())) throw ModelError(path + ": cannot be read, or is empty");
  return from_bytes(bytes.view(), path);
}

void write_safetensors(const Safetensors& file, const std::string& path) {
  const std::string bytes = to_bytes(file);
  const std::string temporary = path + ".tmp" + std::to_string(getpid());
  const int fd = open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) throw ModelError(path + ": cannot be written: " + std::strerror(errno));
  std::string_view left = bytes;
  while (!left.empty()) {
    const ssize_t n = write(fd, left.data(), left.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      const std::string why = std::strerror(errno);
      close(fd);
      unlink(temporary.c_str());
      throw ModelError(path + ": cannot be written: " + why);
    }
    left.remove_prefix(static_cast<std::size_t>(n));
  }
  sync_and_rename(fd, temporary, path);
}

}  // namespace faultprint::model
