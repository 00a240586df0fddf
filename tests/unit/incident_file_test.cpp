#include "daemon/incident_file.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <thread>
#include <vector>

#include "daemon/digest.h"
#include "file_bytes.h"
#include "stream_helpers.h"

namespace faultprint::daemon {
namespace incident_file_test {

using test::incident_of;
using test::kSecond;

constexpr std::int64_t kHour = 3600 * kSecond;

ingest::Incident fault(std::int64_t from_h, std::int64_t to_h, const std::string& type = "loss",
                       const std::string& element = "leaf1") {
  return incident_of(element, from_h * kHour, to_h * kHour, type, 30 * kSecond);
}

ingest::Incident wrong(std::int64_t from_h, std::int64_t to_h) {
  ingest::Incident row = fault(from_h, to_h, ingest::kNormal);
  row.false_alarm = true;
  return row;
}

std::string refusal(const std::string& file, const ingest::Incident& row) {
  const std::string before = test::read_bytes(file);
  try {
    append_incident(file, row, "");
  } catch (const std::runtime_error& e) {
    CHECK(test::read_bytes(file) == before);
    return std::string(e.what()).substr(file.size());
  }
  return "";
}

TEST_CASE("a new file gets a header, and rows that train reads") {
  const test::Folder folder;
  const std::string file = folder.file("labels.csv");
  append_incident(file, fault(1, 2), "leaf1@1970-01-01T01:00:20Z");
  append_incident(file, wrong(3, 4), "");
  append_incident(file, fault(5, 6, "a,\"b\"", "leaf 2"), "");
  CHECK(test::read_bytes(file) ==
        "element,start,end,fault_type,uncertainty,alarm\n"
        "leaf1,1970-01-01T01:00:00Z,1970-01-01T02:00:00Z,loss,30s,leaf1@1970-01-01T01:00:20Z\n"
        "leaf1,1970-01-01T03:00:00Z,1970-01-01T04:00:00Z,false_alarm,30s,\n"
        "leaf 2,1970-01-01T05:00:00Z,1970-01-01T06:00:00Z,\"a,\"\"b\"\"\",30s,\n");
  const auto read = ingest::Incidents::read({file});
  REQUIRE(read.rows().size() == 3);
  CHECK(read.faults().size() == 2);
  CHECK(read.rows()[2].fault_type == "a,\"b\"");
  CHECK(read.rows()[0].uncertainty_us == 30 * kSecond);
  CHECK_FALSE(std::filesystem::exists(file + ".tmp"));
}

TEST_CASE("the fingerprints are those of the file before and after") {
  const test::Folder folder;
  const std::string file = folder.file("labels.csv");
  const FileChange first = append_incident(file, fault(1, 2), "");
  CHECK(first.before.empty());
  CHECK(first.after == fingerprint_of(test::read_bytes(file)));
  const FileChange second = append_incident(file, fault(3, 4), "");
  CHECK(second.before == first.after);
  CHECK(second.after == fingerprint_of(test::read_bytes(file)));
}

TEST_CASE("a file of one's own keeps its columns, its rows and its rights") {
  const test::Folder folder;
  const std::string file = folder.file("own.csv");
  test::write_bytes(file, "fault_type,ticket,end,start,element\nflap,T1,20,10,leaf9");
  std::filesystem::permissions(file, std::filesystem::perms(0664));
  append_incident(file, fault(1, 2), "id");
  CHECK(test::read_bytes(file) ==
        "fault_type,ticket,end,start,element\nflap,T1,20,10,leaf9\n"
        "loss,,1970-01-01T02:00:00Z,1970-01-01T01:00:00Z,leaf1\n");
  CHECK(std::filesystem::status(file).permissions() == std::filesystem::perms(0664));
}

TEST_CASE("what a row says already, or says otherwise, is refused by name") {
  const test::Folder folder;
  const std::string file = folder.file("labels.csv");
  append_incident(file, fault(1, 3), "");
  append_incident(file, wrong(10, 12), "");
  CHECK(refusal(file, fault(1, 3)) ==
        ": says so already: leaf1 1970-01-01T01:00:00Z to 1970-01-01T03:00:00Z loss");
  CHECK(refusal(file, fault(2, 4)).find("says so already") != std::string::npos);
  CHECK(refusal(file, fault(2, 4, "flap")).find("says otherwise") != std::string::npos);
  CHECK(refusal(file, wrong(2, 4)).find("says otherwise") != std::string::npos);
  CHECK(refusal(file, wrong(11, 14)) ==
        ": says so already: leaf1 1970-01-01T10:00:00Z to 1970-01-01T12:00:00Z false_alarm");
  CHECK(refusal(file, fault(11, 14)).find("says otherwise") != std::string::npos);
  append_incident(file, fault(3, 4), "");  // half-open: it only touches
  append_incident(file, fault(1, 3, "loss", "leaf2"), "");
}

TEST_CASE("a row of a glob speaks for its elements, an ignore row for nothing") {
  const test::Folder folder;
  const std::string file = folder.file("labels.csv");
  test::write_bytes(file,
                    "element,start,end,fault_type\nleaf*,3600,7200,normal\n*,7200,10800,ignore\n");
  CHECK(refusal(file, fault(1, 2)).find("says otherwise: leaf*") != std::string::npos);
  append_incident(file, fault(2, 3), "");
}

TEST_CASE("a row for a glob is checked against the elements that it means") {
  const test::Folder folder;
  const std::string file = folder.file("labels.csv");
  append_incident(file, fault(1, 2, "loss", "leaf6"), "");
  CHECK(refusal(file, fault(1, 2, "flap", "leaf*")).find("says otherwise: leaf6") !=
        std::string::npos);
  append_incident(file, fault(1, 2, "flap", "spine*"), "");
}

TEST_CASE("a file that cannot be understood, or is compressed, stays as it is") {
  const test::Folder folder;
  const std::string file = folder.file("labels.csv");
  test::write_bytes(file, "element,start,end\nx,1,2\n");
  CHECK(refusal(file, fault(1, 2)).find("fault_type: the column is missing") != std::string::npos);
  test::write_bytes(file, std::string("\x1f\x8b\x08", 3));
  CHECK(refusal(file, fault(1, 2)).find("is compressed") != std::string::npos);
  CHECK_THROWS_AS(append_incident(folder.file("no/labels.csv"), fault(1, 2), ""),
                  std::runtime_error);
}

TEST_CASE("of rows that are appended at once every one stays") {
  const test::Folder folder;
  const std::string file = folder.file("labels.csv");
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 10; ++i)
        append_incident(file, fault(1, 2, "loss", "leaf" + std::to_string(10 * t + i)), "");
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(ingest::Incidents::read({file}).rows().size() == 40);
}

TEST_CASE("where the file is a link, what it leads to is appended to") {
  const test::Folder folder;
  append_incident(folder.file("real.csv"), fault(1, 2), "");
  std::filesystem::create_symlink(folder.file("real.csv"), folder.file("link.csv"));
  append_incident(folder.file("link.csv"), fault(3, 4), "");
  CHECK(std::filesystem::is_symlink(folder.file("link.csv")));
  CHECK(ingest::Incidents::read({folder.file("real.csv")}).rows().size() == 2);
}

}  // namespace incident_file_test
}  // namespace faultprint::daemon
