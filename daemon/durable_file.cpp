#include "daemon/durable_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>

namespace faultprint::daemon {
namespace {

constexpr std::size_t kFilePiece = 128 * 1024;

[[noreturn]] void cannot_replace(const std::string& path) {
  throw std::runtime_error(path + ": cannot be written: " + std::strerror(errno));
}

void write_all(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) cannot_replace(path);
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

// Until then a power failure may bring back what a file was before it was replaced.
void sync_folder_of(const std::string& path) {
  const std::string parent = std::filesystem::path(path).parent_path().string();
  const int folder =
      ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return;
  ::fsync(folder);
  ::close(folder);
}

}  // namespace

void replace_file(const std::string& path,
                  const std::function<void(const ingest::StateSink&)>& write, unsigned mode) {
  const std::string temporary = path + ".tmp";
  const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  if (fd < 0) cannot_replace(path);
  struct stat old {};
  const bool known = ::stat(path.c_str(), &old) == 0;
  try {
    // Its owner first: it takes rights away. Who may not give it away writes it as himself, for the
    // same group where he may.
    if (known && ::fchown(fd, old.st_uid, old.st_gid) != 0 &&
        (errno != EPERM || (::fchown(fd, -1, old.st_gid) != 0 && errno != EPERM)))
      cannot_replace(path);
    if (known && ::fchmod(fd, old.st_mode & 0777) != 0) cannot_replace(path);
    write([&](std::string_view bytes) { write_all(fd, bytes, path); });
    if (::fsync(fd) != 0) cannot_replace(path);
  } catch (...) {
    ::close(fd);
    ::unlink(temporary.c_str());
    throw;
  }
  ::close(fd);
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    const int why = errno;
    ::unlink(temporary.c_str());
    errno = why;
    cannot_replace(path);
  }
  sync_folder_of(path);
}

std::optional<std::int64_t> modified_us(const std::string& path) {
  struct stat file {};
  if (::stat(path.c_str(), &file) != 0) return std::nullopt;
  return file.st_mtim.tv_sec * std::int64_t{1000000} + file.st_mtim.tv_nsec / 1000;
}

std::optional<std::string> read_file(const std::string& path, std::size_t most) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  file.seekg(0, std::ios::end);
  const auto size = static_cast<std::size_t>(std::max<std::streamoff>(0, file.tellg()));
  file.seekg(static_cast<std::streamoff>(size - std::min(size, most)));
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

std::optional<ingest::StatePieces> open_file(const std::string& path) {
  const auto file = std::make_shared<std::ifstream>(path, std::ios::binary | std::ios::ate);
  if (!*file) return std::nullopt;
  sync_folder_of(path);
  const auto size = static_cast<std::size_t>(std::max<std::streamoff>(0, file->tellg()));
  file->seekg(0);
  return ingest::StatePieces{size, [file, piece = std::string()]() mutable {
                               piece.resize(kFilePiece);
                               file->read(piece.data(), static_cast<std::streamsize>(kFilePiece));
                               piece.resize(static_cast<std::size_t>(file->gcount()));
                               return std::string_view(piece);
                             }};
}

std::string make_folder(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return error.message();
  return ::access(path.c_str(), W_OK) == 0 ? "" : std::strerror(errno);
}

}  // namespace faultprint::daemon
