// Records of one partition (or of recorded files) become batches of ready windows.
//
// Slots, watermark, lateness and missing values by the rules of the README's "Time". Everything
// here is a pure function of the samples in their order: no clock, no randomness. Not thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "config/config.h"
#include "ingest/element.h"
#include "ingest/kpi_sample.h"
#include "ingest/name_index.h"
#include "ingest/reject_reason.h"
#include "ingest/relearn.h"
#include "ingest/state_io.h"
#include "ingest/watermark.h"

namespace faultprint::ingest {

enum class NotScored {
  none = 0,
  learning,  // the element's first slots give its level and scale
  filling,   // `baseline: none`: the ring does not hold a whole window yet
  masked,    // more than half of the window's cells are missing
};
const char* name(NotScored reason);

// One completed slot of one element: a verdict is due for each.
struct CompletedSlot {
  std::uint32_t element = 0;  // see WindowStore::element_name
  std::int64_t slot = 0;
  std::int32_t row = -1;  // of Batch::windows; -1: not scored
  NotScored not_scored = NotScored::none;
  bool fresh = false;           // the first of an element that is new, or starts anew
  bool relearned = false;       // and that because Relearn says so
  std::int64_t decided_us = 0;  // WindowStore::decided_us() as it was completed
};

// Of an element that the stream goes on without.
struct Silence {
  enum class Kind { begins, goes_on, ends, departs };
  Kind kind = Kind::begins;
  // Not where time goes on, which is told where an element is silent, or was once.
  std::uint32_t element = 0;
  // begins: since then it has been quiet for longer than `stale_after`. departs: it is forgotten,
  // as Batch::departed says too, but here in order.
  std::int64_t time_us = 0;
  std::int64_t since_us = 0;    // begins: of its last record
  std::int64_t decided_us = 0;  // WindowStore::decided_us() as it was found
};

struct Batch {
  std::vector<CompletedSlot> slots;  // of one element in order
  std::vector<float> windows;        // rows x (T * columns), row-major, oldest slot first
  std::size_t rows = 0;
  // rows x (2 * numbers): each number's value in the newest slot and then each one's level, both on
  // its KPI's scale; NaN where it is not known.
  std::vector<float> seen;
  // slots.size() x mask_bytes: which KPIs of the newest slot are masked (bit k of byte k / 8).
  std::vector<std::uint8_t> masks;
  std::vector<double> values;  // Modes values and steady: slots.size() x columns, NaN = missing
  // Elements that are new, be it out of a snapshot. A batch that holds nothing else is empty.
  std::vector<std::uint32_t> arrived;
  // Elements that were forgotten, and the event time of that; their names stay readable until the
  // batch is cleared.
  std::vector<std::uint32_t> departed;
  std::vector<std::int64_t> departed_us;
  std::vector<std::int64_t> departed_decided_us;  // WindowStore::decided_us() then
  std::vector<Silence> silences;                  // in the order in which the samples told them
};

// The state of elements at the end of training: name -> bytes of Element::write.
using CarryOver = std::unordered_map<std::string, std::string>;

class WindowStore {
 public:
  enum class Mode {
    windows,  // baselines, rings and windows
    values,   // transformed values alone, for the network's statistics before training
    steady,   // the same less their daily swing, with baselines and profile, but no windows
  };
  struct Options {
    Mode mode = Mode::windows;
    bool per_element_watermark = false;  // recorded files: elements need not be interleaved
    config::Microseconds lateness{0};
    config::Microseconds max_future{0};
    config::Microseconds forget_after{0};
    int max_elements = 100000;
    int stale_after = 10;  // slots
  };
  static Options options(const config::StreamConfig& stream);

  // memory: shared with other stores of the same thread and spec.
  WindowStore(const config::InputSpec& spec, const Options& options,
              std::shared_ptr<const CarryOver> carry_over = nullptr,
              std::shared_ptr<ElementMemory> memory = nullptr);

  // record_time_us: the Kafka record's own timestamp; 0 where there is none (max_future is not
  // applied then). A reason other than none: the sample changed nothing.
  RejectReason add(const KpiSample& sample, std::int64_t record_time_us);
  // After one record, many slots of many silent elements may be complete: more than a batch should
  // hold. While this is true, more of them are to come: clear_batch(), then resume(), before the
  // next add(), which else completes them all at once.
  bool unfinished() const { return sweep_next_ != kSwept; }
  void resume() { sweep(true); }
  // What the elements' daily profile has learned, and their median amplitude, into each KPI's
  // figures.
  void give_profile(std::vector<config::NetworkKpi>& network) const;
  // Recorded files end here: completes every open slot. A series shorter than the window of
  // `baseline: none` is scored once, padded in front.
  void flush();

  // When elements learn anew, from now on; null: never.
  void set_relearn(std::shared_ptr<const Relearn> relearn) { relearn_ = std::move(relearn); }
  const Relearn* relearn() const { return relearn_.get(); }

