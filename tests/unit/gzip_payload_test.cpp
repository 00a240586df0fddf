#include "ingest/gzip_payload.h"

#include <doctest/doctest.h>

#include "decoding.h"
#include "gzipped.h"

namespace faultprint::ingest {
namespace gzip_payload_test {

using test::gzipped;

struct Unpacked {
  RejectReason reason;
  std::string text;
};

Unpacked unpacked(Gunzip& gunzip, const std::string& payload, std::size_t most) {
  std::string_view text;
  const RejectReason reason = gunzip.unpack(payload, most, text);
  return {reason, reason == RejectReason::none ? std::string(text) : ""};
}

TEST_CASE("a gzipped payload comes out as it went in, one after the other") {
  Gunzip gunzip;
  for (const std::string& text : {std::string("x"), std::string(), std::string(100000, 'a')}) {
    const Unpacked result = unpacked(gunzip, gzipped(text), 100000);
    CHECK(result.reason == RejectReason::none);
    CHECK(result.text == text);
  }
}

TEST_CASE("several members are one text") {
  Gunzip gunzip;
  CHECK(unpacked(gunzip, gzipped("ab") + gzipped("cd"), 10).text == "abcd");
}

TEST_CASE("a bomb is rejected at the limit, to the byte") {
  Gunzip gunzip;
  const std::string bomb = gzipped(std::string(10'000'000, '\0'));
  CHECK(bomb.size() < 20000);
  CHECK(unpacked(gunzip, bomb, 262144).reason == RejectReason::too_large);
  CHECK(unpacked(gunzip, gzipped(std::string(1000, 'a')), 999).reason == RejectReason::too_large);
  CHECK(unpacked(gunzip, gzipped(std::string(1000, 'a')), 1000).reason == RejectReason::none);
}

TEST_CASE("what is cut off or damaged is bad, and the next payload is not") {
  Gunzip gunzip;
  const std::string good = gzipped("hello, hello, hello");
  for (std::size_t size = 2; size < good.size(); ++size)
    CHECK(unpacked(gunzip, good.substr(0, size), 1000).reason == RejectReason::bad_gzip);
  std::string damaged = good;
  damaged[good.size() - 5] ^= 1;  // the checksum
  CHECK(unpacked(gunzip, damaged, 1000).reason == RejectReason::bad_gzip);
  CHECK(unpacked(gunzip, good + "more", 1000).reason == RejectReason::bad_gzip);
  CHECK(unpacked(gunzip, good, 1000).text == "hello, hello, hello");
}

TEST_CASE("every format reads gzipped records among others, and counts what it cannot unpack") {
  test::Decoding json("json", {"a"});
  const std::string record = R"({"element":"x","time":10,"kpis":{"a":1}})";
  const std::string line = "x 1970-01-01T00:00:10Z a=1";
  CHECK(json.line_of(gzipped(record)) == line);
  CHECK(json.line_of(record) == line);
  CHECK(json.line_of(gzipped(record).substr(0, 20)) == "!bad_gzip");
  CHECK(json.line_of(gzipped(std::string(100001, ' '))) == "!too_large");
  CHECK(json.line_of(gzipped("")) == "!empty");
  CHECK(json.line_of(gzipped(record)) == line);
  test::Decoding influx("influx, record: {kpi: \"{field}\"}", {"a"});
  CHECK(influx.lines(gzipped("m,host=x a=1 10\nm,host=x a=1 10")) ==
        std::vector<std::string>{line, line});
}

}  // namespace gzip_payload_test
}  // namespace faultprint::ingest
