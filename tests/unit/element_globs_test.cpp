#include "ingest/element_globs.h"

#include <doctest/doctest.h>

#include "file_bytes.h"
#include "ingest/history.h"

namespace faultprint::ingest {
namespace element_globs_test {

TEST_CASE("elements are matched as a shell matches, by any of the globs") {
  CHECK(matches_any({"leaf*"}, "leaf6"));
  CHECK(matches_any({"spine1", "leaf?"}, "leaf6"));
  CHECK(matches_any({"leaf[5-7]"}, "leaf6"));
  CHECK(matches_any({"*/cell"}, "a/b/cell"));
  CHECK_FALSE(matches_any({"leaf?", "leaf[1-5]"}, "leaf66"));
  CHECK_FALSE(matches_any({"leaf"}, "leaf6"));
  CHECK_FALSE(matches_any({}, "leaf6"));
}

TEST_CASE("of a file a group has what it has a glob for and no group before it") {
  config::GroupConfig group;
  CHECK(is_of_group(group, "leaf1"));
  group.taken_before = {"leaf*"};
  CHECK_FALSE(is_of_group(group, "leaf1"));
  CHECK(is_of_group(group, "spine1"));
  group.elements = {"s*"};
  CHECK(is_of_group(group, "spine1"));
  CHECK_FALSE(is_of_group(group, "core1"));
}

TEST_CASE("history leaves out elements of other groups, and counts them") {
  const test::Folder folder;
  test::write_bytes(folder.file("h.csv"),
                    "time,element,a\n10,leaf1,1\n10,spine1,2\n20,leaf1,3\n20,core1,4\n");
  test::write_bytes(folder.file("h.jsonl"),
                    "{\"element\":\"leaf2\",\"time\":11,\"kpis\":{\"a\":5}}\n"
                    "{\"element\":\"spine2\",\"time\":12,\"kpis\":{\"a\":6}}\n");
  config::InputSpec input;
  input.kpis.resize(1);
  input.kpis[0].name = "a";
  config::GroupConfig group;
  group.elements = {"leaf*", "core1"};
  group.taken_before = {"core*"};
  History history({folder.file("h.csv"), folder.file("h.jsonl")}, {group, input});
  KpiSample sample;
  std::string read;
  while (history.next(sample))
    read += std::string(sample.element) + " " + std::to_string(sample.time_us / 1000000) + ";";
  CHECK(read == "leaf1 10;leaf2 11;leaf1 20;");
  CHECK(history.rejects()[static_cast<std::size_t>(RejectReason::no_group)] == 3);
}

}  // namespace element_globs_test
}  // namespace faultprint::ingest
