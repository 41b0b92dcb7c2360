#include <algorithm>

#include "run/cpu/plan.h"

namespace lathe::run::cpu {

// The largest first, each at the lowest place that is free during its life.
void place_buffers(Plan& plan) {
    std::vector<Buffer*> todo;
    for (Buffer& buffer : plan.buffers)
        if (buffer.home == Buffer::Home::kArena && buffer.first != SIZE_MAX) todo.push_back(&buffer);
    std::ranges::stable_sort(todo, std::ranges::greater{}, &Buffer::size_bytes);
    std::vector<const Buffer*> placed;  // by offset
    const auto rounded = [](uint64_t size) { return (size + kAlignment - 1) / kAlignment * kAlignment; };
    plan.arena_bytes = 0;
    for (Buffer* buffer : todo) {
        uint64_t at = 0;
        for (const Buffer* other : placed) {
            if (other->last < buffer->first || other->first > buffer->last) continue;
            if (at + buffer->size_bytes <= other->offset) break;
            at = std::max(at, other->offset + rounded(other->size_bytes));
        }
        buffer->offset = at;
        plan.arena_bytes = std::max(plan.arena_bytes, at + rounded(buffer->size_bytes));
        placed.insert(std::ranges::upper_bound(placed, at, {}, &Buffer::offset), buffer);
    }
}

}  // namespace lathe::run::cpu
