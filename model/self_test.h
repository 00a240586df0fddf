// A few windows with the embeddings that they had where the model was trained: another processor
// has to give the same, or its kernels are not to be trusted.
#pragma once

#include "model/encoder.h"

namespace faultprint::model {

struct SelfTest {
  Matrix windows;     // n x (T*F)
  Matrix embeddings;  // n x width()
};

// The most by which a value of an embedding, in (0,1), may differ. Instruction sets add in another
// order and round otherwise: measured, that is 2e-7 at most (docs/operations.md), and longer windows
// add up more of it; thousands of times as much is no rounding. It is also far below what verdicts
// hang on: a cluster's radius is a tenth or so.
constexpr float kSelfTestTolerance = 1e-3F;

// Of rows spread evenly over the windows, which are at least one.
SelfTest make_self_test(const Encoder& encoder, const Matrix& windows);

// The greatest difference of a value; infinite where one is not a number, or shapes differ.
float self_test_deviation(const Encoder& encoder, const SelfTest& test);

}  // namespace faultprint::model
