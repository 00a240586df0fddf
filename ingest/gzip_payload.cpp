#include "ingest/gzip_payload.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace faultprint::ingest {

namespace {
constexpr int kGzipOnly = 16 + MAX_WBITS;  // for inflateInit2
constexpr std::size_t kFirstBytes = 4096;
}  // namespace

struct Gunzip::Impl {
  Impl() {
    if (inflateInit2(&stream, kGzipOnly) != Z_OK) throw std::runtime_error("zlib: no memory");
  }
  ~Impl() { inflateEnd(&stream); }

  // Room for more at the end of what has come out; false where there may be none.
  bool grow(std::size_t out, std::size_t most) {
    if (out < buffer.size()) return true;
    if (buffer.size() > most) return false;
    buffer.resize(std::min(std::max(kFirstBytes, 2 * buffer.size()), most + 1));
    return true;
  }

  z_stream stream{};
  std::string buffer;  // one byte more than may come out, to see that more would
};

Gunzip::Gunzip() : impl_(std::make_unique<Impl>()) {}
Gunzip::~Gunzip() = default;

RejectReason Gunzip::unpack(std::string_view payload, std::size_t most, std::string_view& text) {
  z_stream& stream = impl_->stream;
  std::string& buffer = impl_->buffer;
  if (payload.size() > std::numeric_limits<uInt>::max()) return RejectReason::too_large;
  if (buffer.size() > most + 1) buffer.resize(most + 1);
  inflateReset(&stream);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(payload.data()));
  stream.avail_in = static_cast<uInt>(payload.size());
  std::size_t out = 0;
  for (;;) {
    if (!impl_->grow(out, most)) return RejectReason::too_large;
    stream.next_out = reinterpret_cast<Bytef*>(buffer.data() + out);
    stream.avail_out = static_cast<uInt>(
        std::min<std::size_t>(buffer.size() - out, std::numeric_limits<uInt>::max()));
    const int state = inflate(&stream, Z_NO_FLUSH);
    out = static_cast<std::size_t>(reinterpret_cast<char*>(stream.next_out) - buffer.data());
    if (out > most) return RejectReason::too_large;
    if (state == Z_STREAM_END && stream.avail_in == 0) break;
    if (state == Z_STREAM_END)
      inflateReset(&stream);  // a further member, as RFC 1952 allows
    else if (state != Z_OK || (stream.avail_in == 0 && stream.avail_out > 0))
      return RejectReason::bad_gzip;
  }
  text = std::string_view(buffer).substr(0, out);
  return RejectReason::none;
}

}  // namespace faultprint::ingest
