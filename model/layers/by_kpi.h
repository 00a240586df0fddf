// Turns T steps x F KPIs into F KPIs x T steps: the curve of each KPI in one piece.
#pragma once

#include "model/layers/layer.h"

namespace faultprint::model {

class ByKpi : public Layer {
 public:
  ByKpi(int steps, int kpis) : steps_(steps), kpis_(kpis) {}

  int inputs() const override { return steps_ * kpis_; }
  int outputs() const override { return steps_ * kpis_; }
  void infer(const float* input, Eigen::Index rows, Matrix& output,
             Matrix& workspace) const override;
  const Matrix& forward(const Matrix& input, bool training, Random& random) override;
  void backward(const Matrix& gradient, Matrix* input_gradient) override;
  std::unique_ptr<Layer> clone() const override { return std::make_unique<ByKpi>(*this); }

 private:
  int steps_;
  int kpis_;
  Matrix output_;
};

}  // namespace faultprint::model
