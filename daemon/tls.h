// TLS of the HTTP port (OpenSSL, in one file): a certificate and what is asked of clients, and one
// connection's stream, which never waits.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "config/web_config.h"

namespace faultprint::daemon {

class TlsStream {
 public:
  enum class Io { done, wants_read, wants_write, closed, failed };

  struct Impl;
  explicit TlsStream(std::unique_ptr<Impl> impl);
  ~TlsStream();

  Io handshake();
  // done: `moved` bytes, at least one.
  Io read(char* buffer, std::size_t size, std::size_t& moved);
  Io write(const char* bytes, std::size_t size, std::size_t& moved);
  const std::string& why() const;  // of the last that failed, in OpenSSL's words
  void say_goodbye();              // so that the client knows that nothing was cut off

 private:
  std::unique_ptr<Impl> impl_;
};

// Immutable, and safe to share between threads.
class TlsContext {
 public:
  // web.tls is set. ConfigError "file:line: tls_server_config.key: why" where what it names cannot
  // be used.
  explicit TlsContext(const config::WebConfig& web);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  // For a connected, non-blocking socket, which must outlive it. Null when memory is short.
  std::unique_ptr<TlsStream> accept(int socket) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace faultprint::daemon
