// Who changed what the detector knows, or had it read again: one line in the system's log, under
// the name faultprint-audit, and one in a file beside what was changed. The system's log cannot be
// edited by who ran the command; the file goes where the model goes.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace faultprint::daemon {

struct Actor {
  std::string user;        // name, or number where it has none; of HTTP: "alice@127.0.0.1"
  long uid = -1;           // -1: unknown
  std::string sudo_user;   // who called sudo, as that says; "" without
  std::string login_user;  // who logged in, as the kernel keeps it through su and sudo; or ""
};

Actor this_user();  // who runs this process
Actor user_with(uid_t uid);
// Who sent a signal. `systemctl reload` sends it as the service's own user: then it is systemd's,
// which tells nobody for whom.
Actor sender_with(uid_t uid);
Actor remote_user(std::string who);  // who asked over HTTP

struct AuditEntry {
  std::string action;       // "enroll"
  std::string object;       // the file that is changed, or read again
  std::string before = "";  // fingerprints; "": there was none
  std::string after = "";
  std::string failure = "";  // "": it was done
  std::vector<std::pair<std::string, std::string>> details = {};
};

// JSON, without a newline.
std::string audit_line(std::int64_t time_us, const Actor& actor, const AuditEntry& entry);

// Beside a model or an incidents file: its name and ".audit.jsonl".
std::string audit_file_of(const std::string& file);

// To the system's log, and appended to the file, on the disk when this returns; "": no file.
// std::runtime_error "FILE: ..., so who did this is in the system's log alone".
void audit(const Actor& actor, const AuditEntry& entry, const std::string& file);

}  // namespace faultprint::daemon
