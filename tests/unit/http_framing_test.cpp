#include "daemon/http_framing.h"

#include <doctest/doctest.h>

#include <string>

namespace faultprint::daemon {
namespace http_framing_test {

using State = Framing::State;

Framing framed(const std::string& bytes) { return frame_request(bytes, HttpLimits{}); }

TEST_CASE("a request ends at its empty line, or after the body that it announces") {
  const std::string get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  CHECK(framed(get).size == get.size());
  CHECK(framed(get + "GET /next").size == get.size());
  const std::string post = "POST /-/reload HTTP/1.1\r\ncontent-LENGTH: 3\r\n\r\n";
  CHECK(framed(post + "ab").state == State::incomplete);
  CHECK(framed(post + "abc").size == post.size() + 3);
}

TEST_CASE("every beginning of a request is incomplete") {
  const std::string whole = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx";
  for (std::size_t i = 0; i < whole.size(); ++i)
    CHECK(framed(whole.substr(0, i)).state == State::incomplete);
}

TEST_CASE("what is too long, or has no certain end, is refused with its status") {
  struct Case {
    std::string bytes;
    std::string status;
  };
  const std::string begin = "POST / HTTP/1.1\r\n";
  const Case cases[] = {
      {"GET /" + std::string(100000, 'a'), "414 URI Too Long"},
      {"GET / HTTP/1.1\r\nX: " + std::string(100000, 'a'), "431 Request Header Fields Too Large"},
      {begin + "Content-Length: 4097\r\n\r\n", "413 Content Too Large"},
      {begin + "Content-Length: 99999999999999999999999\r\n\r\n", "413 Content Too Large"},
      {begin + "Content-Length: -1\r\n\r\n", "400 Bad Request"},
      {begin + "Content-Length: 1x\r\n\r\n", "400 Bad Request"},
      {begin + "Content-Length:\r\n\r\n", "400 Bad Request"},
      {begin + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n", "400 Bad Request"},
      {begin + "Transfer-Encoding: chunked\r\n\r\n", "411 Length Required"},
      {begin + "Content-Length: 1\r\nTransfer-Encoding : chunked\r\n\r\n", "411 Length Required"}};
  for (const Case& each : cases) {
    CAPTURE(each.bytes.substr(0, 60));
    const Framing framing = framed(each.bytes);
    REQUIRE(framing.state == State::refused);
    CHECK(framing.status == each.status);
  }
}

}  // namespace http_framing_test
}  // namespace faultprint::daemon
