#include "daemon/snapshot_folder.h"

#include <cctype>
#include <utility>

#include "daemon/durable_file.h"

namespace faultprint::daemon {
namespace {

std::string escaped(const std::string& topic) {
  std::string name;  // Kafka allows [a-zA-Z0-9._-] in topics; the rest cannot come
  for (const char c : topic)
    name += std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_' || c == '-'
                ? c
                : '+';
  return name;
}

}  // namespace

SnapshotFolder::SnapshotFolder(std::string directory) : directory_(std::move(directory)) {
  if (const std::string why = make_folder(directory_); !why.empty())
    throw std::runtime_error("state.directory: " + directory_ + " cannot be written: " + why);
}

std::string SnapshotFolder::path(const ingest::TopicPartition& where) const {
  return directory_ + "/" + escaped(where.topic) + "-" + std::to_string(where.partition) +
         ".snapshot";
}

void SnapshotFolder::replace(const ingest::TopicPartition& where, const SnapshotWrite& write) {
  replace_file(path(where), write);
}

std::optional<ingest::StatePieces> SnapshotFolder::take_over(const ingest::TopicPartition& where) {
  return open_file(path(where));
}

std::optional<std::int64_t> SnapshotFolder::written_us(const ingest::TopicPartition& where) const {
  return modified_us(path(where));
}

}  // namespace faultprint::daemon
