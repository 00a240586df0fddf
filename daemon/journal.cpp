#include "daemon/journal.h"

#define SD_JOURNAL_SUPPRESS_LOCATION  // it would name this file for every entry
#include <sys/uio.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

namespace faultprint::daemon::journal {
namespace {

constexpr const char* kSocket = "/run/systemd/journal/socket";
constexpr std::size_t kMaxName = 64;

}  // namespace

std::string field(std::string_view key, std::string_view value) {
  std::string text = "FAULTPRINT_";
  for (const char c : key.substr(0, kMaxName - text.size())) {
    if (c >= 'a' && c <= 'z')
      text += static_cast<char>(c - 'a' + 'A');
    else
      text += (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ? c : '_';
  }
  text += '=';
  text += value;
  return text;
}

// Asked each time: libsystemd drops an entry in silence where there is no journal.
bool available() { return ::access(kSocket, W_OK) == 0; }

bool send(const std::vector<std::string>& entry) {
  if (!available()) return false;
  std::vector<iovec> parts;
  for (const std::string& text : entry)
    parts.push_back({const_cast<char*>(text.data()), text.size()});  // it is only read
  return sd_journal_sendv(parts.data(), static_cast<int>(parts.size())) == 0;
}

}  // namespace faultprint::daemon::journal
