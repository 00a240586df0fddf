#include "daemon/basic_auth.h"

#include <doctest/doctest.h>

#include <atomic>
#include <ctime>
#include <string>
#include <thread>
#include <vector>

#include "bcrypt_hashes.h"
#include "daemon/digest.h"

namespace faultprint::daemon {
namespace basic_auth_test {

using Answer = BasicAuth::Answer;
using Users = BasicAuth::Users;

const char* const kSecret = test::kSecretHash;

std::string basic(const std::string& text) { return "Basic " + base64(text); }

TEST_CASE("without users everyone is allowed, with users nobody who gives no password") {
  CHECK(BasicAuth(Users{}).check("") == Answer::allowed);
  const BasicAuth auth(Users{{"alice", kSecret}});
  CHECK(auth.asks());
  for (const char* nonsense : {"", "Basic", "Basic ", "Basic !!!!", "Bearer abcd", "Basic YQ=="})
    CHECK(auth.check(nonsense) == Answer::refused);
}

TEST_CASE("the right password of the right user is allowed, time and again") {
  const BasicAuth auth(Users{{"alice", kSecret}, {"bob", kSecret}});
  for (int i = 0; i < 3; ++i) {
    CHECK(auth.check(basic("alice:secret")) == Answer::allowed);
    CHECK(auth.check(basic("bob:secret")) == Answer::allowed);
    CHECK(auth.check(basic("alice:Secret")) == Answer::refused);
    CHECK(auth.check(basic("alice:")) == Answer::refused);
    CHECK(auth.check(basic("carol:secret")) == Answer::refused);
    CHECK(auth.check(basic("alice:secret:")) == Answer::refused);
  }
  CHECK(auth.check("bAsIc " + basic("alice:secret").substr(6)) == Answer::allowed);
}

TEST_CASE("a hash that another implementation published is understood") {
  const BasicAuth auth(Users{{"u", test::kPublishedHash}});
  CHECK(auth.check(basic("u:U*U")) == Answer::allowed);
  CHECK(auth.check(basic("u:U*U*")) == Answer::refused);
}

TEST_CASE("every kind of bcrypt hash that htpasswd and its like write is understood") {
  std::string hash = kSecret;
  for (const char kind : {'a', 'b', 'y'}) {
    hash[2] = kind;
    CHECK(BasicAuth(Users{{"u", hash}}).check(basic("u:secret")) == Answer::allowed);
  }
}

TEST_CASE("a password with a NUL is not cut there") {
  const BasicAuth auth(Users{{"alice", kSecret}});
  CHECK(auth.check(basic(std::string("alice:secret\0more", 17))) == Answer::refused);
}

TEST_CASE("credentials are what stands before and after the first colon") {
  CHECK(credentials_of(basic("a:b:c"))->user == "a");
  CHECK(credentials_of(basic("a:b:c"))->password == "b:c");
  CHECK_FALSE(credentials_of(basic("abc")));
  CHECK_FALSE(credentials_of("Basic " + std::string(100000, 'A')));
}

double thread_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

// Of this thread's own work, whatever else the machine does.
double seconds_of(const BasicAuth& auth, const std::string& text) {
  const double began = thread_seconds();
  CHECK(auth.check(basic(text)) == Answer::refused);
  return thread_seconds() - began;
}

TEST_CASE("an unknown user takes as long as a wrong password") {
  std::string costly = kSecret;
  costly.replace(4, 2, "09");
  const BasicAuth auth(Users{{"alice", costly}});
  const double known = seconds_of(auth, "alice:wrong");
  const double unknown = seconds_of(auth, "nobody:wrong");
  CHECK(known > 0.005);
  CHECK(unknown > known / 3);
  CHECK(unknown < known * 3);
}

TEST_CASE("while others try passwords, a known one is allowed at once") {
  std::string costly = kSecret;
  costly.replace(4, 2, "10");
  const BasicAuth auth(Users{{"alice", kSecret}, {"slow", costly}});
  CHECK(auth.check(basic("alice:secret")) == Answer::allowed);
  std::atomic<int> busy = 0;
  std::atomic<bool> over = false;
  std::vector<std::thread> guessing;
  for (int i = 0; i < 6; ++i)
    guessing.emplace_back([&] {
      while (!over) busy += auth.check(basic("slow:guess")) == Answer::busy;
    });
  while (busy == 0) std::this_thread::yield();
  for (int i = 0; i < 20; ++i) CHECK(auth.check(basic("alice:secret")) == Answer::allowed);
  over = true;
  for (auto& thread : guessing) thread.join();
}

}  // namespace basic_auth_test
}  // namespace faultprint::daemon