  // What elements that begin from now on start with: another model's figures (one per KPI) and
  // states at the end of its training. The daily profile goes on as it was learned.
  void begin_with(const std::vector<config::NetworkKpi>& network,
                  std::shared_ptr<const CarryOver> carry_over) {
    layout_.spec.network = network;
    carry_over_ = std::move(carry_over);
  }

  const Batch& batch() const { return batch_; }
  void clear_batch();

  const std::string& element_name(std::uint32_t element) const {
    return elements_[element]->name();
  }
  const Element& element(std::uint32_t element) const { return *elements_[element]; }
  std::size_t elements() const { return by_name_.size(); }
  std::size_t silent_elements() const;
  bool silent(std::uint32_t element) const;  // for longer than `stale_after`
  std::vector<std::uint32_t> all() const;    // that it has
  // Nothing where there is none of this name.
  std::optional<std::uint32_t> find(std::string_view name) const;
  // When what is completed now is known, by the stream alone: the record's own timestamp of the
  // sample added last, or its event time where there is none (files). 0: not known.
  std::int64_t decided_us() const { return decided_us_; }
  std::int64_t watermark_us() const { return watermark_.time_us(); }  // before lateness
  // Where no batch is to be lost.
  bool batch_empty() const {
    return batch_.slots.empty() && batch_.departed.empty() && batch_.silences.empty();
  }
  // The end of a slot, microseconds since 1970: a verdict's time.
  std::int64_t slot_end_us(std::int64_t slot) const { return (slot + 1) * period_us_; }
  const ElementLayout& layout() const { return layout_; }

  // Snapshots: only between batches (the batch is empty).
  void write(StateWriter& out) const;
  void read(StateReader& in);  // replaces everything; StateError when it does not fit
  CarryOver carry_over() const;

 private:
  std::int64_t watermark_slot(const Element& element) const;
  RejectReason admit(const KpiSample& sample, std::int64_t slot, std::uint32_t& id);
  std::unique_ptr<Element> make_element(std::string_view name, std::int64_t first_slot);
  static bool is_repeat(Element& element, const KpiSample& sample, std::int64_t slot);
  void fill_in(Element& element, const KpiSample& sample, std::int64_t slot);
  void settle(std::uint32_t id);
  void complete_next(std::uint32_t id);
  void complete_through(std::uint32_t id, std::int64_t slot);
  void complete(std::uint32_t id, std::span<const double> fields, std::int64_t time_us);
  void emit(std::uint32_t id, std::int64_t slot, NotScored not_scored,
            std::span<const double> values = {});
  void append_seen(const Element& element, std::int64_t slot, std::span<const double> values);
  void complete_for_values(std::uint32_t id, std::span<const double> fields, std::int64_t time_us);
  NotScored why_not_scored(const Element& element, bool learning) const;
  std::int64_t slot_of(std::int64_t time_us) const;
  bool silent_at(const Element& element, std::int64_t slot) const;
  std::int64_t present_slot() const;
  std::int64_t newest_slot(std::uint32_t id) const;
  void look_for_silence();
  bool breaks_silence(std::uint32_t id, std::int64_t slot) const;
  void break_silence(std::uint32_t id, std::int64_t slot);
  void sweep(bool bounded);
  void depart(std::uint32_t id);

  ElementLayout layout_;
  Options options_;
  std::int64_t period_us_;
  std::int64_t forget_slots_;
  std::shared_ptr<const CarryOver> carry_over_;
  std::shared_ptr<const Relearn> relearn_;
  std::vector<std::unique_ptr<Element>> elements_;  // by id; null where departed
  std::vector<std::uint32_t> free_ids_;
  enum : std::uint8_t { kFresh = 1, kDeparted = 2, kHeld = 4, kSilent = 8, kWasSilent = 16 };
  // By id. Fresh: nothing emitted yet. Held: the newest slot of a series that may prove too short.
  std::vector<std::uint8_t> flags_;
  NameIndex by_name_;
  Watermark watermark_;
  static constexpr std::size_t kMostSlots = 16384;  // that a sweep adds to a batch, and some
  static constexpr std::size_t kMostRows = 2048;
  static constexpr std::uint32_t kSwept = 0xffffffff;
  std::int64_t swept_slot_ = Watermark::kNever;
  std::uint32_t sweep_next_ = kSwept;  // the element to go on with
  std::int64_t decided_us_ = 0;
  std::int64_t present_slot_ = Watermark::kNever;  // where the stream was at the last sample
  std::int64_t looked_slot_ = Watermark::kNever;   // and when elements were asked
  // Nobody reported just before: from here on silence is an element's own.
  std::int64_t lit_slot_ = Watermark::kNever;
  Batch batch_;
  std::vector<double> values_;         // scratch, one per column
  std::vector<std::uint8_t> carried_;  // scratch
  std::vector<float> seen_;            // scratch
};

}  // namespace faultprint::ingest
