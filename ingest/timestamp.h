// Event times as text and numbers.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "config/config.h"
#include "config/time_zone.h"

namespace faultprint::ingest {

constexpr std::int64_t kMaxTimeUs = 7258118400LL * 1000000;  // 2200-01-01

// Of a text that does not say how far east of UTC it is; null: that is required.
using Zone = std::shared_ptr<const config::TimeZone>;

// RFC 3339 date-time ("2017-06-29T16:40:14Z", fraction and offset allowed; "T" may be a blank).
// Microseconds since 1970; nothing when malformed or before 1970.
std::optional<std::int64_t> parse_rfc3339(std::string_view text, const Zone& zone = {});

// A number in the given unit; `automatic` decides by magnitude (below 1e11 seconds, below 1e14
// milliseconds, below 1e17 microseconds, else nanoseconds). Nothing when outside 1970..2200.
std::optional<std::int64_t> time_from_number(double value, config::TimeUnit unit);
std::optional<std::int64_t> time_from_integer(std::int64_t value, config::TimeUnit unit);
std::optional<std::int64_t> time_from_text(std::string_view digits, config::TimeUnit unit);

// RFC 3339 text or a decimal number, as CSV files have it.
std::optional<std::int64_t> parse_time(std::string_view text, const Zone& zone = {});

// The same where a unit is configured: digits in that unit, and RFC 3339 where it is `automatic` or
// just that.
std::optional<std::int64_t> parse_time(std::string_view text, config::TimeUnit unit,
                                       const Zone& zone = {});

// "2017-06-29T16:40:14Z"; a fraction only where there is one (3 or 6 digits).
std::string format_rfc3339(std::int64_t time_us);

}  // namespace faultprint::ingest
