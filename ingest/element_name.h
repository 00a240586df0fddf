// The element's name where stream.json puts it together: of the Kafka key, headers, and JSON
// pointers into the record, as "{/site}/{/cell}".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ingest/decoder.h"

namespace faultprint::ingest {

class ElementName {
 public:
  // stream.json.element: a JSON pointer, or a template. The configuration has checked the form.
  explicit ElementName(const std::string& element);

  // What the record is asked for, in the order of the template.
  const std::vector<std::string>& pointers() const { return pointers_; }
  bool is_pointer() const { return parts_.empty(); }  // the one, and nothing else
  // texts: of what the pointers lead to. "" where a part is missing or empty, or is no UTF-8. Stays
  // until the next call.
  std::string_view of(const RawRecord& record, const std::vector<std::string_view>& texts);

 private:
  enum class Kind { literal, key, header, pointer };
  struct Part {
    Kind kind;
    std::string text;  // a literal, or a header's name
  };

  std::vector<std::string> pointers_;
  std::vector<Part> parts_;
  std::string name_;
};

}  // namespace faultprint::ingest
