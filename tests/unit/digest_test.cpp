#include "daemon/digest.h"

#include <doctest/doctest.h>

namespace faultprint::daemon {
namespace digest_test {

TEST_CASE("a fingerprint is what sha256sum begins with, and changes with the bytes") {
  CHECK(fingerprint_of("abc") == "ba7816bf8f01cfea");
  CHECK(fingerprint_of("") == "e3b0c44298fc1c14");
  CHECK(fingerprint_of("abd") != fingerprint_of("abc"));
}

TEST_CASE("base64 is RFC 4648's, there and back") {
  const std::pair<const char*, const char*> vectors[] = {
      {"f", "Zg=="},        {"fo", "Zm8="},        {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) {
    CHECK(base64(bytes) == text);
    CHECK(base64_decoded(text) == bytes);
  }
  CHECK(base64("").empty());
  for (const char* none : {"", "Zg", "Zg=", "Zm9v!mFy", "Zm9vY"}) CHECK_FALSE(base64_decoded(none));
}

}  // namespace digest_test
}  // namespace faultprint::daemon
