// Made-up windows to learn from: two KPIs, normal noise, and two faults that lift one KPI each.
#pragma once

#include <random>

#include "model/training_windows.h"

namespace faultprint::test {

struct TrainingShape {
  int window = 4;
  int elements = 2;
  int slots = 400;    // per element
  int incident = 12;  // slots
  int every = 40;     // slots between two incidents' starts
  float size = 5;     // deviations
  std::uint64_t seed = 1;
};

// Incidents of classes 1 and 2 in turn, on every element.
inline model::TrainingWindows training_data(const TrainingShape& shape) {
  std::mt19937_64 random(shape.seed);
  std::normal_distribution<float> normal(0, 1);
  model::TrainingWindows data;
  data.class_names = {"normal", "loss", "flap"};
  std::vector<float> rows;
  for (int element = 0; element < shape.elements; ++element) {
    std::vector<float> values;
    std::vector<int> labels;
    for (int slot = 0; slot < shape.slots; ++slot) {
      const int turn = slot / shape.every;
      const bool fault = slot % shape.every >= shape.every - shape.incident;
      labels.push_back(fault ? 1 + (turn + element) % 2 : 0);
      for (int k = 0; k < 2; ++k)
        values.push_back(normal(random) + (fault && labels.back() == k + 1 ? shape.size : 0.0F));
    }
    for (int slot = shape.window - 1; slot < shape.slots; ++slot) {
      const int first = slot - shape.window + 1;
      bool pure = true;
      for (int s = first; s < slot; ++s) pure = pure && labels[s] == labels[slot];
      rows.insert(rows.end(), values.begin() + 2 * first, values.begin() + 2 * (slot + 1));
      data.labels.push_back(labels[slot]);
      data.pure.push_back(pure ? 1 : 0);
      data.incidents.push_back(labels[slot] == 0 ? -1 : element * 1000 + slot / shape.every);
      data.elements.push_back(element);
      data.slots.push_back(slot + 100000);
    }
  }
  data.windows = Eigen::Map<model::Matrix>(rows.data(), static_cast<Eigen::Index>(data.size()),
                                           2 * shape.window);
  return data;
}

}  // namespace faultprint::test
