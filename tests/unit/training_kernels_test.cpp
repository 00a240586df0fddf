#include "model/kernels/training_kernels.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

#include "model/kernels/kernels.h"
#include "model/layers/dropout.h"
#include "model/loss.h"

namespace faultprint::model {
namespace training_kernels_test {

using doctest::Approx;

TEST_CASE("a packed product takes either side transposed, whatever the sizes") {
  for (const int out : {1, 16, 31, 32, 33, 70}) {
    for (const int rows : {1, 13, 14, 15, 40}) {
      CAPTURE(out);
      CAPTURE(rows);
      const int in = 9;
      const Matrix x = Matrix::Random(rows, in);
      const Matrix x_turned = x.transpose();
      const Matrix w = Matrix::Random(in, out);
      const Matrix w_turned = w.transpose();
      const Eigen::MatrixXd exact = x.cast<double>() * w.cast<double>();
      std::vector<float> packed(static_cast<std::size_t>(fp_packed_floats(in, out)));
      Matrix y(rows, out);
      fp_pack_transposed(out, in, w_turned.data(), packed.data());
      fp_product_packed(0, rows, in, out, x.data(), packed.data(), y.data());
      CHECK((y.cast<double>() - exact).cwiseAbs().maxCoeff() < 1e-5);
      fp_pack(in, out, w.data(), packed.data());
      fp_product_packed(1, rows, in, out, x_turned.data(), packed.data(), y.data());
      CHECK((y.cast<double>() - exact).cwiseAbs().maxCoeff() < 1e-5);
    }
  }
}

TEST_CASE("Adam's kernel updates each value as one alone") {
  const fp_adam_rates rates{0.5F, 0.9F, 0.999F, 0.01F, 1e-8F, 0.999F};
  for (const long n : {1L, 15L, 16L, 37L}) {
    CAPTURE(n);
    const Eigen::ArrayXf gradient = Eigen::ArrayXf::Random(n);
    Eigen::ArrayXf m = Eigen::ArrayXf::Random(n);
    Eigen::ArrayXf v = Eigen::ArrayXf::Random(n).abs();
    Eigen::ArrayXf value = Eigen::ArrayXf::Random(n);
    const Eigen::ArrayXd g = gradient.cast<double>() * 0.5;
    const Eigen::ArrayXd m_after = 0.9 * m.cast<double>() + 0.1 * g;
    const Eigen::ArrayXd v_after = 0.999 * v.cast<double>() + 0.001 * g.square();
    const Eigen::ArrayXd after =
        0.999 * value.cast<double>() - 0.01 * m_after / (v_after.sqrt() + 1e-8);
    fp_adam(n, gradient.data(), &rates, m.data(), v.data(), value.data());
    CHECK((m.cast<double>() - m_after).abs().maxCoeff() < 1e-6);
    CHECK((v.cast<double>() - v_after).abs().maxCoeff() < 1e-6);
    CHECK((value.cast<double>() - after).abs().maxCoeff() < 1e-6);
  }
}

TEST_CASE("a gradient passes a ReLU where its output is above zero, and nowhere else") {
  std::vector<float> output{0, 2, -0.0F, 1e-30F, 3};
  const std::vector<float> gradient{1, -2, 3, 4, 5};
  fp_relu_backward(5, gradient.data(), output.data());
  CHECK(output == std::vector<float>{0, -2, 0, 4, 5});
}

TEST_CASE("a dropout mask takes sixteen bits a value, and the share that was asked for") {
  for (const Eigen::Index columns : {1, 4, 1023, 1024, 1025, 40000}) {
    CAPTURE(columns);
    Random random(3);
    Random again(3);
    Matrix mask;
    draw_dropout_mask(1, columns, 0.25, random, mask);
    again.discard(static_cast<unsigned long long>((columns + 3) / 4));
    CHECK(random() == again());
    Eigen::Index dropped = 0;
    for (Eigen::Index i = 0; i < columns; ++i) {
      dropped += mask(0, i) == 0 ? 1 : 0;
      CHECK((mask(0, i) == 0 || mask(0, i) == doctest::Approx(1 / 0.75)));
    }
    if (columns == 40000)  // five deviations
      CHECK(static_cast<double>(dropped) / 40000 == doctest::Approx(0.25).epsilon(0.05));
  }
}

TEST_CASE("mean distances are over pairs that are learned from") {
  Matrix e(4, 1);
  e << 0, 0.5F, 1, 0.25F;
  const std::vector<int> labels{0, 0, 1, 2};  // the last two have no equal: they are no anchors
  const BatchLoss loss = Loss({}, 1).over_labels(e, labels);
  CHECK(loss.mean_positive == Approx(0.25));
  CHECK(loss.mean_negative == Approx((1 + 0.0625 + 0.25 + 0.0625) / 4));
}

}  // namespace training_kernels_test
}  // namespace faultprint::model
