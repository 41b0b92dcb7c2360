#include "tensor/tensor.h"

#include <gtest/gtest.h>

#include <cmath>

namespace lathe {
namespace {

TEST(Tensor, StridedViewsReadInRowMajorOrder) {
    const Tensor t = Tensor::of<float>({2, 3}, {1, 2, 3, 4, 5, 6});
    const Tensor flipped = t.transposed(std::vector<int>{1, 0});
    EXPECT_FALSE(flipped.contiguous());
    EXPECT_EQ(flipped.shape(), (Shape{3, 2}));
    EXPECT_EQ(flipped.to_doubles(), (std::vector<double>{1, 4, 2, 5, 3, 6}));
    const Tensor repeated(DType::kF32, {2, 3}, {0, 1}, t.storage());
    EXPECT_EQ(repeated.to_doubles(), (std::vector<double>{1, 2, 3, 1, 2, 3}));
    EXPECT_TRUE(flipped.transposed(std::vector<int>{1, 0}).contiguous());
}

TEST(Tensor, ViewsOfOddAddressesAreCopiedBeforeTheyAreRead) {
    const Tensor t = Tensor::of<float>({3}, {1, 2, 3});
    std::vector<std::byte> bytes(1);
    bytes.insert(bytes.end(), t.bytes().begin(), t.bytes().end());
    const SharedBytes file = SharedBytes::from_vector(bytes);
    for (const Tensor& odd : {Tensor(DType::kF32, {1, 3}, file.slice(1, 12)),
                              Tensor(DType::kF32, {1, 3}, {7, 1}, file.slice(1, 12))}) {
        EXPECT_FALSE(odd.contiguous());
        EXPECT_EQ(odd.to_doubles(), (std::vector<double>{1, 2, 3}));
        EXPECT_EQ(odd.to_contiguous().values<float>()[2], 3.0f);
    }
    EXPECT_EQ(Tensor(DType::kF32, {}, file.slice(5, 4)).values<float>()[0], 2.0f);
}

TEST(Tensor, ConvertsBetweenTypes) {
    const Tensor t = Tensor::of<float>({4}, {1.5f, -2.5f, 300.0f, NAN});
    EXPECT_EQ(t.to(DType::kI8).to_ints(), (std::vector<int64_t>{2, -2, 127, 0}));
    EXPECT_EQ(t.to(DType::kF16).to(DType::kF32).to_doubles()[2], 300.0);
    const Tensor wide = Tensor::of<int64_t>({2}, {(int64_t{1} << 60) + 1, -1});
    EXPECT_EQ(wide.to(DType::kU8).to_ints(), (std::vector<int64_t>{1, 255}));
    EXPECT_EQ(wide.to(DType::kI64).to_ints()[0], (int64_t{1} << 60) + 1);
    const Tensor packed = tensor_from_ints(DType::kI4, {5}, std::vector<int64_t>{-8, 7, -1, 0, 3});
    EXPECT_EQ(packed.size_bytes(), 3);
    EXPECT_EQ(packed.to_ints(), (std::vector<int64_t>{-8, 7, -1, 0, 3}));
    EXPECT_EQ(first_non_finite(t), 3);
}

TEST(Shape, OverflowIsSeen) {
    EXPECT_FALSE(checked_element_count(Shape{int64_t{1} << 40, int64_t{1} << 40}).has_value());
    EXPECT_EQ(checked_element_count(Shape{0, int64_t{1} << 40, 3}), 0);
    EXPECT_FALSE(checked_element_count(Shape{-1}).has_value());
}

}  // namespace
}  // namespace lathe
