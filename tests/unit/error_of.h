// What an action's exception says.
#pragma once

#include <exception>
#include <string>

namespace faultprint::test {

template <typename Action>
std::string error_of(Action action) {
  try {
    action();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

}  // namespace faultprint::test
