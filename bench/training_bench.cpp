// Windows a second through a training step of the dense 360-256-128-16 network: forward, all
// triplets of a batch of 192, backward, Adam; one thread.
#include <cstdio>
#include <ctime>
#include <vector>

#include "model/kernels/kernels.h"
#include "model/loss.h"
#include "model/network.h"
#include "model/optimiser.h"

int main() {
  using namespace faultprint::model;
  constexpr int kBatch = 192;
  constexpr int kSteps = 300;
  EncoderSpec spec;
  spec.window = 30;
  spec.kpis = 12;
  spec.summaries = false;
  Random random(1);
  Network network(spec, {}, random);
  Loss loss({}, spec.width());
  Optimiser adam(network.parameters(), {});
  const Matrix features = Matrix::Random(kBatch, spec.inputs());
  std::vector<int> labels;
  for (int i = 0; i < kBatch; ++i) labels.push_back(i % 8);
  const std::clock_t before = std::clock();
  for (int step = 0; step < kSteps; ++step) {
    const Matrix& embeddings = network.forward(features, true, random);
    network.backward(loss.over_labels(embeddings, labels).gradient);
    adam.step(1e-3);
  }
  const double seconds = static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
  std::printf("training: %.0f windows per CPU second (batch %d, kernels %s)\n",
              kBatch * kSteps / seconds, kBatch, fp_isa());
  return 0;
}
