#include "tensor/strided_copy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <numeric>

namespace lathe {
namespace {

// By the definition: element (i, j, …) lies at the sum of index times stride.
template <class T>
void expect_defined(const Shape& shape, const Shape& strides, int64_t first) {
    std::vector<T> source(4096), copied(static_cast<size_t>(element_count(shape)));
    std::iota(source.begin(), source.end(), T{});
    copy_strided(reinterpret_cast<const std::byte*>(source.data() + first),
                 reinterpret_cast<std::byte*>(copied.data()), shape, strides, sizeof(T));
    for (size_t i = 0; i < copied.size(); ++i) {
        int64_t rest = static_cast<int64_t>(i), at = first;
        for (size_t axis = shape.size(); axis-- > 0; rest /= shape[axis])
            at += rest % shape[axis] * strides[axis];
        ASSERT_EQ(copied[i], source[static_cast<size_t>(at)]) << i;
    }
}

TEST(StridedCopy, FollowsItsDefinition) {
    struct View {
        Shape shape, strides;
        int64_t first = 0;
    };
    for (const View& view : std::vector<View>{{{}, {}},
                                              {{7}, {-3}, 20},
                                              {{5, 0, 2}, {1, 1, 1}},
                                              {{4, 9}, {0, 1}},
                                              {{21, 5}, {1, 40}},
                                              {{8, 3}, {1, 8}},
                                              {{7, 3}, {1, 8}},
                                              {{16, 17}, {1, 16}},
                                              {{2, 33, 4, 3}, {600, 1, 40, 200}},
                                              {{20, 6, 3, 3}, {1, 20, 360, 120}},
                                              {{3, 40}, {1, 3}}}) {
        expect_defined<uint8_t>(view.shape, view.strides, view.first);
        expect_defined<uint16_t>(view.shape, view.strides, view.first);
        expect_defined<uint32_t>(view.shape, view.strides, view.first);
        expect_defined<uint64_t>(view.shape, view.strides, view.first);
    }
}

// Every order of the axes of one tensor.
TEST(StridedCopy, Transposes) {
    std::vector<size_t> order{0, 1, 2, 3};
    const Shape extents{3, 9, 10, 11}, dense{990, 110, 11, 1};
    do {
        Shape shape, strides;
        for (const size_t axis : order) shape.push_back(extents[axis]), strides.push_back(dense[axis]);
        expect_defined<uint16_t>(shape, strides, 0);
        expect_defined<uint32_t>(shape, strides, 0);
    } while (std::next_permutation(order.begin(), order.end()));
}

}  // namespace
}  // namespace lathe
