#include "model/kernels/kernels.h"

#include <doctest/doctest.h>

#include "model/layers/affine.h"

namespace faultprint::model {
namespace kernels_test {

struct Packed {
  Matrix weights;
  Matrix bias;
  std::vector<float> packed;

  Packed(int in, int out) : weights(Matrix::Random(in, out)), bias(Matrix::Random(1, out)) {
    packed.resize(static_cast<std::size_t>(fp_packed_floats(in, out)));
    fp_pack(in, out, weights.data(), packed.data());
  }
  Matrix product(const Matrix& x, bool relu) const {
    Matrix y = Matrix::Constant(x.rows(), weights.cols(), -9);
    fp_affine_packed(static_cast<int>(x.rows()), static_cast<int>(weights.rows()),
                     static_cast<int>(weights.cols()), x.data(), packed.data(), bias.data(),
                     y.data(), relu ? 1 : 0);
    return y;
  }
};

TEST_CASE("weights that are packed give the product, whatever the widths") {
  for (const int out : {1, 7, 16, 31, 32, 33, 100}) {
    for (const int in : {1, 5, 64}) {
      const Packed packed(in, out);
      const Matrix x = Matrix::Random(17, in);
      const Eigen::MatrixXd exact = ((x.cast<double>() * packed.weights.cast<double>()).rowwise() +
                                     packed.bias.row(0).cast<double>());
      CAPTURE(out);
      CAPTURE(in);
      CHECK((packed.product(x, false).cast<double>() - exact).cwiseAbs().maxCoeff() < 1e-5);
      CHECK((packed.product(x, true).cast<double>() - exact.cwiseMax(0)).cwiseAbs().maxCoeff() <
            1e-5);
    }
  }
}

TEST_CASE("a row of a packed product has the same bits among any number of rows") {
  const Packed packed(45, 33);
  const Matrix x = Matrix::Random(40, 45);
  const Matrix all = packed.product(x, true);
  for (Eigen::Index rows = 1; rows < x.rows(); ++rows) {
    const Matrix some = packed.product(x.bottomRows(rows), true);
    CHECK(some == all.bottomRows(rows));
  }
}

TEST_CASE("a layer that was prepared follows its weights when they change again") {
  Random random(1);
  Affine layer(9, 5, true, random);
  const Matrix x = Matrix::Random(32, 9);
  Matrix before;
  Matrix after;
  Matrix workspace;
  layer.infer(x.data(), x.rows(), before, workspace);
  layer.prepare();
  layer.infer(x.data(), x.rows(), after, workspace);
  CHECK((before - after).cwiseAbs().maxCoeff() < 1e-5F);
  *layer.parameters()[0].value *= 0;
  layer.infer(x.data(), x.rows(), after, workspace);
  CHECK(after == Matrix::Zero(32, 5));
}

}  // namespace kernels_test
}  // namespace faultprint::model
