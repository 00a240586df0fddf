#include "daemon/audit.h"

#include <fcntl.h>
#include <pwd.h>
#include <syslog.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "daemon/clock.h"
#include "daemon/journal.h"
#include "daemon/output_lines.h"
#include "ingest/timestamp.h"

namespace faultprint::daemon {
namespace {

constexpr const char* kIdentifier = "faultprint-audit";
constexpr int kAuthPriv = LOG_AUTHPRIV >> 3;

std::string user_name(uid_t uid) {
  passwd entry{};
  passwd* found = nullptr;
  std::array<char, 4096> buffer{};
  if (getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr)
    return found->pw_name;
  return std::to_string(uid);
}

// Set at login, kept through su and sudo; 4294967295: nobody has logged in.
std::string login_name() {
  std::ifstream file("/proc/self/loginuid");
  unsigned long uid = 0;
  if (!(file >> uid) || uid >= 4294967295UL) return "";
  return user_name(static_cast<uid_t>(uid));
}

void to_system_log(const std::string& line, const Actor& actor, const AuditEntry& entry) {
  if (journal::send(
          {"MESSAGE=" + line, "PRIORITY=5", "SYSLOG_FACILITY=" + std::to_string(kAuthPriv),
           std::string("SYSLOG_IDENTIFIER=") + kIdentifier, journal::field("action", entry.action),
           journal::field("user", actor.user), journal::field("object", entry.object),
           journal::field("fingerprint_before", entry.before),
           journal::field("fingerprint_after", entry.after)}))
    return;
  openlog(kIdentifier, LOG_PID, LOG_AUTHPRIV);
  syslog(LOG_NOTICE, "%s", line.c_str());
  closelog();
}

// Made here, where there is none: OutputLines makes files that others may read. What is at the path
// is held by number meanwhile, so that nobody puts a link to another file in its place.
void append(const std::string& path, const std::string& line) {
  const int fd = ::open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
  std::string why = std::strerror(errno);
  if (fd >= 0) {
    try {
      OutputLines lines("/proc/self/fd/" + std::to_string(fd), OutputLines::Open::append);
      lines.write(line);  // one call: of two that append at once neither tears the other's line
      lines.sync();
      why.clear();
    } catch (const std::runtime_error& e) {
      why = e.what();  // "PATH: cannot be written: why", of that other path
      why.erase(0, why.rfind(": ") + 2);
    }
    ::close(fd);
  }
  if (!why.empty())
    throw std::runtime_error(path + ": cannot be written: " + why +
                             ", so who did this is in the system's log alone");
}

}  // namespace

Actor user_with(uid_t uid) { return {user_name(uid), static_cast<long>(uid), "", ""}; }

Actor sender_with(uid_t uid) {
  Actor actor = user_with(uid);
  if (uid == getuid() && std::getenv("INVOCATION_ID") != nullptr) actor.user = "systemd";
  return actor;
}

Actor this_user() {
  Actor actor = user_with(getuid());
  const char* const sudo = std::getenv("SUDO_USER");
  if (sudo != nullptr) actor.sudo_user = sudo;
  actor.login_user = login_name();
  return actor;
}

Actor remote_user(std::string who) { return {std::move(who), -1, "", ""}; }

std::string audit_line(std::int64_t time_us, const Actor& actor, const AuditEntry& entry) {
  nlohmann::ordered_json json{
      {"time", ingest::format_rfc3339(time_us)}, {"action", entry.action}, {"user", actor.user}};
  if (actor.uid >= 0) json["uid"] = actor.uid;
  if (!actor.sudo_user.empty()) json["sudo_user"] = actor.sudo_user;
  if (!actor.login_user.empty()) json["login_user"] = actor.login_user;
  json["object"] = entry.object;
  json["before"] = entry.before;
  json["after"] = entry.after;
  for (const auto& [name, value] : entry.details) json[name] = value;
  json["result"] = entry.failure.empty() ? "done" : "failed";
  if (!entry.failure.empty()) json["reason"] = entry.failure;
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string audit_file_of(const std::string& file) { return file + ".audit.jsonl"; }

void audit(const Actor& actor, const AuditEntry& entry, const std::string& file) {
  const std::string line = audit_line(unix_now_us(), actor, entry);
  to_system_log(line, actor, entry);
  if (!file.empty()) append(file, line);
}

}  // namespace faultprint::daemon
