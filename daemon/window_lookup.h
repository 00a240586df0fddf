// Single windows out of recorded history, by element and time.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "daemon/dataset.h"

namespace faultprint::daemon {

// An element and a time within its window's newest slot (or the end of it, as verdicts have it).
struct WindowName {
  std::string element;
  std::int64_t time_us = 0;
  bool operator<(const WindowName& other) const {
    return std::tie(element, time_us) < std::tie(other.element, other.time_us);
  }
};

// "ELEMENT@TIME", TIME being RFC 3339 or a number. std::runtime_error where it is not.
WindowName parse_window_name(const std::string& text);

using WindowsByName = std::map<WindowName, std::vector<float>>;

// The windows (T*F deviations each) that the history has of those asked for, through the same
// ingest code that live use runs. carry_over: a model's, for windows as its verdicts see them.
WindowsByName find_windows(const config::Config& config, const config::InputSpec& input,
                           const std::vector<std::string>& history,
                           const std::vector<WindowName>& wanted, const Progress& progress,
                           std::shared_ptr<const ingest::CarryOver> carry_over = nullptr);

}  // namespace faultprint::daemon
