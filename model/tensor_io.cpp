#include "model/tensor_io.h"

#include <cmath>
#include <cstring>
#include <stdexcept>

namespace faultprint::model {

Tensor tensor_of(const float* data, std::vector<std::int64_t> shape) {
  std::int64_t count = 1;
  for (const auto n : shape) count *= n;
  return {"F32", std::move(shape),
          std::string(reinterpret_cast<const char*>(data), static_cast<std::size_t>(count) * 4)};
}

Tensor tensor_of(const Matrix& m) { return tensor_of(m.data(), {m.rows(), m.cols()}); }

const Tensor& tensor(const Safetensors& file, const std::string& name, const char* dtype,
                     std::size_t rank) {
  const auto found = file.tensors.find(name);
  if (found == file.tensors.end()) throw std::invalid_argument("tensor '" + name + "' is missing");
  if (found->second.dtype != dtype || found->second.shape.size() != rank)
    throw std::invalid_argument("tensor '" + name + "' has another type or rank");
  return found->second;
}

Matrix matrix(const Safetensors& file, const std::string& name) {
  const Tensor& t = tensor(file, name, "F32", 2);
  Matrix m(t.shape[0], t.shape[1]);
  std::memcpy(m.data(), t.bytes.data(), t.bytes.size());
  if (!m.allFinite()) throw std::invalid_argument("tensor '" + name + "' holds NaN or infinity");
  return m;
}

std::vector<float> floats(const Safetensors& file, const std::string& name) {
  const Tensor& t = tensor(file, name, "F32", 1);
  std::vector<float> values(t.bytes.size() / 4);
  std::memcpy(values.data(), t.bytes.data(), t.bytes.size());
  for (const float value : values)
    if (!std::isfinite(value))
      throw std::invalid_argument("tensor '" + name + "' holds NaN or infinity");
  return values;
}

}  // namespace faultprint::model
