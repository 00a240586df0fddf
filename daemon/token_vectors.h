// Vectors of tokens from a file, in the text format of word2vec and GloVe: a token and its numbers
// a line, and before them, perhaps, a line that says how many there are of how many numbers.
#pragma once

#include <cstddef>
#include <string>

#include "config/input_spec.h"
#include "model/layers/token_table.h"

namespace faultprint::daemon {

struct TokenVectorFile {
  model::TokenVectors vectors;
  int width = 0;           // numbers of a vector
  std::size_t used = 0;    // vectors that stand in some KPI's table
  std::size_t shared = 0;  // not used, as an earlier line has their token number
};

// width: how many numbers a vector must have; 0: as many as the first has. Of tokens that share a
// number the first counts: such files begin with what is frequent. std::runtime_error
// "file:line: what is wrong".
TokenVectorFile read_token_vectors(const std::string& file, const config::InputSpec& input,
                                   int width);

}  // namespace faultprint::daemon
