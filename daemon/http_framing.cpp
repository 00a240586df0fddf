#include "daemon/http_framing.h"

#include <strings.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace faultprint::daemon {
namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kHeadEnd = "\r\n\r\n";

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

Framing refused(const char* status) { return {Framing::State::refused, 0, status}; }

// Of the headers between request line and empty line. Nothing where they cannot be trusted.
std::optional<std::size_t> body_size(std::string_view head, const HttpLimits& limits,
                                     const char*& status) {
  std::optional<std::size_t> size;
  status = nullptr;
  for (std::size_t at = head.find(kLineEnd); at < head.size();) {
    at += kLineEnd.size();
    const std::size_t end = std::min(head.find(kLineEnd, at), head.size());
    const std::string_view line = head.substr(at, end - at);
    const std::size_t colon = line.find(':');
    const std::string_view header = line.substr(0, colon);
    if (same_name(trimmed(header), "transfer-encoding"))
      return status = "411 Length Required", size;
    if (same_name(trimmed(header), "content-length")) {
      const std::string_view text =
          colon == std::string_view::npos ? "" : trimmed(line.substr(colon + 1));
      std::size_t value = 0;
      const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
      if (text.empty() || stop != text.data() + text.size() || error == std::errc::invalid_argument)
        return status = "400 Bad Request", size;
      if (error != std::errc() || value > limits.body_bytes)
        return status = "413 Content Too Large", size;
      if (size && *size != value) return status = "400 Bad Request", size;
      size = value;
    }
    at = end;
  }
  return size;
}

}  // namespace

Framing frame_request(std::string_view bytes, const HttpLimits& limits) {
  const std::size_t head = bytes.substr(0, limits.head_bytes).find(kHeadEnd);
  if (head == std::string_view::npos) {
    if (bytes.size() < limits.head_bytes) return {};
    return refused(bytes.find('\n') == std::string_view::npos
                       ? "414 URI Too Long"
                       : "431 Request Header Fields Too Large");
  }
  const char* status = nullptr;
  const auto body = body_size(bytes.substr(0, head), limits, status);
  if (status != nullptr) return refused(status);
  const std::size_t size = head + kHeadEnd.size() + body.value_or(0);
  if (bytes.size() < size) return {};
  return {Framing::State::complete, size, nullptr};
}

}  // namespace faultprint::daemon
