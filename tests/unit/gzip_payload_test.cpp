#include "ingest/gzip_payload.h"

#include <doctest/doctest.h>
#include <zlib.h>

#include "decoding.h"

namespace faultprint::ingest {
namespace gzip_payload_test {

std::string packed(const std::string& text) {
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

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
    const Unpacked result = unpacked(gunzip, packed(text), 100000);
    CHECK(result.reason == RejectReason::none);
    CHECK(result.text == text);
  }
}

TEST_CASE("several members are one text") {
  Gunzip gunzip;
  CHECK(unpacked(gunzip, packed("ab") + packed("cd"), 10).text == "abcd");
}

TEST_CASE("a bomb is rejected at the limit, to the byte") {
  Gunzip gunzip;
  const std::string bomb = packed(std::string(10'000'000, '\0'));
  CHECK(bomb.size() < 20000);
  CHECK(unpacked(gunzip, bomb, 262144).reason == RejectReason::too_large);
  CHECK(unpacked(gunzip, packed(std::string(1000, 'a')), 999).reason == RejectReason::too_large);
  CHECK(unpacked(gunzip, packed(std::string(1000, 'a')), 1000).reason == RejectReason::none);
}

TEST_CASE("what is cut off or damaged is bad, and the next payload is not") {
  Gunzip gunzip;
  const std::string good = packed("hello, hello, hello");
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
  CHECK(json.line_of(packed(record)) == line);
  CHECK(json.line_of(record) == line);
  CHECK(json.line_of(packed(record).substr(0, 20)) == "!bad_gzip");
  CHECK(json.line_of(packed(std::string(100001, ' '))) == "!too_large");
  CHECK(json.line_of(packed("")) == "!empty");
  CHECK(json.line_of(packed(record)) == line);
  test::Decoding influx("influx, record: {kpi: \"{field}\"}", {"a"});
  CHECK(influx.lines(packed("m,host=x a=1 10\nm,host=x a=1 10")) ==
        std::vector<std::string>{line, line});
}

}  // namespace gzip_payload_test
}  // namespace faultprint::ingest
