#include "ingest/block_pool.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <set>

namespace faultprint::ingest {
namespace block_pool_test {

TEST_CASE("blocks are aligned, apart, and keep what is written into them") {
  for (const std::size_t bytes : {1U, 24U, 1500U, 100'000U, 3'000'000U}) {
    BlockPool pool(bytes);
    std::set<char*> blocks;
    for (int i = 0; i < 50; ++i) {
      auto* const block = static_cast<char*>(pool.take());
      REQUIRE(reinterpret_cast<std::uintptr_t>(block) % BlockPool::kAlignment == 0);
      std::memset(block, i, bytes);
      REQUIRE(blocks.insert(block).second);
    }
    char* last = nullptr;
    for (char* const block : blocks) {
      if (last != nullptr) REQUIRE(block - last >= static_cast<std::ptrdiff_t>(bytes));
      last = block;
      for (std::size_t i = 0; i < bytes; i += 7) REQUIRE(block[i] == block[0]);
    }
    for (char* const block : blocks) pool.give_back(block);
  }
}

TEST_CASE("a block that came back is given out again before memory grows") {
  BlockPool pool(10000);
  std::vector<void*> blocks;
  while (pool.slabs() < 3) blocks.push_back(pool.take());
  for (int i = 0; i < 10; ++i) {
    pool.give_back(blocks[5]);
    blocks[5] = pool.take();
  }
  CHECK(pool.slabs() == 3);
  for (void* const block : blocks) pool.give_back(block);
}

TEST_CASE("slabs go back to the system, all but one, in whatever order blocks come") {
  std::mt19937_64 random(1);
  BlockPool pool(20000);
  for (int round = 0; round < 5; ++round) {
    std::vector<void*> blocks;
    for (int i = 0; i < 2000; ++i) {
      blocks.push_back(pool.take());
      std::memset(blocks.back(), 0xff, 20000);
      if (random() % 3 != 0) continue;
      std::swap(blocks[random() % blocks.size()], blocks.back());
      pool.give_back(blocks.back());
      blocks.pop_back();
    }
    CHECK(pool.slabs() > 5);
    std::shuffle(blocks.begin(), blocks.end(), random);
    for (void* const block : blocks) pool.give_back(block);
    CHECK(pool.slabs() == 1);
  }
}

}  // namespace block_pool_test
}  // namespace faultprint::ingest
