// Which tokens normal slots have: what a state or text that moves is told by, as a number is by its
// deviation.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "config/input_spec.h"

namespace faultprint::daemon {

class UsualTokens {
 public:
  explicit UsualTokens(const config::InputSpec& input);

  // A normal slot's columns of tokens; NaN = missing.
  void add(std::span<const double> tokens);
  // As InputSpec::usual: of each KPI the tokens that at least one in 1000 of the slots had in which
  // it was reported.
  std::vector<std::vector<int>> result() const;

 private:
  struct Seen {
    std::size_t length = 0;  // columns
    std::uint64_t slots = 0;
    std::map<int, std::uint64_t> slots_with;  // by token
  };
  std::vector<Seen> seen_;  // one for each KPI of tokens
};

}  // namespace faultprint::daemon
