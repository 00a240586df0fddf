// Bidirectional LSTM (Hochreiter and Schmidhuber, 1997; forget gates by Gers et al., 2000): the
// last state of a pass forwards in time and of one backwards, side by side.
//   i, f, o = sigmoid(x Wx + h Wh + b),  g = tanh(..),  c = f c + i g,  h = o tanh(c)
// A row is T steps x channels; the gates stand in the order i, f, g, o.
#pragma once

#include <vector>

#include "model/layers/layer.h"

namespace faultprint::model {

struct BilstmShape {
  int steps;     // T
  int channels;  // in
  int units;     // a direction
  // A step whose channels are all exactly 0 is skipped (padding of token sequences).
  bool masked = false;
  double recurrent_dropout = 0;  // of the state handed on, one mask for all steps of a pass
};

class Bilstm : public Layer {
 public:
  // Glorot for the input's weights, orthogonal recurrent ones, forget biases 1, others 0.
  Bilstm(const BilstmShape& shape, Random& random);

  int inputs() const override { return shape_.steps * shape_.channels; }
  int outputs() const override { return 2 * shape_.units; }
  void infer(const float* input, Eigen::Index rows, Matrix& output,
             Matrix& workspace) const override;
  const Matrix& forward(const Matrix& input, bool training, Random& random) override;
  void backward(const Matrix& gradient, Matrix* input_gradient) override;
  std::vector<Parameter> parameters() override;
  std::unique_ptr<Layer> clone() const override { return std::make_unique<Bilstm>(*this); }

 private:
  struct Direction {
    Matrix input_weights;      // channels x 4 units
    Matrix recurrent_weights;  // units x 4 units
    Matrix bias;               // 1 x 4 units
    Matrix input_gradient;     // of the three above
    Matrix recurrent_gradient;
    Matrix bias_gradient;
    // One entry a step, in the order in which this direction takes them:
    std::vector<Matrix> gates;   // B x 4 units, after their functions
    std::vector<Matrix> cells;   // B x units, after the step
    std::vector<Matrix> states;  // B x units, after the step, before dropout
    Matrix dropout;              // B x units; empty when off
  };

  // Steps first: T blocks of rows x channels.
  void by_step(const float* input, Eigen::Index rows, Matrix& steps) const;
  // One step: `gates` hold x Wx and become the gates' values; cell and state go one step on.
  void step(const Direction& d, const Matrix& inputs, const Matrix& handed, Matrix& gates,
            Matrix& cell, Matrix& state) const;
  void run(Direction& d, bool backwards, bool training, Random& random);
  void back(Direction& d, bool backwards, const Matrix& gradient, bool wanted);
  Eigen::Index place(int step, bool backwards) const {
    return backwards ? shape_.steps - 1 - step : step;
  }

  BilstmShape shape_;
  Direction forwards_;
  Direction backwards_;
  Matrix steps_;           // (T * B) x channels
  Matrix steps_gradient_;  // the same
  Matrix output_;
};

}  // namespace faultprint::model
