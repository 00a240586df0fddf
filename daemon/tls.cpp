#include "daemon/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <fstream>

namespace faultprint::daemon {
namespace {

using Context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;

void free_names(STACK_OF(X509_NAME) * names) { sk_X509_NAME_pop_free(names, X509_NAME_free); }
using Names = std::unique_ptr<STACK_OF(X509_NAME), decltype(&free_names)>;

// OpenSSL's newest reason, in its own words; empties its list.
std::string tls_reason() {
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  const char* const text = ERR_reason_error_string(code);
  return text == nullptr ? "OpenSSL cannot use it" : text;
}

// OpenSSL's own words for a file that is not there, or not for us, say neither.
void check_readable(const config::WebConfig& web, const char* key, const std::string& path) {
  errno = 0;
  if (!std::ifstream(path)) throw web.tls_error(key, path + ": " + std::strerror(errno));
}

// With VerifyClientCertIfGiven and above OpenSSL's own judgement stands; below, any will do.
int accept_any(int, X509_STORE_CTX*) { return 1; }

void ask_clients(SSL_CTX* context, const config::WebConfig& web) {
  using config::ClientAuth;
  const config::TlsSettings& tls = *web.tls;
  if (!tls.client_ca_file.empty()) {
    check_readable(web, "client_ca_file", tls.client_ca_file);
    Names names(SSL_load_client_CA_file(tls.client_ca_file.c_str()), &free_names);
    if (!names || SSL_CTX_load_verify_locations(context, tls.client_ca_file.c_str(), nullptr) != 1)
      throw web.tls_error("client_ca_file", tls.client_ca_file + ": " + tls_reason());
    SSL_CTX_set_client_CA_list(context, names.release());  // its own from here on
  }
  constexpr int kMust = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  switch (tls.client_auth) {
    case ClientAuth::none:
      return SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nullptr);
    case ClientAuth::request:
      return SSL_CTX_set_verify(context, SSL_VERIFY_PEER, accept_any);
    case ClientAuth::require_any:
      return SSL_CTX_set_verify(context, kMust, accept_any);
    case ClientAuth::verify_if_given:
      return SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    case ClientAuth::require_and_verify:
      return SSL_CTX_set_verify(context, kMust, nullptr);
  }
}

void use_certificate(SSL_CTX* context, const config::WebConfig& web) {
  const config::TlsSettings& tls = *web.tls;
  check_readable(web, "cert_file", tls.cert_file);
  check_readable(web, "key_file", tls.key_file);
  if (SSL_CTX_use_certificate_chain_file(context, tls.cert_file.c_str()) != 1)
    throw web.tls_error("cert_file", tls.cert_file + ": " + tls_reason());
  if (SSL_CTX_use_PrivateKey_file(context, tls.key_file.c_str(), SSL_FILETYPE_PEM) != 1)
    throw web.tls_error("key_file", tls.key_file + ": " + tls_reason());
  if (SSL_CTX_check_private_key(context) != 1)
    throw web.tls_error("key_file", tls.key_file + ": is not the key of " + tls.cert_file);
}

// Clients that offer protocols hear that this one speaks HTTP/1.1.
int choose_http1(SSL*, const unsigned char** chosen, unsigned char* length,
                 const unsigned char* offered, unsigned int offered_length, void*) {
  static constexpr unsigned char kHttp1[] = "\x08http/1.1";
  unsigned char* found = nullptr;
  if (SSL_select_next_proto(&found, length, kHttp1, sizeof kHttp1 - 1, offered, offered_length) !=
      OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_NOACK;
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

// So that what outcome() finds is of the call between.
void forget_errors() {
  ERR_clear_error();
  errno = 0;
}

// Without a close_notify, as port scans, load balancers' checks and half of all clients do: that is
// no failed handshake. Nothing is cut off by it: a request that is not whole is not served.
bool went_away(int error, int why) {
  if (error != SSL_ERROR_SYSCALL && error != SSL_ERROR_SSL) return false;
  const auto is_end = [](int number) {
    return number == 0 || number == ECONNRESET || number == EPIPE;
  };
  bool told = false;
  // What the system said is here too, and in OpenSSL 3.5 not as the last: errno may be another by
  // now.
  while (const unsigned long reason = ERR_get_error()) {
    told = true;
    if (ERR_SYSTEM_ERROR(reason) ? is_end(ERR_GET_REASON(reason))
                                 : ERR_GET_LIB(reason) == ERR_LIB_SSL &&
                                       ERR_GET_REASON(reason) == SSL_R_UNEXPECTED_EOF_WHILE_READING)
      return true;
  }
  return !told && error == SSL_ERROR_SYSCALL && is_end(why);
}

}  // namespace

struct TlsStream::Impl {
  explicit Impl(SSL* s) : ssl(s, &SSL_free) {}
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl;
  std::string failure;

  Io outcome(int result) {
    const int why = errno;
    const int error = SSL_get_error(ssl.get(), result);
    const char* const text = ERR_reason_error_string(ERR_peek_error());
    const bool gone = went_away(error, why);
    ERR_clear_error();
    if (gone) return Io::closed;
    switch (error) {
      case SSL_ERROR_NONE:
        return Io::done;
      case SSL_ERROR_WANT_READ:
        return Io::wants_read;
      case SSL_ERROR_WANT_WRITE:
        return Io::wants_write;
      case SSL_ERROR_ZERO_RETURN:
        return Io::closed;
      default:
        failure = text == nullptr ? "" : text;
        return Io::failed;
    }
  }
};

TlsStream::TlsStream(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsStream::~TlsStream() = default;

TlsStream::Io TlsStream::handshake() {
  forget_errors();
  return impl_->outcome(SSL_accept(impl_->ssl.get()));
}

TlsStream::Io TlsStream::read(char* buffer, std::size_t size, std::size_t& moved) {
  forget_errors();
  return impl_->outcome(SSL_read_ex(impl_->ssl.get(), buffer, size, &moved));
}

TlsStream::Io TlsStream::write(const char* bytes, std::size_t size, std::size_t& moved) {
  forget_errors();
  return impl_->outcome(SSL_write_ex(impl_->ssl.get(), bytes, size, &moved));
}

const std::string& TlsStream::why() const { return impl_->failure; }

void TlsStream::say_goodbye() {
  ERR_clear_error();
  SSL_shutdown(impl_->ssl.get());
  ERR_clear_error();
}

struct TlsContext::Impl {
  Context context{SSL_CTX_new(TLS_server_method()), &SSL_CTX_free};
};

TlsContext::TlsContext(const config::WebConfig& web) : impl_(std::make_unique<Impl>()) {
  SSL_CTX* const context = impl_->context.get();
  if (context == nullptr) throw web.tls_error("cert_file", tls_reason());
  SSL_CTX_set_min_proto_version(context, web.tls->tls13_only ? TLS1_3_VERSION : TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  // The bytes to write may move between two attempts.
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  // A resumed session would not be asked for its certificate again.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 0);
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
  SSL_CTX_set_alpn_select_cb(context, choose_http1, nullptr);
  use_certificate(context, web);
  ask_clients(context, web);
}

TlsContext::~TlsContext() = default;

std::unique_ptr<TlsStream> TlsContext::accept(int socket) const {
  auto stream = std::make_unique<TlsStream::Impl>(SSL_new(impl_->context.get()));
  if (!stream->ssl || SSL_set_fd(stream->ssl.get(), socket) != 1) return nullptr;
  return std::make_unique<TlsStream>(std::move(stream));
}

}  // namespace faultprint::daemon
