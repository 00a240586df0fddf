// A zone's file, as the compiler zic of tzdata makes it: two blocks, the first for old programs,
// and the rule that holds from the last change on.
#include <array>
#include <optional>

#include "config/time_zone.h"
#include "config/zone_rule.h"

namespace faultprint::config {
namespace {

constexpr std::size_t kZoneHead = 44;
constexpr int kFirstYear = 1970;
constexpr int kLastYear = 2200;  // where times end

std::int64_t big_endian(std::string_view bytes) {
  auto value = static_cast<std::uint64_t>(static_cast<signed char>(bytes[0]));  // with its sign
  for (const char c : bytes.substr(1)) value = value << 8 | static_cast<unsigned char>(c);
  return static_cast<std::int64_t>(value);
}

// One of the two blocks, with its head.
struct ZoneBlock {
  std::size_t times, types, letters, leaps, standards, universals;
  std::size_t width = 4;       // bytes of a time
  std::string_view body = {};  // its times, which type each begins, types, and what is not read

  std::size_t size() const {
    return times * (width + 1) + types * 6 + letters + leaps * (width + 4) + standards + universals;
  }
};

// Takes it from the front of `bytes`.
std::optional<ZoneBlock> take_block(std::string_view& bytes, std::size_t width) {
  if (bytes.size() < kZoneHead || !bytes.starts_with("TZif")) return std::nullopt;
  const auto count = [&](std::size_t i) {
    return static_cast<std::size_t>(big_endian(bytes.substr(20 + 4 * i, 4)) & 0xffffffff);
  };
  ZoneBlock block{count(3), count(4), count(5), count(2), count(1), count(0), width};
  bytes.remove_prefix(kZoneHead);
  if (block.size() > bytes.size()) return std::nullopt;
  block.body = bytes.substr(0, block.size());
  bytes.remove_prefix(block.size());
  return block;
}

class BlockReader {
 public:
  explicit BlockReader(const ZoneBlock& block) : block_(block) {}

  std::int64_t time_s(std::size_t i) const {
    return big_endian(block_.body.substr(i * block_.width, block_.width));
  }
  // Of the type that the i-th time begins; nothing where there is no such type.
  std::optional<int> offset_s(std::size_t i) const {
    return offset_of(static_cast<unsigned char>(block_.body[block_.times * block_.width + i]));
  }
  std::optional<int> offset_of(std::size_t type) const {
    if (type >= block_.types) return std::nullopt;
    const std::size_t at = block_.times * (block_.width + 1) + 6 * type;
    const std::int64_t offset_s = big_endian(block_.body.substr(at, 4));
    if (offset_s < -93600 || offset_s > 93600) return std::nullopt;
    return static_cast<int>(offset_s);
  }

 private:
  const ZoneBlock& block_;
};

// Between its line feeds; "" where there is none.
std::string_view rule_text(std::string_view rest) {
  if (!rest.starts_with('\n')) return {};
  rest.remove_prefix(1);
  return rest.substr(0, rest.find('\n'));
}

// Those after `last_s`.
bool go_on(TimeZone& zone, std::string_view text, std::int64_t last_s) {
  if (text.empty()) return true;
  const auto rule = parse_zone_rule(text);
  if (!rule) return false;
  if (!rule->changes) {
    zone.change(last_s + 1, rule->standard_s);
    return true;
  }
  for (int year = kFirstYear; year <= kLastYear; ++year)
    for (const ZoneRule::Change& change : rule->changes_of(year))
      if (change.utc_s > last_s) zone.change(change.utc_s, change.offset_s);
  return true;
}

}  // namespace

std::shared_ptr<const TimeZone> parse_zone_file(std::string_view bytes) {
  const char version = bytes.size() > 4 ? bytes[4] : '\0';
  auto block = take_block(bytes, 4);
  if (block && version >= '2') block = take_block(bytes, 8);
  if (!block || block->leaps > 0) return nullptr;
  const BlockReader reader(*block);
  const auto first = reader.offset_of(0);
  if (!first) return nullptr;
  auto zone = std::make_shared<TimeZone>(*first);
  std::int64_t last_s = -1;  // no time is before 1970
  for (std::size_t i = 0; i < block->times; ++i) {
    const auto offset_s = reader.offset_s(i);
    const std::int64_t time_s = reader.time_s(i);
    if (!offset_s) return nullptr;
    if (time_s <= 0)
      *zone = TimeZone(*offset_s);
    else
      zone->change(time_s, *offset_s);
    last_s = std::max(last_s, time_s);
  }
  return go_on(*zone, version >= '2' ? rule_text(bytes) : "", last_s) ? zone : nullptr;
}

}  // namespace faultprint::config
