// Memory blocks of one size, close together and without a heap's overhead for each. A slab whose
// blocks have all come back goes back to the system.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace faultprint::ingest {

// Not thread-safe. Every block must come back before the pool goes.
class BlockPool {
 public:
  static constexpr std::size_t kAlignment = 16;

  explicit BlockPool(std::size_t block_bytes);
  ~BlockPool();
  BlockPool(const BlockPool&) = delete;
  BlockPool& operator=(const BlockPool&) = delete;

  void* take();  // contents unspecified; std::bad_alloc
  void give_back(void* block);

  std::size_t block_bytes() const { return block_bytes_; }
  std::size_t slabs() const { return slabs_; }

 private:
  struct Slab;
  Slab* make_slab();
  Slab* slab_of(void* block) const;

  std::size_t block_bytes_;
  std::size_t slab_bytes_;  // a power of two, and each slab's alignment
  std::size_t slabs_ = 0;
  std::vector<Slab*> with_room_;  // the last one is used first
};

}  // namespace faultprint::ingest
