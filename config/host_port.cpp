#include "config/host_port.h"

#include <algorithm>

#include "config/scalar.h"

namespace faultprint::config {
namespace {

constexpr int kKafkaPort = 9092;

bool is_host(std::string_view host, bool bracketed) {
  const char* const allowed = bracketed ? "0123456789abcdefABCDEF:.%"
                                        : "0123456789abcdefghijklmnopqrstuvwxyz"
                                          "ABCDEFGHIJKLMNOPQRSTUVWXYZ.-_";
  if (host.empty() || host.find_first_not_of(allowed) != std::string_view::npos) return false;
  return !bracketed || host.find(':') != std::string_view::npos;
}

std::string_view without_protocol(std::string_view broker) {
  const std::size_t at = broker.find("://");
  if (at == std::string_view::npos) return broker;
  std::string protocol(broker.substr(0, at));
  for (char& c : protocol)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  for (const char* known : {"PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"})
    if (protocol == known) return broker.substr(at + 3);
  return broker;
}

}  // namespace

std::optional<HostPort> parse_host_port(std::string_view text, std::optional<int> default_port) {
  const std::size_t last = text.rfind(':');
  const bool has_port = last != std::string_view::npos && !text.ends_with(']');
  std::string_view host = has_port ? text.substr(0, last) : text;
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (!is_host(host, bracketed)) return std::nullopt;
  if (!has_port) {
    if (!default_port) return std::nullopt;
    return HostPort{std::string(host), *default_port};
  }
  const auto port = parse_integer(text.substr(last + 1));
  if (!port || *port < 0 || *port > 65535) return std::nullopt;
  return HostPort{std::string(host), static_cast<int>(*port)};
}

std::optional<std::string> bad_broker(std::string_view list) {
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    std::string_view broker = list.substr(begin, end - begin);
    broker.remove_prefix(std::min(broker.find_first_not_of(' '), broker.size()));
    const auto address = parse_host_port(without_protocol(broker), kKafkaPort);
    if (!address || address->port == 0) return std::string(broker);
    begin = end + 1;
  }
  return std::nullopt;
}

}  // namespace faultprint::config
