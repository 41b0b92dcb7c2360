#include "tensor/strided_copy.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace lathe {
namespace {

// Counts through the indices of some axes in row-major order, and keeps where they are in the source.
class Odometer {
public:
    void add(int64_t extent, int64_t stride) { axes_.push_back({extent, stride, 0}); }
    int64_t steps() const {
        int64_t count = 1;
        for (const Axis& axis : axes_) count *= axis.extent;
        return count;
    }
    int64_t offset() const { return offset_; }
    void advance() {
        for (size_t i = axes_.size(); i-- > 0;) {
            Axis& axis = axes_[i];
            offset_ += axis.stride;
            if (++axis.index < axis.extent) return;
            offset_ -= axis.stride * axis.extent;
            axis.index = 0;
        }
    }

private:
    struct Axis {
        int64_t extent, stride, index;
    };
    std::vector<Axis> axes_;
    int64_t offset_ = 0;
};

// Row by row of the last axis.
template <size_t size>
void copy_rows(const std::byte* from, std::byte* to, const Shape& shape, const Shape& strides) {
    const size_t last = shape.size() - 1;
    Odometer rows;
    for (size_t i = 0; i < last; ++i) rows.add(shape[i], strides[i]);
    const auto stride = static_cast<std::ptrdiff_t>(strides[last] * static_cast<int64_t>(size));
    const auto extent = static_cast<size_t>(shape[last]);
    for (int64_t row = rows.steps(); row-- > 0; rows.advance()) {
        const std::byte* source = from + rows.offset() * static_cast<int64_t>(size);
        if (strides[last] == 1) {
            std::memcpy(to, source, extent * size);
            to += extent * size;
            continue;
        }
        for (size_t i = 0; i < extent; ++i, to += size, source += stride) std::memcpy(to, source, size);
    }
}

// Where neighbours in memory lie along another axis, `dense`, than the last: four cache lines of them at a time, each
// element to its own row, so that every line is read once and the processor fetches it with its neighbours.
template <size_t size>
void copy_blocks(const std::byte* from, std::byte* to, const Shape& shape, const Shape& strides,
                 size_t dense) {
    constexpr int64_t kBlock = 256 / size;
    Odometer before, after;
    for (size_t i = 0; i < dense; ++i) before.add(shape[i], strides[i]);
    for (size_t i = dense + 1; i < shape.size(); ++i) after.add(shape[i], strides[i]);
    const int64_t row = after.steps(), bytes = size;
    for (int64_t outer = before.steps(); outer-- > 0; before.advance())
        for (int64_t first = 0; first < shape[dense]; first += kBlock) {
            const int64_t count = std::min(kBlock, shape[dense] - first);
            for (int64_t column = 0; column < row; ++column, after.advance()) {
                const std::byte* source = from + (before.offset() + first + after.offset()) * bytes;
                std::byte* target = to + column * bytes;
                for (int64_t i = 0; i < count; ++i)
                    std::memcpy(target + i * row * bytes, source + i * bytes, size);
            }
            to += count * row * bytes;
        }
}

template <size_t size>
void copy(const std::byte* from, std::byte* to, const Shape& shape, const Shape& strides) {
    constexpr int64_t kWorthwhile = 8;
    for (size_t axis = 0; axis + 1 < shape.size(); ++axis)
        if (strides[axis] == 1 && strides.back() != 1 && shape[axis] >= kWorthwhile)
            return copy_blocks<size>(from, to, shape, strides, axis);
    copy_rows<size>(from, to, shape, strides);
}

}  // namespace

void copy_strided(const std::byte* from, std::byte* to, const Shape& shape, const Shape& strides,
                  size_t element_bytes) {
    if (element_count(shape) == 0) return;
    if (shape.empty()) {
        std::memcpy(to, from, element_bytes);
        return;
    }
    switch (element_bytes) {
        case 1: return copy<1>(from, to, shape, strides);
        case 2: return copy<2>(from, to, shape, strides);
        case 4: return copy<4>(from, to, shape, strides);
        case 8: return copy<8>(from, to, shape, strides);
        default: return copy<16>(from, to, shape, strides);
    }
}

}  // namespace lathe
