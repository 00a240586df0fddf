#include "model/layers/bilstm.h"

#include <cmath>

#include "model/layers/dropout.h"

namespace faultprint::model {
namespace {

// The columns made orthonormal by Gram's and Schmidt's method; the second pass takes away what
// rounding left of the first.
void orthonormalise(Eigen::Ref<Matrix, 0, Eigen::OuterStride<>> columns) {
  for (Eigen::Index k = 0; k < columns.cols(); ++k) {
    for (int pass = 0; pass < 2; ++pass)
      for (Eigen::Index j = 0; j < k; ++j)
        columns.col(k) -= columns.col(j).dot(columns.col(k)) * columns.col(j);
    columns.col(k).normalize();
  }
}

// Recurrent weights that neither shrink nor grow a state (Saxe et al. 2014).
Matrix orthogonal(int units, Random& random) {
  Matrix blocks(units, 4 * units);
  for (int gate = 0; gate < 4; ++gate) {
    auto block = blocks.middleCols(gate * units, units);
    block = random_weights(units, units, 1, random);
    orthonormalise(block);
  }
  return blocks;
}

auto sigmoid(const auto& x) { return 1.0F / (1.0F + (-x).exp()); }

}  // namespace

Bilstm::Bilstm(const BilstmShape& shape, Random& random) : shape_(shape) {
  for (Direction* d : {&forwards_, &backwards_}) {
    d->input_weights = random_weights(shape.channels, 4 * shape.units,
                                      std::sqrt(2.0 / (shape.channels + shape.units)), random);
    d->recurrent_weights = orthogonal(shape.units, random);
    d->bias = Matrix::Zero(1, 4 * shape.units);
    d->bias.middleCols(shape.units, shape.units).setOnes();
  }
}

void Bilstm::by_step(const float* input, Eigen::Index rows, Matrix& steps) const {
  steps.resize(rows * shape_.steps, shape_.channels);
  for (Eigen::Index row = 0; row < rows; ++row)
    for (int t = 0; t < shape_.steps; ++t, input += shape_.channels)
      steps.row(t * rows + row) = Eigen::Map<const RowVector>(input, shape_.channels);
}

void Bilstm::step(const Direction& d, const Matrix& inputs, const Matrix& handed, Matrix& gates,
                  Matrix& cell, Matrix& state) const {
  const int n = shape_.units;
  gemm(false, false, inputs, d.input_weights, gates);
  gemm(false, false, handed, d.recurrent_weights, gates, true);
  gates.rowwise() += d.bias.row(0);
  gates.leftCols(2 * n).array() = sigmoid(gates.leftCols(2 * n).array().eval());
  gates.middleCols(2 * n, n).array() = gates.middleCols(2 * n, n).array().tanh();
  gates.rightCols(n).array() = sigmoid(gates.rightCols(n).array().eval());
  Matrix next = gates.middleCols(n, n).array() * cell.array() +
                gates.leftCols(n).array() * gates.middleCols(2 * n, n).array();
  Matrix out = gates.rightCols(n).array() * next.array().tanh();
  if (shape_.masked)
    for (Eigen::Index row = 0; row < inputs.rows(); ++row)
      if ((inputs.row(row).array() == 0).all()) {  // skipped: nothing changes
        next.row(row) = cell.row(row);
        out.row(row) = state.row(row);
        gates.row(row).setConstant(std::nanf(""));  // told apart by backward
      }
  cell = std::move(next);
  state = std::move(out);
}

void Bilstm::infer(const float* input, Eigen::Index rows, Matrix& output, Matrix& workspace) const {
  by_step(input, rows, workspace);
  output.resize(rows, outputs());
  Matrix gates;
  for (const bool backwards : {false, true}) {
    const Direction& d = backwards ? backwards_ : forwards_;
    Matrix cell = Matrix::Zero(rows, shape_.units);
    Matrix state = cell;
    for (int t = 0; t < shape_.steps; ++t) {
      const Matrix inputs = workspace.middleRows(place(t, backwards) * rows, rows);
      step(d, inputs, Matrix(state), gates, cell, state);
    }
    (backwards ? output.rightCols(shape_.units) : output.leftCols(shape_.units)) = state;
  }
}

void Bilstm::run(Direction& d, bool backwards, bool training, Random& random) {
  const Eigen::Index rows = steps_.rows() / shape_.steps;
  const auto count = static_cast<std::size_t>(shape_.steps);
  d.gates.resize(count);
  d.cells.resize(count);
  d.states.resize(count);
  d.dropout.resize(0, 0);
  if (training && shape_.recurrent_dropout > 0)
    draw_dropout_mask(rows, shape_.units, shape_.recurrent_dropout, random, d.dropout);
  Matrix cell = Matrix::Zero(rows, shape_.units);
  Matrix state = cell;
  for (std::size_t t = 0; t < count; ++t) {
    const Matrix inputs = steps_.middleRows(place(static_cast<int>(t), backwards) * rows, rows);
    const Matrix handed = d.dropout.size() > 0 ? Matrix(state.array() * d.dropout.array()) : state;
    step(d, inputs, handed, d.gates[t], cell, state);
    d.cells[t] = cell;
    d.states[t] = state;
  }
  (backwards ? output_.rightCols(shape_.units) : output_.leftCols(shape_.units)) = state;
}

const Matrix& Bilstm::forward(const Matrix& input, bool training, Random& random) {
  by_step(input.data(), input.rows(), steps_);
  output_.resize(input.rows(), outputs());
  run(forwards_, false, training, random);
  run(backwards_, true, training, random);
  return output_;
}

// Back through time: `state` and `cell` carry dL/dh and dL/dc of the step after.
void Bilstm::back(Direction& d, bool backwards, const Matrix& gradient, bool wanted) {
  const int n = shape_.units;
  const Eigen::Index rows = gradient.rows();
  d.input_gradient.setZero(shape_.channels, 4 * n);
  d.recurrent_gradient.setZero(n, 4 * n);
  d.bias_gradient.setZero(1, 4 * n);
  const Matrix zero = Matrix::Zero(rows, n);
  Matrix state = gradient;
  Matrix cell = zero;
  Matrix delta(rows, 4 * n);
  for (std::size_t t = d.gates.size(); t-- > 0;) {
    const Matrix& gates = d.gates[t];
    const Matrix& before = t > 0 ? d.cells[t - 1] : zero;
    const auto i = gates.leftCols(n).array();
    const auto f = gates.middleCols(n, n).array();
    const auto g = gates.middleCols(2 * n, n).array();
    const auto o = gates.rightCols(n).array();
    const Eigen::ArrayXXf tanh_cell = d.cells[t].array().tanh();
    const Eigen::ArrayXXf from_cell =
        cell.array() + state.array() * o * (1 - tanh_cell * tanh_cell);
    delta.leftCols(n).array() = from_cell * g * i * (1 - i);
    delta.middleCols(n, n).array() = from_cell * before.array() * f * (1 - f);
    delta.middleCols(2 * n, n).array() = from_cell * i * (1 - g * g);
    delta.rightCols(n).array() = state.array() * tanh_cell * o * (1 - o);
    Matrix cell_before = from_cell * f;
    std::vector<Eigen::Index> skipped;
    for (Eigen::Index row = 0; shape_.masked && row < rows; ++row)
      if (std::isnan(gates(row, 0))) {
        skipped.push_back(row);
        delta.row(row).setZero();
        cell_before.row(row) = cell.row(row);
      }
    Matrix handed = t > 0 ? d.states[t - 1] : zero;
    if (d.dropout.size() > 0) handed.array() *= d.dropout.array();
    const Eigen::Index at = place(static_cast<int>(t), backwards) * rows;
    gemm(true, false, Matrix(steps_.middleRows(at, rows)), delta, d.input_gradient, true);
    gemm(true, false, handed, delta, d.recurrent_gradient, true);
    d.bias_gradient += delta.colwise().sum();
    if (wanted) {
      Matrix below;
      gemm(false, true, delta, d.input_weights, below);
      steps_gradient_.middleRows(at, rows) += below;
    }
    Matrix state_before;
    gemm(false, true, delta, d.recurrent_weights, state_before);
    if (d.dropout.size() > 0) state_before.array() *= d.dropout.array();
    for (const Eigen::Index row : skipped) state_before.row(row) = state.row(row);
    state = std::move(state_before);
    cell = std::move(cell_before);
  }
}

void Bilstm::backward(const Matrix& gradient, Matrix* input_gradient) {
  const bool wanted = input_gradient != nullptr;
  if (wanted) steps_gradient_.setZero(steps_.rows(), steps_.cols());
  back(forwards_, false, gradient.leftCols(shape_.units), wanted);
  back(backwards_, true, gradient.rightCols(shape_.units), wanted);
  if (!wanted) return;
  const Eigen::Index rows = gradient.rows();
  input_gradient->resize(rows, inputs());
  for (int t = 0; t < shape_.steps; ++t)
    input_gradient->middleCols(static_cast<Eigen::Index>(t) * shape_.channels, shape_.channels) =
        steps_gradient_.middleRows(t * rows, rows);
}

std::vector<Parameter> Bilstm::parameters() {
  std::vector<Parameter> all;
  for (const auto& [prefix, d] : {std::pair{"forward.", &forwards_}, {"backward.", &backwards_}}) {
    const std::string name = prefix;
    all.push_back({name + "input", &d->input_weights, &d->input_gradient, true});
    all.push_back({name + "recurrent", &d->recurrent_weights, &d->recurrent_gradient, true});
    all.push_back({name + "bias", &d->bias, &d->bias_gradient, false});
  }
  return all;
}

}  // namespace faultprint::model
