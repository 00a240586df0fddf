#include "ingest/fault_type.h"

#include <algorithm>
#include <array>

#include "config/scalar.h"

namespace faultprint::ingest {
namespace {

// A verdict or an alarm of such a name could not be told from those that say something else.
constexpr std::array<std::string_view, 7> kReserved = {
    kUnknownType, "silent", "group", "not_scored", kNormal, kIgnore, kFalseAlarm};

// Without blanks around it, in lower case.
std::string plain(std::string_view name) {
  const auto first = std::min(name.find_first_not_of(' '), name.size());
  std::string text(name.substr(first, name.find_last_not_of(' ') + 1 - first));
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

}  // namespace

bool means_reserved(std::string_view name, std::string_view reserved) {
  return plain(name) == reserved;
}

std::string fault_name_error(std::string_view name) {
  if (name.empty()) return "is empty";
  if (name.size() > kMaxFaultTypeBytes)
    return "has " + std::to_string(name.size()) + " bytes: a fault's name has at most " +
           std::to_string(kMaxFaultTypeBytes);
  const std::string quoted = "\"" + config::shown(name) + "\"";
  if (config::first_bad_byte(name) || name.find_first_of("\t\r\n") != std::string_view::npos)
    return quoted + " is no fault's name: it must be UTF-8 without control characters";
  if (name.find_first_not_of(' ') == std::string_view::npos) return "is blank";
  if (std::none_of(kReserved.begin(), kReserved.end(),
                   [&](std::string_view word) { return means_reserved(name, word); }))
    return "";
  std::string all;
  for (const std::string_view reserved : kReserved)
    all += (all.empty()                    ? ""
            : reserved == kReserved.back() ? " and "
                                           : ", ") +
           std::string(reserved);
  return quoted + " is no fault's name: any other than " + all + " is, in whatever case";
}

}  // namespace faultprint::ingest
