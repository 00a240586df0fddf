// Golden values of reference implementations (tests/data/golden/make_*.py).
#pragma once

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "model/matrix.h"

namespace faultprint::test {

inline nlohmann::json golden(const std::string& part, const std::string& file = "layers.json") {
  std::ifstream in(FAULTPRINT_TEST_DATA "/golden/" + file);
  return nlohmann::json::parse(in).at(part);
}

inline model::Matrix matrix_of(const nlohmann::json& rows) {
  model::Matrix m(static_cast<Eigen::Index>(rows.size()),
                  static_cast<Eigen::Index>(rows.at(0).size()));
  for (Eigen::Index i = 0; i < m.rows(); ++i)
    for (Eigen::Index j = 0; j < m.cols(); ++j)
      m(i, j) = rows[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)].get<float>();
  return m;
}

// The greatest difference, as a share of the greatest expected value.
inline double difference(const model::Matrix& seen, const model::Matrix& expected) {
  if (seen.rows() != expected.rows() || seen.cols() != expected.cols()) return 1e9;
  return static_cast<double>((seen - expected).cwiseAbs().maxCoeff()) /
         std::max(1e-12, static_cast<double>(expected.cwiseAbs().maxCoeff()));
}

}  // namespace faultprint::test
