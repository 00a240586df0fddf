#include "daemon/basic_auth.h"

#include <crypt.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <strings.h>

#include <array>
#include <atomic>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string_view>

#include "daemon/digest.h"

namespace faultprint::daemon {
namespace {

constexpr std::size_t kMostKnown = 1000;  // right passwords remembered
constexpr int kAtOnce = 2;                // of the server's four threads
constexpr std::size_t kMostBytes = 4096;  // of base64

bool bcrypt_matches(const std::string& password, const std::string& hash) {
  const auto scratch = std::make_unique<crypt_data>();  // 32 kB
  const char* const made = crypt_r(password.c_str(), hash.c_str(), scratch.get());
  const bool same = made != nullptr && std::string_view(made).size() == hash.size() &&
                    CRYPTO_memcmp(made, hash.data(), hash.size()) == 0;
  OPENSSL_cleanse(scratch.get(), sizeof(crypt_data));
  return same;
}

}  // namespace

std::optional<Credentials> credentials_of(const std::string& authorization) {
  constexpr std::string_view kScheme = "Basic ";
  if (authorization.size() <= kScheme.size() ||
      strncasecmp(authorization.data(), kScheme.data(), kScheme.size()) != 0)
    return std::nullopt;
  const auto given = std::string_view(authorization).substr(kScheme.size());
  if (given.size() > kMostBytes) return std::nullopt;
  const auto text = base64_decoded(given);
  if (!text || text->find('\0') != std::string::npos) return std::nullopt;
  const std::size_t colon = text->find(':');
  if (colon == std::string::npos) return std::nullopt;
  return Credentials{text->substr(0, colon), text->substr(colon + 1)};
}

struct BasicAuth::Impl {
  std::map<std::string, std::string> users;
  std::string nobody;  // a hash that no password has, as costly as the users' costliest
  std::array<unsigned char, 32> key{};
  mutable std::atomic<int> computing{0};
  mutable std::mutex mutex;
  mutable std::set<Sha256> known;

  explicit Impl(std::map<std::string, std::string> given) : users(std::move(given)) {
    std::string cost = "04";
    for (const auto& [user, hash] : users) cost = std::max(cost, hash.substr(4, 2));
    nobody = "$2b$" + cost + "$" + std::string(53, '.');
    if (RAND_bytes(key.data(), static_cast<int>(key.size())) != 1)
      throw std::runtime_error("no random bytes are to be had");
  }

  // What is remembered of a right password cannot be tried out elsewhere: the key is this
  // process's.
  Sha256 digest(const Credentials& given, const std::string& hash) const {
    std::string text(key.begin(), key.end());
    text += given.user;
    text += '\0';
    text += hash;
    text += given.password;
    const Sha256 made = sha256(text);
    OPENSSL_cleanse(text.data(), text.size());
    return made;
  }

  bool remembers(const Sha256& what) const {
    const std::lock_guard lock(mutex);
    return known.contains(what);
  }

  void remember(const Sha256& what) const {
    const std::lock_guard lock(mutex);
    if (known.size() >= kMostKnown) known.clear();
    known.insert(what);
  }

  Answer computed(const Credentials& given, const std::string& hash, bool is_user) const {
    if (++computing > kAtOnce) {
      --computing;
      return Answer::busy;
    }
    const bool matches = bcrypt_matches(given.password, hash);
    --computing;
    if (!matches || !is_user) return Answer::refused;
    remember(digest(given, hash));
    return Answer::allowed;
  }
};

BasicAuth::BasicAuth(Users users) : impl_(std::make_unique<Impl>(std::move(users))) {}
BasicAuth::~BasicAuth() = default;
BasicAuth::BasicAuth(BasicAuth&&) noexcept = default;
BasicAuth& BasicAuth::operator=(BasicAuth&&) noexcept = default;

bool BasicAuth::asks() const { return !impl_->users.empty(); }

BasicAuth::Answer BasicAuth::check(const std::string& authorization) const {
  if (!asks()) return Answer::allowed;
  const auto given = credentials_of(authorization);
  if (!given) return Answer::refused;  // nothing was tried: nothing to hide
  const auto user = impl_->users.find(given->user);
  const bool is_user = user != impl_->users.end();
  const std::string& hash = is_user ? user->second : impl_->nobody;
  if (is_user && impl_->remembers(impl_->digest(*given, hash))) return Answer::allowed;
  return impl_->computed(*given, hash, is_user);
}

}  // namespace faultprint::daemon
