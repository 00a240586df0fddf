// A step of an encoder's network: `infer` for use, `forward` and `backward` for training.
//
// A matrix has one window a row; what a row holds (features, or time steps x channels with time
// first) is told by each layer. Every backward pass is written by hand.
#pragma once

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "model/matrix.h"

namespace faultprint::model {

using Random = std::mt19937_64;

// Something a layer learns.
struct Parameter {
  std::string name;  // within its layer
  Matrix* value;
  Matrix* gradient;  // of the same shape; set anew by every backward pass
  bool decays;       // by weight decay: weights yes, biases and scales no
};

class Layer {
 public:
  virtual ~Layer() = default;

  virtual int inputs() const = 0;   // columns
  virtual int outputs() const = 0;  // columns
  // input: rows x inputs(), contiguous. output becomes rows x outputs(). With rows a multiple of 8
  // and at least 24, a row's result does not depend on the others. workspace: anything.
  virtual void infer(const float* input, Eigen::Index rows, Matrix& output,
                     Matrix& workspace) const = 0;
  // Keeps `input` by pointer, and what backward needs; valid until the next forward. training:
  // dropout is on.
  virtual const Matrix& forward(const Matrix& input, bool training, Random& random) = 0;
  // gradient: dL/d output of the last forward. Sets the parameters' gradients, and dL/d input
  // where it is asked for.
  virtual void backward(const Matrix& gradient, Matrix* input_gradient) = 0;
  virtual std::vector<Parameter> parameters() { return {}; }
  virtual std::unique_ptr<Layer> clone() const = 0;
  // The parameters are final: from now on infer() may be faster. parameters() takes that back.
  virtual void prepare() {}
  // Absent from the exported encoder (dropout).
  virtual bool training_only() const { return false; }
  // For forward and backward; the result is the same bits with any number.
  void use_threads(int threads) { threads_ = threads; }

 protected:
  Layer() = default;
  Layer(const Layer&) = default;
  Layer& operator=(const Layer&) = default;

  int threads_ = 1;
};

// c = op(a) op(b), by the kernel library; c is resized, or added to with `accumulate`.
void gemm(bool transpose_a, bool transpose_b, const Matrix& a, const Matrix& b, Matrix& c,
          bool accumulate = false);

// Independent normal values of the given standard deviation.
Matrix random_weights(Eigen::Index rows, Eigen::Index cols, double deviation, Random& random);

}  // namespace faultprint::model
