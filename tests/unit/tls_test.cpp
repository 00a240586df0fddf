// One end of TLS against OpenSSL's own client, over a pair of sockets.
#include "daemon/tls.h"

#include <doctest/doctest.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <memory>

#include "certificate.h"
#include "file_bytes.h"

namespace faultprint::daemon {
namespace tls_test {

using Io = TlsStream::Io;

struct Ends {
  test::Folder folder;
  std::array<int, 2> sockets{};
  std::unique_ptr<TlsContext> context;
  std::unique_ptr<TlsStream> server;

  Ends() {
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, sockets.data()) ==
            0);
    config::WebConfig web;
    web.tls = config::TlsSettings{};
    web.tls->cert_file = folder.file("c.pem");
    web.tls->key_file = folder.file("k.pem");
    test::write_certificate(web.tls->cert_file, web.tls->key_file, "server");
    context = std::make_unique<TlsContext>(web);
    server = context->accept(sockets[0]);
    REQUIRE(server);
  }
  ~Ends() {
    server.reset();
    close(sockets[0]);
    hang_up();
  }
  Ends(const Ends&) = delete;
  Ends& operator=(const Ends&) = delete;

  void hang_up() {
    if (sockets[1] >= 0) close(sockets[1]);
    sockets[1] = -1;
  }
  Io read() const {
    std::array<char, 64> buffer{};
    std::size_t moved = 0;
    return server->read(buffer.data(), buffer.size(), moved);
  }
};

// Both have shaken hands.
struct Connected : Ends {
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> settings{SSL_CTX_new(TLS_client_method()),
                                                             &SSL_CTX_free};
  std::unique_ptr<SSL, decltype(&SSL_free)> client{SSL_new(settings.get()), &SSL_free};

  Connected() {
    SSL_set_fd(client.get(), sockets[1]);
    Io outcome = Io::wants_read;
    for (int i = 0; i < 10 && outcome != Io::done; ++i) {
      SSL_connect(client.get());
      outcome = server->handshake();
    }
    REQUIRE(outcome == Io::done);
  }
};

TEST_CASE("a client that goes away before or amid the handshake has closed, not failed") {
  Ends silent;
  CHECK(silent.server->handshake() == Io::wants_read);
  silent.hang_up();
  CHECK(silent.server->handshake() == Io::closed);
  Ends amid;
  REQUIRE(send(amid.sockets[1], "\x16\x03\x01", 3, MSG_NOSIGNAL) == 3);
  CHECK(amid.server->handshake() == Io::wants_read);
  amid.hang_up();
  CHECK(amid.server->handshake() == Io::closed);
}

TEST_CASE("a client that speaks no TLS has failed") {
  const Ends ends;
  REQUIRE(send(ends.sockets[1], "GET / HTTP/1.1\r\n\r\n", 18, MSG_NOSIGNAL) == 18);
  CHECK(ends.server->handshake() == Io::failed);
  CHECK(ends.server->why() == "http request");
}

TEST_CASE("the end of a connection is its end, with a goodbye or without one") {
  const Connected polite;
  CHECK(polite.read() == Io::wants_read);
  SSL_shutdown(polite.client.get());
  CHECK(polite.read() == Io::closed);
  Connected abrupt;
  CHECK(SSL_write(abrupt.client.get(), "half", 4) == 4);
  abrupt.hang_up();
  CHECK(abrupt.read() == Io::done);
  CHECK(abrupt.read() == Io::closed);
}

TEST_CASE("bytes that are no record of TLS fail") {
  const Connected ends;
  REQUIRE(send(ends.sockets[1], "nonsense nonsense", 17, MSG_NOSIGNAL) == 17);
  CHECK(ends.read() == Io::failed);
}

}  // namespace tls_test
}  // namespace faultprint::daemon
