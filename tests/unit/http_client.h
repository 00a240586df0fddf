// A client without an HTTP library: what is sent and what comes back is exactly what is seen.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>

namespace faultprint::test {

class HttpClient {
 public:
  HttpClient() : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
  explicit HttpClient(int port) : HttpClient() { connect_to(port); }
  ~HttpClient() {
    if (fd_ >= 0) close(fd_);
  }
  HttpClient(HttpClient&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  HttpClient& operator=(HttpClient&&) = delete;

  void connect_to(int port) const {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
      throw std::runtime_error("no connection to port " + std::to_string(port));
  }
  bool send(const std::string& bytes) const {
    return ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(bytes.size());
  }
  std::string all() const {  // until the server closes
    std::string text;
    std::array<char, 4096> buffer{};
    for (ssize_t n; (n = recv(fd_, buffer.data(), buffer.size(), 0)) > 0;)
      text.append(buffer.data(), static_cast<std::size_t>(n));
    return text;
  }

 private:
  int fd_;
};

struct HttpAnswer {
  std::string all;   // every byte of it
  int status = 0;    // 0: none came
  std::string head;  // each line with its end
  std::string body;

  bool has(const std::string& header_line) const {
    return head.find("\r\n" + header_line + "\r\n") != std::string::npos;
  }
};

inline HttpAnswer http_send(int port, const std::string& request) {
  const HttpClient client(port);
  client.send(request);
  const std::string all = client.all();
  const auto split = all.find("\r\n\r\n");
  if (split == std::string::npos) return {all, 0, "", ""};
  return {all, std::stoi(all.substr(9, 3)), all.substr(0, split + 2), all.substr(split + 4)};
}

inline HttpAnswer http_ask(int port, const std::string& method, const std::string& path,
                           const std::string& headers = "") {
  return http_send(port,
                   method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n");
}

}  // namespace faultprint::test
