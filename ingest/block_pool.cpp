#include "ingest/block_pool.h"

#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <new>

namespace faultprint::ingest {
namespace {

constexpr std::size_t kLeastSlab = std::size_t{2} << 20;  // a huge page, where there are any
constexpr std::size_t kLeastBlocks = 16;                  // a slab: its last part may stay unused

std::size_t aligned(std::size_t bytes) {
  return (bytes + BlockPool::kAlignment - 1) / BlockPool::kAlignment * BlockPool::kAlignment;
}

// Straight from the system: a heap keeps what is given back between blocks that are in use.
void* map_aligned(std::size_t bytes) {
  void* const found = mmap(nullptr, 2 * bytes, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (found == MAP_FAILED) throw std::bad_alloc();
  char* const begin = static_cast<char*>(found);
  char* const slab = begin + (bytes - reinterpret_cast<std::uintptr_t>(begin) % bytes) % bytes;
  if (slab != begin) munmap(begin, static_cast<std::size_t>(slab - begin));
  munmap(slab + bytes, static_cast<std::size_t>(begin + bytes - slab));
  madvise(slab, bytes,
          MADV_HUGEPAGE);  // half the time of an element's update is waiting for memory
  return slab;
}

}  // namespace

// At the slab's beginning; the blocks follow.
struct BlockPool::Slab {
  struct Free {
    Free* next;
  };
  Free* free = nullptr;    // blocks that came back
  std::size_t untouched;   // offset of the first block never given out
  std::size_t in_use = 0;  // blocks
};

BlockPool::BlockPool(std::size_t block_bytes)
    : block_bytes_(aligned(std::max(block_bytes, sizeof(Slab::Free)))),
      slab_bytes_(std::bit_ceil(std::max(kLeastSlab, kLeastBlocks * block_bytes_))) {}

BlockPool::~BlockPool() {
  for (Slab* slab : with_room_) munmap(slab, slab_bytes_);
}

BlockPool::Slab* BlockPool::make_slab() {
  void* const memory = map_aligned(slab_bytes_);
  ++slabs_;
  Slab* const slab = new (memory) Slab;
  slab->untouched = aligned(sizeof(Slab));
  return slab;
}

BlockPool::Slab* BlockPool::slab_of(void* block) const {
  return reinterpret_cast<Slab*>(reinterpret_cast<std::uintptr_t>(block) & ~(slab_bytes_ - 1));
}

void* BlockPool::take() {
  if (with_room_.empty()) with_room_.push_back(make_slab());
  Slab* const slab = with_room_.back();
  void* block = slab->free;
  if (block != nullptr) {
    slab->free = slab->free->next;
  } else {
    block = reinterpret_cast<char*>(slab) + slab->untouched;
    slab->untouched += block_bytes_;
  }
  ++slab->in_use;
  if (slab->free == nullptr && slab->untouched + block_bytes_ > slab_bytes_) with_room_.pop_back();
  return block;
}

void BlockPool::give_back(void* block) {
  Slab* const slab = slab_of(block);
  const bool was_full = slab->free == nullptr && slab->untouched + block_bytes_ > slab_bytes_;
  slab->free = new (block) Slab::Free{slab->free};
  if (--slab->in_use == 0 && slabs_ > 1) {
    if (!was_full) with_room_.erase(std::find(with_room_.begin(), with_room_.end(), slab));
    munmap(slab, slab_bytes_);
    --slabs_;
  } else if (was_full) {
    with_room_.push_back(slab);
  }
}

}  // namespace faultprint::ingest
