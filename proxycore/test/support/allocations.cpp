#include "support/allocations.hpp"

#include <cstdlib>
#include <new>

namespace pathology::test {

thread_local std::size_t allocations = 0;

}  // namespace pathology::test

void* operator new(std::size_t size) {
    ++pathology::test::allocations;
    if (void* const block = std::malloc(size)) return block;
    throw std::bad_alloc();
}
void operator delete(void* block) noexcept { std::free(block); }
void operator delete(void* block, std::size_t /*size*/) noexcept { std::free(block); }
