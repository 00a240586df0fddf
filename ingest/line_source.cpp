#include "ingest/line_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace faultprint::ingest {

namespace {

constexpr std::size_t kChunk = 1 << 16;
constexpr std::size_t kMaxLine = 64 << 20;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// zlib's own words repeat the file's name.
std::string gzip_error(gzFile gzip, const std::string& file) {
  int code = Z_OK;
  const int saved_errno = errno;
  std::string text = gzerror(gzip, &code);
  if (code == Z_OK || code == Z_STREAM_END) return "";
  if (code == Z_ERRNO) return std::strerror(saved_errno);
  if (text.starts_with(file + ": ")) text.erase(0, file.size() + 2);
  return code == Z_BUF_ERROR ? "the gzip data ends too early" : "damaged gzip data: " + text;
}

}  // namespace

LineSource::LineSource(const std::string& file) : file_(file), gzip_(nullptr) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) throw std::runtime_error(file + ": " + std::strerror(errno));
  struct stat status {};
  if (::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode)) size_ = status.st_size;
  gzip_ = S_ISDIR(status.st_mode) ? nullptr : gzdopen(descriptor, "rb");
  if (gzip_ == nullptr) {
    ::close(descriptor);
    throw std::runtime_error(file + ": " +
                             std::strerror(S_ISDIR(status.st_mode) ? EISDIR : ENOMEM));
  }
  gzbuffer(gzip_, kChunk);
}

LineSource::~LineSource() { gzclose(gzip_); }

// Reads a further chunk behind what is left; false at the end of the file.
bool LineSource::fill() {
  if (at_end_) return false;
  buffer_.erase(0, begin_);
  begin_ = 0;
  const std::size_t kept = buffer_.size();
  if (kept > kMaxLine) {
    throw std::runtime_error(file_ + ":" + std::to_string(line_number_ + 1) +
                             ": the line is longer than 64 MB");
  }
  buffer_.resize(kept + kChunk);
  const int count = gzread(gzip_, buffer_.data() + kept, static_cast<unsigned>(kChunk));
  if (count < static_cast<int>(kChunk)) {
    const std::string error = gzip_error(gzip_, file_);
    if (!error.empty()) throw std::runtime_error(file_ + ": " + error);
    at_end_ = count == 0;
  }
  buffer_.resize(kept + static_cast<std::size_t>(count));
  if (line_number_ == 0 && kept == 0 && buffer_.starts_with(kByteOrderMark)) {
    buffer_.erase(0, kByteOrderMark.size());
  }
  return !at_end_;
}

bool LineSource::peek(std::string_view& line) {
  if (!peeked_) {
    std::size_t searched = 0;  // of the rest, without a line's end
    std::size_t end = std::string::npos;
    while ((end = buffer_.find('\n', begin_ + searched)) == std::string::npos) {
      searched = buffer_.size() - begin_;
      if (!fill()) break;
    }
    if (end == std::string::npos && begin_ == buffer_.size()) return false;
    const bool ended = end != std::string::npos;
    const std::size_t length = (ended ? end : buffer_.size()) - begin_;
    peeked_line_ = std::string_view(buffer_).substr(begin_, length);
    begin_ += length + (ended ? 1 : 0);
    peeked_ = true;
  }
  line = peeked_line_;
  return true;
}

bool LineSource::next(std::string_view& line) {
  if (!peek(line)) return false;
  peeked_ = false;
  ++line_number_;
  return true;
}

std::int64_t LineSource::bytes_read() const { return gzoffset(gzip_); }

}  // namespace faultprint::ingest
