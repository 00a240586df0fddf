// `faultprint embed` without its command line: the embedding of every scored window of a history.
#pragma once

#include <string>
#include <vector>

#include "daemon/dataset.h"
#include "daemon/embedding_file.h"
#include "daemon/loaded_model.h"

namespace faultprint::daemon {

struct EmbedRequest {
  std::vector<std::string> history;
  std::string out;  // "-": standard output
  EmbeddingFormat format = EmbeddingFormat::csv;
  std::string element;  // a glob; empty: all
  std::string average;  // a file of regions, or "all"; empty: each window for itself
};

struct EmbedSummary {
  std::uint64_t rows = 0;
  std::size_t left_out = 0;  // elements that no region lists
  ingest::RejectCounts rejects{};
};

// Streams: holds no more than a batch, and with `average` the slots within `stream.forget_after`.
// std::runtime_error where nothing is to be written, or where averaging finds the history's rows
// further out of time order than that.
EmbedSummary embed_history(const config::Config& config, const LoadedModel& model,
                           const EmbedRequest& request, const Progress& progress);

}  // namespace faultprint::daemon
