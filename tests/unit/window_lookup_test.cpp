#include "daemon/window_lookup.h"

#include <doctest/doctest.h>

#include "error_of.h"
#include "hand_made_model.h"
#include "wave_history.h"

namespace faultprint::daemon {
namespace window_lookup_test {

using test::error_of;
using test::kPeriod;

class Lookup {
 public:
  Lookup() { test::write_bytes(file(), test::wave_csv(80, {"e1", "e3"}, test::two_faults)); }
  std::string file() const { return folder_.file("h.csv"); }
  WindowsByName find(const std::vector<WindowName>& names) const {
    return find_windows(test::hand_made_config(), test::gauges(2), {file()}, names, {});
  }

 private:
  test::Folder folder_;
};

TEST_CASE("a window is named by element and time, RFC 3339 or a number") {
  const WindowName name = parse_window_name("leaf1@2017-06-29T16:40:15Z");
  CHECK(name.element == "leaf1");
  CHECK(name.time_us == 1498754415LL * 1000000);
  CHECK(parse_window_name("leaf1@1498754415").time_us == name.time_us);
  CHECK(parse_window_name("user@host@1498754415").element == "user@host");
}

TEST_CASE("what names no window is refused with an example") {
  for (const char* bad : {"", "leaf1", "@1498754415", "leaf1@", "leaf1@noon", "leaf1@-5",
                          "leaf1@2017-06-29", "leaf1 1498754415"}) {
    CAPTURE(bad);
    const std::string error = error_of([&] { parse_window_name(bad); });
    CHECK(error.starts_with("'" + std::string(bad) + "' names no window: ELEMENT@TIME"));
  }
}

TEST_CASE("a window is found by any time in its newest slot, and by the end of it") {
  const Lookup lookup;
  const std::int64_t end = 1045 * kPeriod;  // of slot 1044
  const auto found = lookup.find({{"e1", end}, {"e1", end - kPeriod + 1}, {"e1", end + 1}});
  REQUIRE(found.size() == 3);
  const std::vector<float>& window = found.at({"e1", end});
  REQUIRE(window.size() == 8);
  CHECK(window == found.at({"e1", end - kPeriod + 1}));
  CHECK(window != found.at({"e1", end + 1}));
  for (int slot = 0; slot < 4; ++slot) {  // a is high in slots 1041 to 1044, b is not
    CHECK(window[static_cast<std::size_t>(2 * slot)] > 3);
    CHECK(std::abs(window[static_cast<std::size_t>(2 * slot + 1)]) < 3);
  }
}

TEST_CASE("what the history does not have, or has not scored, is not found") {
  const Lookup lookup;
  const std::int64_t end = 1045 * kPeriod;
  const auto found = lookup.find({{"e9", end},
                                  {"e1", 1002 * kPeriod},  // still learning
                                  {"e1", 5000 * kPeriod},  // later than the history
                                  {"e1", 0},
                                  {"e3", end}});
  CHECK(found.size() == 1);
  CHECK(found.count({"e3", end}) == 1);
  CHECK(lookup.find({}).empty());
}

TEST_CASE("the state a model left an element in makes its first windows scored") {
  const Lookup lookup;
  const auto config = test::hand_made_config();
  ingest::WindowStore store(test::gauges(2), file_options(config.group().stream));
  read_history(config, test::gauges(2), {lookup.file()}, store, [] {}, {});
  const auto kept = std::make_shared<const ingest::CarryOver>(store.carry_over());
  const test::Folder folder;
  test::write_bytes(folder.file("next.csv"), "time,element,a,b\n10803,e1,1,2\n");
  const std::vector<WindowName> names = {{"e1", 1081 * kPeriod}};
  const std::vector<std::string> next = {folder.file("next.csv")};
  CHECK(find_windows(config, test::gauges(2), next, names, {}).empty());
  CHECK(find_windows(config, test::gauges(2), next, names, {}, kept).size() == 1);
}

}  // namespace window_lookup_test
}  // namespace faultprint::daemon
