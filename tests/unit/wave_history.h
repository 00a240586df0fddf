// A made-up history for the hand-made model: a small wave on KPIs a and b of elements, with steps.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "file_bytes.h"

namespace faultprint::test {

// What is added to KPI a and b of an element in a slot.
using Steps = std::function<std::pair<int, int>(const std::string& element, int slot)>;

// CSV rows of slots of 10 s from 1000 on, by time.
inline std::string wave_csv(int slots, const std::vector<std::string>& elements,
                            const Steps& steps) {
  std::string text = "time,element,a,b\n";
  for (int i = 0; i < slots; ++i)
    for (const std::string& element : elements) {
      const int wave = i % 4 < 2 ? 1 : -1;
      const auto [a, b] = steps(element, 1000 + i);
      text += std::to_string((1000 + i) * 10 + 3) + "," + element + "," + std::to_string(wave + a) +
              "," + std::to_string(2 * wave + b) + "\n";
    }
  return text;
}

// a rises on e1 and e2, b on e3, all from slot 1040 for 8 slots.
inline std::pair<int, int> two_faults(const std::string& element, int slot) {
  if (slot < 1040 || slot >= 1048) return {0, 0};
  return element == "e3" ? std::pair{0, 20} : std::pair{20, 0};
}

}  // namespace faultprint::test
