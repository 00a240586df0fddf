// Matrices to and from the tensors of a safetensors file, checked.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/matrix.h"
#include "model/safetensors.h"

namespace faultprint::model {

// F32. data: as many values as the shape says.
Tensor tensor_of(const float* data, std::vector<std::int64_t> shape);
Tensor tensor_of(const Matrix& m);

// These throw std::invalid_argument, naming the tensor, where it is missing, of another type or
// rank, or, for the latter two (F32 of rank 2 and 1), not finite.
const Tensor& tensor(const Safetensors& file, const std::string& name, const char* dtype,
                     std::size_t rank);
Matrix matrix(const Safetensors& file, const std::string& name);
std::vector<float> floats(const Safetensors& file, const std::string& name);

}  // namespace faultprint::model
