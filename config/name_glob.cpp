#include "config/name_glob.h"

#include <cstddef>
#include <vector>

namespace faultprint::config {

// After a mismatch only the last star can have taken too little.
bool matches_glob(std::string_view glob, std::string_view name) {
  std::size_t g = 0;
  std::size_t n = 0;
  std::size_t star = std::string_view::npos;
  std::size_t taken = 0;  // where the star's text ends
  while (n < name.size()) {
    if (g < glob.size() && glob[g] == '*') {
      star = g++;
      taken = n;
    } else if (g < glob.size() && glob[g] == name[n]) {
      ++g;
      ++n;
    } else if (star != std::string_view::npos) {
      g = star + 1;
      n = ++taken;
    } else {
      return false;
    }
  }
  return glob.find_first_not_of('*', g) == std::string_view::npos;
}

// meet[i][j]: the rest of a from i and of b from j match a common text.
bool globs_overlap(std::string_view a, std::string_view b) {
  std::vector<std::vector<bool>> meet(a.size() + 1, std::vector<bool>(b.size() + 1, false));
  meet[a.size()][b.size()] = true;
  for (std::size_t i = a.size() + 1; i-- > 0;) {
    for (std::size_t j = b.size() + 1; j-- > 0;) {
      const bool more_a = i < a.size();
      const bool more_b = j < b.size();
      if (more_a && a[i] == '*')
        meet[i][j] = meet[i + 1][j] || (more_b && meet[i][j + 1]);
      else if (more_b && b[j] == '*')
        meet[i][j] = meet[i][j + 1] || (more_a && meet[i + 1][j]);
      else if (more_a && more_b && a[i] == b[j])
        meet[i][j] = meet[i + 1][j + 1];
    }
  }
  return meet[0][0];
}

}  // namespace faultprint::config
