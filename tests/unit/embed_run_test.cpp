#include "daemon/embed_run.h"

#include <doctest/doctest.h>

#include <sstream>

#include "daemon/window_lookup.h"
#include "error_of.h"
#include "hand_made_model.h"
#include "wave_history.h"

namespace faultprint::daemon {
namespace embed_run_test {

using test::error_of;

class Embedded {
 public:
  explicit Embedded(const std::string& history = test::wave_csv(80, {"e1", "e2", "e3"},
                                                                test::two_faults)) {
    test::write_bytes(history_file(), history);
    request.history = {history_file()};
    request.out = folder_.file("v.csv");
  }
  std::string history_file() const { return folder_.file("h.csv"); }
  std::string regions(const std::string& text) const {
    test::write_bytes(folder_.file("r.csv"), text);
    return folder_.file("r.csv");
  }
  EmbedSummary run() const {
    return embed_history(test::hand_made_config(), *test::hand_made_model(), request, {});
  }
  std::vector<std::string> lines() const {
    std::istringstream text(test::read_bytes(request.out));
    std::vector<std::string> lines;
    for (std::string line; std::getline(text, line);) lines.push_back(line);
    return lines;
  }
  // The row of an element and time.
  std::vector<float> vector(const std::string& element, const std::string& time) const {
    const auto all = lines();
    for (std::size_t i = 1; i < all.size(); ++i)
      if (all[i].starts_with(element + "," + time + ","))
        return read_vector(request.out + ":" + std::to_string(i));
    return {};
  }
  EmbedRequest request;

 private:
  test::Folder folder_;
};

const char* const kDuring = "1970-01-01T02:54:10Z";  // the end of slot 1044

TEST_CASE("every scored window gives a row: its embedding by the encoder") {
  const Embedded embedded;
  const EmbedSummary summary = embedded.run();
  CHECK(summary.rows == 3 * (80 - 4));
  CHECK(embedded.lines().size() == summary.rows + 1);
  CHECK(embedded.lines()[0] == "element,time,e0,e1");
  const auto model = test::hand_made_model();
  const auto windows =
      find_windows(test::hand_made_config(), model->input, embedded.request.history,
                   {{"e1", 1045 * test::kPeriod}, {"e3", 1045 * test::kPeriod}}, {});
  for (const auto& [name, window] : windows) {
    CAPTURE(name.element);
    const Eigen::Map<const model::Matrix> row(window.data(), 1, 8);
    const model::Matrix expected = model::embed_rows(model->model.encoder, row, {0});
    const auto written = embedded.vector(name.element, kDuring);
    REQUIRE(written.size() == 2);
    CHECK(written[0] == expected(0, 0));
    CHECK(written[1] == expected(0, 1));
  }
  CHECK(embedded.vector("e1", kDuring)[0] > 0.9F);
  CHECK(embedded.vector("e3", kDuring)[1] > 0.9F);
}

TEST_CASE("only the elements that a glob means") {
  Embedded embedded;
  embedded.request.element = "e[12]";
  const EmbedSummary summary = embedded.run();
  CHECK(summary.rows == 2 * 76);
  CHECK(summary.left_out == 0);
  CHECK(embedded.vector("e3", kDuring).empty());
  embedded.request.element = "x*";
  CHECK(embedded.run().rows == 0);
}

TEST_CASE("a region's row is the mean over its elements, others are counted") {
  Embedded embedded;
  embedded.run();
  const auto e1 = embedded.vector("e1", kDuring);
  const auto e3 = embedded.vector("e3", kDuring);
  embedded.request.average = embedded.regions("element,region\ne1,west\ne3,west\n");
  const EmbedSummary summary = embedded.run();
  CHECK(summary.rows == 76);
  CHECK(summary.left_out == 1);
  const auto west = embedded.vector("west", kDuring);
  REQUIRE(west.size() == 2);
  CHECK(west[0] == doctest::Approx((e1[0] + e3[0]) / 2));
  CHECK(west[1] == doctest::Approx((e1[1] + e3[1]) / 2));
  embedded.request.average = "all";
  CHECK(embedded.run().rows == 76);
  CHECK(embedded.vector("all", kDuring)[0] == doctest::Approx((2 * e1[0] + e3[0]) / 3));
}

TEST_CASE("npy has the rows of the CSV") {
  Embedded embedded;
  embedded.run();
  const auto lines = embedded.lines();
  embedded.request.format = EmbeddingFormat::npy;
  const EmbedSummary summary = embedded.run();
  const std::string bytes = test::read_bytes(embedded.request.out);
  CHECK(bytes.substr(0, 128) == npy_header(summary.rows, 2));
  CHECK(bytes.size() == 128 + summary.rows * 8);
  std::istringstream names(test::read_bytes(embedded.request.out + ".csv"));
  std::string name;
  for (const std::string& line : lines) {
    REQUIRE(std::getline(names, name));
    CHECK(line.starts_with(name + ","));
  }
}

TEST_CASE("elements one after the other: averaged within forget_after, else an error, no hole") {
  const auto one_by_one = [](int slots) {
    return test::wave_csv(slots, {"e1"}, test::two_faults) +
           test::wave_csv(slots, {"e2"}, test::two_faults).substr(17);
  };
  Embedded brief(one_by_one(20));
  brief.request.average = "all";
  CHECK(brief.run().rows == 16);
  Embedded lengthy(one_by_one(80));
  lengthy.request.average = "all";
  CHECK(error_of([&] { lengthy.run(); }).find("sort the history by time") != std::string::npos);
  lengthy.request.average.clear();
  CHECK(lengthy.run().rows == 2 * 76);
}

}  // namespace embed_run_test
}  // namespace faultprint::daemon
