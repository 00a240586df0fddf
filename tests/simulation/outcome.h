// Verdicts and alarm events by what they are known by, for comparison.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/simulation/stage.h"

namespace faultprint::crash {

// What is known by an id, each line once, however often it is given. One id may have several lines
// in the undisturbed run, too: an element that was forgotten while silent, and comes back with
// records of slots that had been told as masked.
class Lines {
 public:
  enum class Of { verdicts, events };
  explicit Lines(Of of) : of_(of) {}

  void add(std::string_view line);
  // All whole lines of a file; what a kill left half written is passed over.
  void add_file(std::string_view bytes);

  const std::map<std::string, std::set<std::string>>& by_id() const { return by_id_; }
  std::size_t repeats() const { return repeats_; }  // of a whole line

 private:
  Of of_;
  std::map<std::string, std::set<std::string>> by_id_;
  std::size_t repeats_ = 0;
};

// What is missing, too much or another one in `found`; at most a few lines.
std::vector<std::string> differences(const char* what, const Lines& expected, const Lines& found);
// The same of the ids alone.
std::vector<std::string> differences_of_ids(const char* what, const Lines& expected,
                                            const Lines& found);

}  // namespace faultprint::crash
