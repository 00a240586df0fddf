#include "daemon/regions.h"

#include <doctest/doctest.h>

#include "daemon/region_average.h"
#include "error_of.h"
#include "file_bytes.h"

namespace faultprint::daemon {
namespace regions_test {

using test::error_of;

TEST_CASE("an element's own name goes before globs, and of globs the first") {
  const test::TempFile file(
      "region,element\nrest,*\nwest,leaf*\n\"north, cold\",leaf1\nwest,spine[12]\n");
  const Regions regions = Regions::read(file.path());
  const auto region = [&](const char* element) { return regions.name(regions.of(element)); };
  CHECK(region("leaf1") == "north, cold");
  CHECK(region("leaf2") == "rest");
  const test::TempFile narrow("element,region\nleaf*,west\nspine[12],west\nleaf1,north\n");
  const Regions some = Regions::read(narrow.path());
  CHECK(some.name(some.of("leaf2")) == "west");
  CHECK(some.of("leaf2") == some.of("spine2"));
  CHECK(some.of("spine3") == Regions::kNone);
  CHECK(Regions::all().name(Regions::all().of("anything")) == "all");
}

TEST_CASE("errors of regions name the file, line and column") {
  const auto error = [](const std::string& text) {
    const test::TempFile file(text);
    const std::string told = error_of([&] { Regions::read(file.path()); });
    CHECK(told.starts_with(file.path()));
    return told.substr(std::min(told.size(), file.path().size()));
  };
  CHECK(error("") == ":1: element: the column is missing");
  CHECK(error("element,area\n") == ":1: region: the column is missing");
  CHECK(error("element,region\na\n") == ":2: region: the row ends before it");
  CHECK(error("element,region\na,x\n,x\n") == ":3: element: is empty");
  CHECK(error("element,region\na,\n") == ":2: region: is empty");
  CHECK(error("element,region\na,x\na,y\n") == ":3: element: \"a\" stands twice");
  CHECK(error("element,region\n") == ": it names no element");
}

struct Told {
  std::vector<std::string> lines;
  RegionAverage average{1, 3, [this](int region, std::int64_t slot, std::span<const float> mean) {
                          lines.push_back(std::to_string(slot) + ":" + std::to_string(region) +
                                          "=" + std::to_string(static_cast<int>(mean[0])));
                        }};
  bool add(int region, std::int64_t slot, float value) {
    return average.add(region, slot, {&value, 1});
  }
};

TEST_CASE("a region's mean at a slot is over the elements that have it, in order of time") {
  Told told;
  CHECK(told.add(1, 10, 2));
  CHECK(told.add(0, 10, 7));
  CHECK(told.add(1, 11, 5));
  CHECK(told.add(1, 10, 4));
  CHECK(told.lines.empty());
  told.average.flush();
  CHECK(told.lines == std::vector<std::string>{"10:0=7", "10:1=3", "11:1=5"});
}

TEST_CASE("no more than `hold` slots are kept, and what comes after its average is told") {
  Told told;
  for (int slot = 0; slot < 100; ++slot) {
    CHECK(told.add(0, slot, static_cast<float>(slot)));
    CHECK(told.lines.size() == static_cast<std::size_t>(std::max(0, slot - 3)));
  }
  CHECK(told.add(0, 96, 96));
  CHECK_FALSE(told.add(0, 95, 1));
  told.average.flush();
  CHECK(told.lines.size() == 100);
  CHECK(told.lines.back() == "99:0=99");
}

}  // namespace regions_test
}  // namespace faultprint::daemon
