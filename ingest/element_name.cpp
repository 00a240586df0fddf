#include "ingest/element_name.h"

#include "config/name_template.h"
#include "ingest/json_decoder.h"

namespace faultprint::ingest {

ElementName::ElementName(const std::string& element) {
  if (element.starts_with('/')) {
    pointers_ = {element};
    return;
  }
  const std::vector<config::TemplatePart> parts = config::split_template(element).value();
  for (const config::TemplatePart& part : parts) {
    if (!part.is_field) {
      parts_.push_back({Kind::literal, part.text});
    } else if (part.text.starts_with('/')) {
      parts_.push_back({Kind::pointer, ""});
      pointers_.push_back(part.text);
    } else if (part.text.starts_with(config::kHeaderLabel)) {
      parts_.push_back({Kind::header, part.text.substr(config::kHeaderLabel.size())});
    } else {
      parts_.push_back({Kind::key, ""});
    }
  }
}

std::string_view ElementName::of(const RawRecord& record,
                                 const std::vector<std::string_view>& texts) {
  name_.clear();
  std::size_t pointer = 0;
  for (const Part& part : parts_) {
    const std::string_view text = part.kind == Kind::literal  ? part.text
                                  : part.kind == Kind::key    ? record.key
                                  : part.kind == Kind::header ? record.header(part.text)
                                                              : texts[pointer++];
    const bool beside = part.kind == Kind::key || part.kind == Kind::header;  // the payload
    if (text.empty() || (beside && !is_utf8(text))) return {};
    name_ += text;
  }
  return name_;
}

}  // namespace faultprint::ingest
