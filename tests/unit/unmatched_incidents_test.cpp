#include "daemon/unmatched_incidents.h"

#include <doctest/doctest.h>

#include <set>

#include "daemon/training.h"
#include "error_of.h"
#include "file_bytes.h"
#include "hand_made_model.h"

namespace faultprint::daemon {
namespace unmatched_incidents_test {

using test::kSecond;

ingest::Incident row(const std::string& element, std::int64_t start_s, std::int64_t end_s,
                     const std::string& type, int line, std::int64_t uncertainty_s = 0) {
  auto incident =
      test::incident_of(element, start_s * kSecond, end_s * kSecond, type, uncertainty_s * kSecond);
  incident.place = "i.csv:" + std::to_string(line);
  return incident;
}

// cell-0 and cell-1 from 100 to 200 s, cell-0 again from 300 to 400 s.
HistoryTimes times() {
  HistoryTimes known;
  for (const char* element : {"cell-0", "cell-1"})
    for (std::int64_t s = 100; s < 200; s += 10)
      known.add(element, {s * kSecond, (s + 10) * kSecond});
  known.add("cell-0", {300 * kSecond, 400 * kSecond});
  return known;
}

std::optional<std::string> warning(std::vector<ingest::Incident> rows) {
  return unmatched_warning(ingest::Incidents(std::move(rows)), times());
}

TEST_CASE("a row that meets a time of one of its elements is not told") {
  CHECK_FALSE(warning({}));
  CHECK_FALSE(warning({row("cell-0", 120, 130, "loss", 2), row("cell-*", 390, 900, "loss", 3),
                       row("cell-1", 0, 101, "normal", 4)}));
  CHECK_FALSE(warning({row("cell-1", 250, 260, "loss", 2, 60)}));  // by its uncertain edge
}

TEST_CASE("a row is told by its place, with what is not in the data") {
  const auto fits = row("cell-0", 120, 130, "loss", 2);
  CHECK(warning({fits, row("Cell-0", 120, 130, "loss", 3)}) ==
        "W_UNMATCHED: 1 of 2 incidents do not fit the history and count for nothing: i.csv:3: no "
        "element of the data is \"Cell-0\"");
  CHECK(warning({fits, row("cell-0", 400, 500, "loss", 3)}) ==
        "W_UNMATCHED: 1 of 2 incidents do not fit the history and count for nothing: i.csv:3: its "
        "times lie outside the data of \"cell-0\" (1970-01-01T00:01:40Z to 1970-01-01T00:06:40Z)");
  CHECK(warning({fits, row("cell-0", 200, 280, "loss", 3)}) ==
        "W_UNMATCHED: 1 of 2 incidents do not fit the history and count for nothing: i.csv:3: its "
        "times lie in a gap of the data of \"cell-0\" (1970-01-01T00:03:20Z to "
        "1970-01-01T00:05:00Z)");
}

TEST_CASE("of many such rows the first few are named and the others counted") {
  std::vector<ingest::Incident> rows{row("cell-0", 120, 130, "loss", 2)};
  for (int line = 3; line < 10; ++line) rows.push_back(row("x", 120, 130, "loss", line));
  const std::string text = warning(rows).value_or("");
  CHECK(text.find("7 of 8 incidents") != std::string::npos);
  CHECK(text.find("i.csv:5: ") != std::string::npos);
  CHECK(text.find("i.csv:6: ") == std::string::npos);
  CHECK(text.find("; and 4 more") != std::string::npos);
}

TEST_CASE("rows of ignore neither are told nor make others enough") {
  CHECK_FALSE(warning({row("x", 0, 10, "ignore", 2), row("cell-0", 120, 130, "loss", 3)}));
  CHECK_FALSE(warning({row("x", 0, 10, "ignore", 2)}));
  const ingest::Incidents none({row("cell-0", 120, 130, "ignore", 2), row("x", 1, 3, "loss", 3)});
  CHECK_THROWS_AS(require_some_matched(none, times()), std::runtime_error);
  CHECK(unmatched_warning(none, times())
            .value_or("")
            .starts_with("W_UNMATCHED: no incident fits the history: i.csv:3: no element of the "
                         "data is \"x\""));
}

TEST_CASE("where none fits since most records were rejected, that is named as the cause") {
  ingest::RejectCounts rejects{};
  rejects[0] = 1;
  rejects[static_cast<std::size_t>(ingest::RejectReason::late)] = 9;
  const ingest::Incidents incidents({row("cell-0", 5, 6, "loss", 2)});
  const std::string error =
      test::error_of([&] { require_some_matched(incidents, times(), rejects); });
  CHECK(error.starts_with(
      "no incident fits the history: 9 of 10 records were rejected, most as late: "));
  CHECK(error.find("; i.csv:2: its times lie outside") != std::string::npos);
}

TEST_CASE("a terminal is shown no control character of a name") {
  const std::string text =
      warning({row("cell-0", 120, 130, "loss", 2), row("a\x1B[2J", 1, 2, "loss", 3)}).value_or("");
  CHECK(text.find("a?[2J") != std::string::npos);
}

std::string partly(std::vector<ingest::Incident> rows, const std::set<int>& judged) {
  return partly_matched_warning(ingest::Incidents(std::move(rows)), times(), judged).value_or("");
}

TEST_CASE("an incident of which the data holds a part is told with how much, and where it stands") {
  const std::string told =
      partly({row("cell-1", 120, 160, "loss", 2), row("cell-1", 180, 280, "loss", 3),
              row("cell-0", 180, 220, "loss", 4, 10)},
             {0, 1, 2});
  CHECK(told.starts_with(
      "W_PARTLY_MATCHED: 2 of 3 incidents fit the history in part alone: i.csv:3: only 20 % of it "
      "lies in the data of \"cell-1\"; i.csv:4: only 50 % of it lies in the data of \"cell-0\" ("));
  CHECK(partly({row("cell-1", 199, 999, "loss", 2)}, {0}).find("less than 1 % of it lies in") !=
        std::string::npos);
  CHECK(partly({row("cell-0", 150, 350, "loss", 2)}, {0}).find("only 50 % of it") !=
        std::string::npos);  // a gap of the data
}

TEST_CASE("an incident in which no window could be judged is told, though the data covers it") {
  CHECK(
      partly({row("cell-0", 100, 130, "loss", 2), row("cell-0", 150, 160, "loss", 3)}, {1})
          .starts_with("W_PARTLY_MATCHED: 1 of 2 incidents fit the history in part alone: i.csv:2: "
                       "no window of \"cell-0\" could be judged in it ("));
  CHECK(partly({row("cell-0", 190, 290, "loss", 2)}, {})
            .find("only 10 % of it lies in the data of \"cell-0\", and no window of it could be "
                  "judged in it") != std::string::npos);
}

TEST_CASE("in part is no incident that the data holds but for its end, or not at all, nor normal") {
  CHECK(partly({row("cell-0", 110, 200, "loss", 2), row("cell-0", 101, 209, "loss", 3)}, {0, 1}) ==
        "");
  CHECK(partly({row("cell-0", 500, 600, "loss", 2), row("x", 110, 120, "loss", 3),
                row("cell-0", 0, 110, "normal", 4), row("cell-0", 0, 110, "ignore", 5)},
               {}) == "");
  CHECK(partly({row("cell-*", 320, 380, "loss", 2)}, {0}) == "");  // cell-0 has all of it
}

TEST_CASE("incidents of which none fits the history end training, before any of it") {
  const test::Folder folder;
  std::string history = "time,element,a,b\n";
  for (int i = 0; i < 80; ++i)
    history += std::to_string(10000 + i * 10) + ",cell-0," + std::to_string(i % 4) + ",1\n";
  test::write_bytes(folder.file("h.csv"), history);
  const std::string file = folder.file("i.csv");
  test::write_bytes(file, "element,start,end,fault_type\nCell-0,10500,10600,loss\n");
  TrainRequest request;
  request.files = {{folder.file("h.csv")}, {file}};
  request.out = folder.file("model");
  const std::string error = test::error_of([&] { train_model(test::hand_made_config(), request); });
  CHECK(error.rfind(
            "no incident fits the history: " + file + ":2: no element of the data is \"Cell-0\"",
            0) == 0);
}

}  // namespace unmatched_incidents_test
}  // namespace faultprint::daemon
