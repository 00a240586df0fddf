// JSON of unknown form, laid flat: every value by its pointer.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/observation.h"

namespace faultprint::ingest {

struct FlatJson {
  // The document; or, where that is an array, each object in it. Values only: names are pointers.
  std::vector<Observation> objects;
  bool is_array = false;
  std::vector<std::string> arrays;  // pointers to arrays further in, which are not looked into
};

// Not thread-safe: holds scratch buffers.
class JsonFlattener {
 public:
  JsonFlattener();
  ~JsonFlattener();

  // False where the text is neither an object nor an array that holds one.
  bool flatten(std::string_view text, FlatJson& flat);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace faultprint::ingest
