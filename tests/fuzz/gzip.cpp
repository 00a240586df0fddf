// Payloads that are gzipped on their own: the input as such a payload, and packed into one.
#include <zlib.h>

#include "ingest/gzip_payload.h"
#include "tests/fuzz/decoding.h"
#include "tests/fuzz/targets.h"

namespace faultprint::fuzz {
namespace {

std::string packed(std::string_view text) {
  z_stream stream{};
  require(deflateInit2(&stream, 1, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK,
          "zlib");
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  require(deflate(&stream, Z_FINISH) == Z_STREAM_END, "zlib");
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace

void fuzz_gzip(std::string_view input) {
  static Decodings decodings({"format: influx", "format: json"}, "{name: i.in}, {name: a}",
                             packed("i,host=a in=1 1498754414000000000\n"));
  static Decoding plain("format: influx", "{name: i.in}, {name: a}");
  decodings.check(input);
  for (const std::size_t most : {0, 1, 1000}) {
    ingest::Gunzip gunzip;
    std::string_view text;
    const ingest::RejectReason reason = gunzip.unpack(input, most, text);
    require(reason != ingest::RejectReason::none || text.size() <= most, "no more than asked for");
  }
  if (!ingest::is_gzip(input))
    require(plain.decode(packed(input)) == plain.decode(input), "packed it gives the same");
}

}  // namespace faultprint::fuzz
