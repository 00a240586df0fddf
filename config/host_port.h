// Network addresses as people write them: host:port, [::1]:port.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace faultprint::config {

struct HostPort {
  std::string host;  // without brackets
  int port = 0;      // 0..65535
};

// Nothing where the text is no such address. Without a port: with `default_port`, where given.
std::optional<HostPort> parse_host_port(std::string_view text,
                                        std::optional<int> default_port = std::nullopt);

// What kafka.brokers cannot be: the first entry of the list that is no broker's address; nothing
// where all are. As librdkafka reads it: 9092 is the port where none is given, and a security
// protocol may stand before it (SSL://k1:9093).
std::optional<std::string> bad_broker(std::string_view list);

}  // namespace faultprint::config
