// Users of the HTTP port and their bcrypt hashes, as exporters check them: an unknown name takes as
// long as a wrong password, and a right one is computed once.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace faultprint::daemon {

struct Credentials {
  std::string user;
  std::string password;
};

// Of an Authorization header's value; nothing where it is not "Basic" and base64 of
// "user:password".
std::optional<Credentials> credentials_of(const std::string& authorization);

// Thread-safe.
class BasicAuth {
 public:
  enum class Answer {
    allowed,
    refused,
    busy,  // others' passwords are being computed: later, so that they cannot hold every thread
  };

  using Users = std::map<std::string, std::string>;  // name -> bcrypt hash

  explicit BasicAuth(Users users);
  ~BasicAuth();
  BasicAuth(BasicAuth&&) noexcept;
  BasicAuth& operator=(BasicAuth&&) noexcept;

  bool asks() const;  // false: there are no users, and everyone is allowed
  Answer check(const std::string& authorization) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace faultprint::daemon
