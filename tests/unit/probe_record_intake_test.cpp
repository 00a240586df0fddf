#include <doctest/doctest.h>

#include "daemon/probe/record_intake.h"
#include "gzipped.h"

namespace faultprint::daemon::probe {
namespace probe_record_intake_test {

ingest::SampledRecord of(const std::string& payload) { return {payload, "k", 0, 0}; }

TEST_CASE("gzipped payloads are unpacked, others stay as they are") {
  RecordIntake intake;
  for (const std::string& payload :
       {std::string("plain"), test::gzipped("packed"), test::gzipped("damaged").substr(0, 12)})
    intake.take(of(payload));
  REQUIRE(intake.records().size() == 3);
  CHECK(intake.records()[0].payload == "plain");
  CHECK(intake.records()[1].payload == "packed");
  CHECK(intake.records()[2].payload.starts_with("\x1f\x8b"));
  CHECK(intake.text() == "2 of them are gzipped");
}

TEST_CASE(
    "what there is no room for is left out and told, be it packed or not, and the small follow") {
  RecordIntake intake(std::size_t{1} << 20);
  intake.take(of(std::string(600000, 'a')));
  intake.take(of(std::string(600000, 'b')));
  intake.take(of(test::gzipped(std::string(50000000, 'c'))));
  intake.take(of(test::gzipped(std::string(300000, 'd'))));
  REQUIRE(intake.records().size() == 2);
  CHECK(intake.records()[0].payload[0] == 'a');
  CHECK(intake.records()[1].payload == std::string(300000, 'd'));
  CHECK(intake.left_out() == 2);
  CHECK(intake.text() ==
        "2 of them are gzipped; 2 left out: too large, at most 1 MB are looked at");
}

TEST_CASE("keys, headers and the mere number of records take room, too") {
  RecordIntake intake(1000000);
  for (int i = 0; i < 20000; ++i) intake.take(of(""));
  CHECK(intake.left_out() > 0);
  CHECK(intake.records().size() < 1000000 / sizeof(ingest::SampledRecord) + 1);
  RecordIntake other(1000);
  other.take({"", "", 0, 0, {{"h", std::string(2000, 'x')}}});
  CHECK(other.left_out() == 1);
}

}  // namespace probe_record_intake_test
}  // namespace faultprint::daemon::probe
