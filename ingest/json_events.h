// Records that are one JSON document of many events (simdjson's DOM: the document is checked whole
// before anything of it is used, so a damaged one gives no sample at all).
#pragma once

#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/decoder.h"
#include "ingest/sample_builder.h"
#include "ingest/timestamp.h"

namespace faultprint::ingest {

namespace dom = simdjson::dom;

class JsonEvents : public Decoder {
 public:
  explicit JsonEvents(int max_record_bytes)
      : max_record_bytes_(static_cast<std::size_t>(max_record_bytes)) {}

  void begin(const RawRecord& record) final;
  bool next(KpiSample& sample, RejectReason& reason) final;

 protected:
  // How many events the document has. Called once, before read().
  virtual std::size_t collect(dom::element root) = 0;
  virtual RejectReason read(std::size_t event, KpiSample& sample) = 0;

  const RawRecord& record() const { return record_; }

 private:
  RejectReason parse(std::string_view text, dom::element& root);

  std::size_t max_record_bytes_;
  dom::parser parser_;
  RawRecord record_;
  RejectReason failed_ = RejectReason::none;  // why the record has no event
  std::size_t events_ = 0;
  std::size_t next_ = 0;
  bool done_ = true;
};

// The items of an array, or else the value itself.
void collect_items(dom::element value, std::vector<dom::element>& items);

// A member of an object; nothing where there is none, or where `value` is no object.
std::optional<dom::element> member(dom::element value, std::string_view name);
std::string_view text_member(dom::element value, std::string_view name);  // "" where it is no text

Value value_of(dom::element value);
// A number, or digits in quotes, in the unit; RFC 3339 where the unit is automatic or just that.
std::optional<std::int64_t> time_of(dom::element value, config::TimeUnit unit,
                                    const Zone& zone = {});
// Texts of an object as labels.
void read_labels(dom::element object, SampleBuilder& builder);
// Each member of an object as a value.
void add_members(dom::element object, SampleBuilder& builder);
// {"name": .., "tags": {..}, "timestamp": .., "<values>": {..}}, as Telegraf and gNMIc have it.
void read_tagged(dom::element event, std::string_view values, config::TimeUnit unit,
                 SampleBuilder& builder);

}  // namespace faultprint::ingest
