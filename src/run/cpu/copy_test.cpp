#include <algorithm>
#include <array>
#include <numeric>

#include "run/cpu/kernel_samples.h"

namespace lathe::run::cpu {
namespace {

using Index = std::array<int64_t, kMaxCopyRank>;

struct CopyCase {
    size_t rank, element_bytes;
    Index shape{}, from_strides{}, to_strides{};
    size_t from_count = 1, to_count = 1;
};

// Strides of a dense array whose dimensions lie in memory in a given order, with gaps now and then.
size_t lay_out(Samples& s, const CopyCase& c, const std::vector<size_t>& order, bool gaps, Index& strides) {
    int64_t step = gaps && s.chance() ? 2 : 1;
    for (const size_t dimension : order) {
        strides[dimension] = step;
        step *= c.shape[dimension];
        if (gaps && s.chance()) step += 3;
    }
    return static_cast<size_t>(step);
}

CopyCase random_copy(Samples& s) {
    CopyCase c{.rank = s.size(0, kMaxCopyRank), .element_bytes = size_t{1} << s.size(0, 3)};
    for (size_t i = 0; i < c.rank; ++i)
        c.shape[i] = static_cast<int64_t>(s.size(1, c.rank < 3 ? 70 : c.rank < 5 ? 11 : 4));
    std::vector<size_t> order(c.rank);
    for (size_t i = 0; i < c.rank; ++i) order[i] = c.rank - 1 - i;
    c.to_count = lay_out(s, c, order, s.chance(), c.to_strides);
    for (size_t i = c.rank; i > 1; --i)
        if (s.chance()) std::swap(order[i - 1], order[s.size(0, i - 1)]);
    c.from_count = lay_out(s, c, order, s.chance(), c.from_strides);
    for (size_t i = 0; i < c.rank; ++i)
        if (s.size(0, 9) == 0) c.from_strides[i] = 0;  // broadcast
    return c;
}

template <class Visit>
void each_element(const CopyCase& c, const Visit& visit) {
    Index at{};
    for (;;) {
        int64_t from = 0, to = 0;
        for (size_t i = 0; i < c.rank; ++i) from += at[i] * c.from_strides[i], to += at[i] * c.to_strides[i];
        visit(from, to);
        size_t i = c.rank;
        while (i > 0 && ++at[i - 1] == c.shape[i - 1]) at[--i] = 0;
        if (i == 0) return;
    }
}

template <class T>
void check(const Kernels& kernels, const CopyCase& c, Samples& s) {
    std::vector<T> from(c.from_count);
    for (size_t i = 0; i < from.size(); ++i) from[i] = static_cast<T>(i * 2654435761u);
    Guarded<T> whole(c.to_count), split(c.to_count), expected(c.to_count);
    each_element(
        c, [&](int64_t i, int64_t o) { expected[static_cast<size_t>(o)] = from[static_cast<size_t>(i)]; });
    Copy copy{.rank = c.rank, .element_bytes = c.element_bytes, .from = from.data(), .to = whole.data()};
    for (size_t i = 0; i < c.rank; ++i) {
        copy.shape[i] = c.shape[i];
        copy.from_strides[i] = c.from_strides[i];
        copy.to_strides[i] = c.to_strides[i];
    }
    const size_t outer = c.rank == 0 ? 1 : static_cast<size_t>(c.shape[0]);
    kernels.copy(copy, 0, outer);
    EXPECT_TRUE(whole == expected);
    copy.to = split.data();
    for (const auto& [first, last] : random_ranges(s, outer)) kernels.copy(copy, first, last);
    EXPECT_TRUE(split == expected);
}

TEST(Copy, EveryElementComesToItsPlace) {
    for (const Kernels* kernels : available_kernels()) {
        Samples s(5);
        for (int i = 0; i < 400; ++i) {
            const CopyCase c = random_copy(s);
            testing::Message message;
            message << kernels->name << ": " << c.element_bytes << " bytes;";
            for (size_t d = 0; d < c.rank; ++d)
                message << " " << c.shape[d] << "(" << c.from_strides[d] << " to " << c.to_strides[d] << ")";
            SCOPED_TRACE(message);
            if (c.element_bytes == 1) check<uint8_t>(*kernels, c, s);
            else if (c.element_bytes == 2) check<uint16_t>(*kernels, c, s);
            else if (c.element_bytes == 4) check<uint32_t>(*kernels, c, s);
            else check<uint64_t>(*kernels, c, s);
            if (HasFailure()) return;
        }
    }
}

TEST(Copy, NothingOfEmptyShapes) {
    for (const Kernels* kernels : available_kernels()) {
        Guarded<float> to(4);
        Copy copy{.rank = 2,
                  .shape = {2, 0},
                  .from_strides = {0, 1},
                  .to_strides = {0, 1},
                  .from = to.data(),
                  .to = to.data()};
        kernels->copy(copy, 0, 2);
        copy.shape[0] = 0;
        kernels->copy(copy, 0, 0);
        for (size_t i = 0; i < to.size(); ++i) EXPECT_TRUE(to.untouched(i));
    }
}

}  // namespace
}  // namespace lathe::run::cpu
