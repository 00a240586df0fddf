// Strict readings of a scalar's text, free of YAML 1.1's surprises (010 as 8, yes as true).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/input_spec.h"

namespace faultprint::config {

// Empty unless the whole text is of the form; no leading zeros, no plus sign, no spaces.
std::optional<std::int64_t> parse_integer(std::string_view text);   // 12, -3
std::optional<double> parse_decimal(std::string_view text);         // 0.5; finite, no exponent
std::optional<Microseconds> parse_duration(std::string_view text);  // 500ms, 1.5h; to nearest us

// Plain text that YAML takes for a number or a boolean, and so must be quoted to be text.
bool reads_as_other_type(std::string_view text);

bool has_leading_zero(std::string_view text);  // 010, -007, 00.5

// The text as an error message may show it: on one line, cut where it is long.
std::string shown(std::string_view text);

// "a, b or c"
std::string joined(const std::vector<std::string>& names, const std::string& last_separator);

// Whether a tab stands before the first other character of that line (from 1).
bool is_indented_by_tab(std::string_view text, int line);

// Where the text stops being UTF-8 without control characters (tab and line ends are allowed).
std::optional<std::size_t> first_bad_byte(std::string_view text);

std::string format_decimal(double value);  // shortest plain decimal that parses to the same value

}  // namespace faultprint::config
