// Labelled windows to learn from, and their split into two sides that share nothing.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "model/matrix.h"
#include "model/origin.h"

namespace faultprint::model {

// Class 0 is normal. Row i of `windows` goes with entry i of every vector.
struct TrainingWindows {
  static constexpr int kUnused = -1;

  Matrix windows;                        // n x (T*F)
  std::vector<int> labels;               // the state at the newest slot; kUnused: neither
  std::vector<std::uint8_t> pure;        // every slot of the window carries that label
  std::vector<int> incidents;            // number of the incident; -1 for normal
  std::vector<int> elements;             // number of the element
  std::vector<std::int64_t> slots;       // the newest
  std::vector<std::string> class_names;  // [0] = "normal"
  // For origins: names by number of the element, starts by number of the incident. Empty: not told.
  std::vector<std::string> element_names;
  std::vector<std::int64_t> incident_starts_us;

  std::size_t size() const { return labels.size(); }
  int classes() const { return static_cast<int>(class_names.size()); }
};

// Pairs of windows of which it is known whether they are the same fault.
struct TrainingPairs {
  Matrix windows;                  // 2n x (T*F): rows 2i and 2i + 1 are pair i
  std::vector<std::uint8_t> same;  // n
};

// Slots of a stretch of an element's normal: such stretches are kept out as one.
std::int64_t normal_stretch(int window);

struct Split {
  std::vector<std::size_t> training;
  std::vector<std::size_t> validation;
  std::vector<std::size_t> novel;  // of a fault type that is kept out whole
};

// Keeps about `share` of each fault type's incidents out (at least one where there are two or
// more), and as large a share of each element's stretches of normal. Windows of training that share
// a slot with one of validation are on neither side. Without two incidents of any type, or where
// training would be left without normal or without a fault: all is training.
//
// Where there are at least four fault types, one of them (chosen by the seed) is kept out whole:
// its windows of incidents go to `novel`, which tells how well a fault never seen is known as such.
Split split_by_incident(const TrainingWindows& data, int window, double share, std::uint64_t seed);

// std::logic_error "E_SPLIT_LEAK: ..." where a window of training shares a slot of its element, or
// an incident, with one of validation.
void check_split(const TrainingWindows& data, const Split& split, int window);

// Windows of one incident go together; normal ones by element and stretch. Numbers of two labels
// may be the same.
int group_of(const TrainingWindows& data, std::size_t i, int window);

using Slots = std::set<std::pair<int, std::int64_t>>;  // element, newest slot of a window
Slots slots_of(const TrainingWindows& data, const std::vector<std::size_t>& rows);
// Whether window i has a slot in common with one of those.
bool shares_a_slot(const TrainingWindows& data, std::size_t i, int window, const Slots& held);

// The incidents that fault windows at `rows` are of; empty where the data does not tell.
std::vector<Origin> origins_of(const TrainingWindows& data, const std::vector<std::size_t>& rows);

// The rows of `data.windows` at `rows`.
Matrix take_rows(const Matrix& matrix, const std::vector<std::size_t>& rows);

}  // namespace faultprint::model
