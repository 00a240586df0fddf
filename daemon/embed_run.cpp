#include "daemon/embed_run.h"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <unordered_map>

#include "daemon/region_average.h"
#include "daemon/regions.h"
#include "ingest/timestamp.h"

namespace faultprint::daemon {
namespace {

constexpr std::size_t kBlockWindows = 256;  // windows that go through the encoder together

class Embedding {
 public:
  Embedding(const config::Config& config, const LoadedModel& model, const EmbedRequest& request)
      : model_(model),
        request_(request),
        period_us_(model.input.period.count()),
        store_(model.input, file_options(config.group().stream), model.carry_over) {
    if (!request.average.empty()) {
      regions_ = request.average == "all" ? Regions::all() : Regions::read(request.average);
      const std::int64_t hold = config.group().stream.forget_after.count() / period_us_ + 1;
      average_.emplace(width(), hold, [this](int region, std::int64_t slot, auto mean) {
        writer_->write(regions_->name(region), store_.slot_end_us(slot), mean);
      });
    }
    writer_.emplace(request.out, request.format, width());
  }

  EmbedSummary run(const config::Config& config, const Progress& progress) {
    EmbedSummary summary;
    summary.rejects = read_history(
        config, model_.input, request_.history, store_, [this] { batch(); }, progress);
    if (average_) average_->flush();
    writer_->close();
    summary.rows = writer_->rows();
    summary.left_out = left_out_;
    return summary;
  }

 private:
  // What becomes of an element.
  struct Place {
    bool wanted = true;
    int region = Regions::kNone;
  };

  int width() const { return model_.model.encoder.spec().width(); }

  const Place& place_of(const std::string& element) {
    const auto known = places_.find(element);
    if (known != places_.end()) return known->second;
    Place place;
    place.wanted = request_.element.empty() || ingest::element_matches(request_.element, element);
    if (place.wanted && regions_) {
      place.region = regions_->of(element);
      place.wanted = place.region != Regions::kNone;
      if (!place.wanted) ++left_out_;
    }
    return places_.emplace(element, place).first->second;
  }

  void batch() {
    for (const ingest::CompletedSlot& slot : store_.batch().slots) {
      if (slot.row < 0 || !place_of(store_.element_name(slot.element)).wanted) continue;
      chosen_.push_back(&slot);
      if (chosen_.size() == kBlockWindows) embed_chosen();
    }
    embed_chosen();
  }

  void embed_chosen() {
    if (chosen_.empty()) return;
    const auto cells = static_cast<Eigen::Index>(store_.layout().cells());
    block_.resize(static_cast<Eigen::Index>(chosen_.size()), cells);
    for (std::size_t i = 0; i < chosen_.size(); ++i)
      std::copy_n(store_.batch().windows.data() + chosen_[i]->row * cells, cells,
                  block_.data() + static_cast<Eigen::Index>(i) * cells);
    const auto embeddings = model_.model.encoder.embed(block_, scratch_);
    for (std::size_t i = 0; i < chosen_.size(); ++i)
      put(*chosen_[i], std::span(embeddings.row(static_cast<Eigen::Index>(i)).data(),
                                 static_cast<std::size_t>(embeddings.cols())));
    chosen_.clear();
  }

  void put(const ingest::CompletedSlot& slot, std::span<const float> embedding) {
    const std::string& element = store_.element_name(slot.element);
    if (!average_) return writer_->write(element, store_.slot_end_us(slot.slot), embedding);
    if (!average_->add(place_of(element).region, slot.slot, embedding))
      throw std::runtime_error(
          "--average: '" + element + "' at " +
          ingest::format_rfc3339(store_.slot_end_us(slot.slot)) +
          " comes after slots a whole stream.forget_after later: sort the history by time");
  }

  const LoadedModel& model_;
  const EmbedRequest& request_;
  std::int64_t period_us_;
  ingest::WindowStore store_;
  std::optional<Regions> regions_;
  std::optional<RegionAverage> average_;
  std::optional<EmbeddingWriter> writer_;
  std::unordered_map<std::string, Place> places_;
  std::size_t left_out_ = 0;
  std::vector<const ingest::CompletedSlot*> chosen_;
  model::Matrix block_;
  model::Encoder::Scratch scratch_;
};

}  // namespace

EmbedSummary embed_history(const config::Config& config, const LoadedModel& model,
                           const EmbedRequest& request, const Progress& progress) {
  return Embedding(config, model, request).run(config, progress);
}

}  // namespace faultprint::daemon
