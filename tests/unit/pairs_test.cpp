#include "daemon/pairs.h"

#include <doctest/doctest.h>

#include "daemon/window_lookup.h"
#include "error_of.h"
#include "hand_made_model.h"
#include "wave_history.h"

namespace faultprint::daemon {
namespace pairs_test {

using test::error_of;
using test::kPeriod;

class PairsFile {
 public:
  PairsFile() {
    test::write_bytes(history(), test::wave_csv(80, {"e1", "e2", "e3"}, test::two_faults));
  }
  std::string history() const { return folder_.file("h.csv"); }
  std::string pairs() const { return folder_.file("pairs.csv"); }
  model::TrainingPairs read(const std::string& text, int kpis = 2, int window = 4) const {
    test::write_bytes(pairs(), text);
    return read_pairs(test::hand_made_config(), test::gauges(kpis, window), {history()}, pairs());
  }
  // The error, less the file's name in front.
  std::string error(const std::string& text, int kpis = 2, int window = 4) const {
    const std::string told = error_of([&] { read(text, kpis, window); });
    CHECK(told.starts_with(pairs() + ":"));
    return told.substr(std::min(told.size(), pairs().size()));
  }

 private:
  test::Folder folder_;
};

const char* const kNamed = "element_a,time_a,element_b,time_b,same\n";

TEST_CASE("windows written out: two halves and whether they are the same") {
  const PairsFile file;
  const auto pairs = file.read("a0,a1,b0,b1,same\n1,2,3,4,1\n-5.5,6e1,7,8,0\n", 1, 2);
  REQUIRE(pairs.same == std::vector<std::uint8_t>{1, 0});
  model::Matrix expected(4, 2);
  expected << 1, 2, 3, 4, -5.5F, 60, 7, 8;
  CHECK(pairs.windows == expected);
}

TEST_CASE("the column may be called class, and stand anywhere") {
  const PairsFile file;
  const auto last = file.read("a0,a1,b0,b1,class\n1,2,3,4,1\n", 1, 2);
  const auto first = file.read("class,a0,a1,b0,b1\r\n1,1,2,3,4\r\n\r\n", 1, 2);
  const auto middle = file.read(
      "\xef\xbb\xbf"
      "a0,a1,class,b0,b1\n1,2,\"1\",3,4\n",
      1, 2);
  model::Matrix expected(2, 2);
  expected << 1, 2, 3, 4;
  for (const auto& pairs : {last, first, middle}) {
    CHECK(pairs.windows == expected);
    CHECK(pairs.same == std::vector<std::uint8_t>{1});
  }
}

TEST_CASE("same may be said in several words") {
  const PairsFile file;
  const auto pairs = file.read(
      "x,y,same\n0,0,1\n0,0,Yes\n0,0,SAME\n0,0,true\n0,0,0\n0,0,no\n0,0,Different\n0,0,false\n", 1,
      1);
  CHECK(pairs.same == std::vector<std::uint8_t>{1, 1, 1, 1, 0, 0, 0, 0});
}

TEST_CASE("windows by name are those of the history, in the order of the rows") {
  const PairsFile file;
  const auto pairs = file.read(std::string(kNamed) +
                               "e1,10450,e2,10450,same\n"
                               "e3,1970-01-01T02:54:10Z,e1,10443,different\n"
                               "e1,10450,e1,10450,1\n");
  REQUIRE(pairs.same == std::vector<std::uint8_t>{1, 0, 1});
  REQUIRE(pairs.windows.rows() == 6);
  const auto found =
      find_windows(test::hand_made_config(), test::gauges(2), {file.history()},
                   {{"e1", 1045 * kPeriod}, {"e2", 1045 * kPeriod}, {"e3", 1045 * kPeriod}}, {});
  const auto row = [&](Eigen::Index i) {
    return std::vector<float>(pairs.windows.row(i).data(), pairs.windows.row(i).data() + 8);
  };
  const char* const expected[] = {"e1", "e2", "e3", "e1", "e1", "e1"};
  for (Eigen::Index i = 0; i < 6; ++i) CHECK(row(i) == found.at({expected[i], 1045 * kPeriod}));
  CHECK(row(0) != row(2));
}

TEST_CASE("columns of names may stand in any order, beside others") {
  const PairsFile file;
  const auto pairs =
      file.read("note,same,time_b,element_b,time_a,element_a\n\"a, b\",1,10450,e3,10450,e1\n");
  CHECK(pairs.windows.row(0) ==
        file.read(std::string(kNamed) + "e1,10450,e3,10450,1\n").windows.row(0));
}

TEST_CASE("errors of written windows name the file, line and column") {
  const PairsFile file;
  CHECK(file.error("a,b\n1,2\n", 1, 1).starts_with(":1: same: the column is missing"));
  CHECK(file.error("", 1, 1).starts_with(":1: same: the column is missing"));
  CHECK(file.error("a,b,c,same\n1,2,3,1\n", 1, 1)
            .starts_with(":1: there are 3 values where two windows have 2; or name them"));
  CHECK(file.error("a,b,same\n1,2,1\n1,x,1\n", 1, 1) == ":3: b: \"x\" is no number");
  CHECK(file.error("a,b,same\n,2,1\n", 1, 1) == ":2: a: \"\" is no number");
  CHECK(file.error("a,b,same\nnan,2,1\n", 1, 1) == ":2: a: \"nan\" is no number");
  CHECK(file.error("a,b,same\n1,2,maybe\n", 1, 1) == ":2: same: \"maybe\" is neither 1 nor 0");
  CHECK(file.error("a,b,same\n1,2\n", 1, 1) == ":2: same: the row ends before it");
  CHECK(file.error("same,a,b\n1,2\n", 1, 1) == ":2: b: the row ends before it");
  CHECK(file.error("a,b,same\n1,2,1,9\n", 1, 1)
            .starts_with(":2: the row has 4 values where the header has 3"));
  CHECK(file.error("a,b,same\n", 1, 1) == ": it holds no pair");
}

TEST_CASE("errors of named windows name the file, line and column") {
  const PairsFile file;
  const std::string head = kNamed;
  CHECK(file.error(head + "e1,10450,e2,noon,1\n") == ":2: time_b: \"noon\" is no time");
  CHECK(file.error(head + "e1,10450,e2\n") == ":2: same: the row ends before it");
  CHECK(file.error(head + "e1,10450,e2,10450,1\ne1,10450,e9,10450,1\n") ==
        ":3: element_b: the history has no scored window of 'e9' at 1970-01-01T02:54:10Z");
  CHECK(file.error(head + "e1,10020,e2,10450,1\n") ==
        ":2: element_a: the history has no scored window of 'e1' at 1970-01-01T02:47:00Z");
  CHECK(file.error("element_a,time_a,element_b,same\ne1,10450,e2,1\n")
            .starts_with(":1: there are 3 values where two windows have 16"));
}

TEST_CASE("a file that is not there is an error by name") {
  CHECK(error_of([] {
          read_pairs(test::hand_made_config(), test::gauges(2), {}, "/nowhere/pairs.csv");
        }).starts_with("/nowhere/pairs.csv"));
}

}  // namespace pairs_test
}  // namespace faultprint::daemon
