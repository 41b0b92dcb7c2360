#include "formats/gguf/gguf.h"

#include <gtest/gtest.h>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/text.h"

namespace lathe::formats {
namespace {

std::string gguf_scratch(const char* name) { return testing::TempDir() + "lathe_weights_" + name; }

// Bytes by hand, as the layout at the top of ggml's gguf.h says: two pairs, one tensor [2, 3] of f16 (type 1), data at byte 192.
std::string small_gguf() {
    const auto u64 = [](uint64_t v) { return std::string(reinterpret_cast<const char*>(&v), 8); };
    const auto u32 = [](uint32_t v) { return std::string(reinterpret_cast<const char*>(&v), 4); };
    const auto text = [&](std::string_view t) { return u64(t.size()) + std::string(t); };
    std::string file = "GGUF" + u32(3) + u64(1) + u64(2);
    file += text("general.architecture") + u32(8) + text("llama");
    file += text("general.alignment") + u32(4) + u32(64);
    file += text("weight") + u32(2) + u64(3) + u64(2) + u32(1) + u64(0);
    file.resize((file.size() + 63) / 64 * 64, '\0');
    for (const uint16_t half : {0x3c00, 0x4000, 0x4200, 0x4400, 0x4500, 0x4600}) {
        file += static_cast<char>(half & 0xff);
        file += static_cast<char>(half >> 8);
    }
    return file;
}

SharedBytes shared_gguf(const std::string& text) {
    const auto bytes = as_bytes(text);
    return SharedBytes::from_vector({bytes.begin(), bytes.end()});
}

TEST(Gguf, ReadsBytesMadeByHand) {
    const auto read = read_gguf(shared_gguf(small_gguf()), "hand.gguf");
    ASSERT_TRUE(read.has_value()) << read.error().message;
    ASSERT_EQ(read->tensors.size(), 1U);
    EXPECT_EQ(read->tensors[0].name, "weight");
    EXPECT_EQ(describe(read->tensors[0].tensor), "f16[2, 3]");
    EXPECT_EQ(read->tensors[0].tensor.to_doubles(), (std::vector<double>{1, 2, 3, 4, 5, 6}));
    EXPECT_EQ((*read->metadata)["general.architecture"], "llama");
}

TEST(Gguf, HostileFilesGiveErrors) {
    const std::string good = small_gguf();
    for (size_t size = 0; size < good.size(); ++size)
        EXPECT_FALSE(read_gguf(shared_gguf(good.substr(0, size)), "cut").has_value()) << size;
    for (size_t i = 0; i < good.size(); ++i)
        for (const int bits : {0x01, 0x80, 0xff}) {
            std::string bad = good;
            bad[i] = static_cast<char>(bad[i] ^ bits);
            (void)read_gguf(shared_gguf(bad), "flipped");
        }
}

std::vector<graph::NamedTensor> all_gguf_types() {
    std::vector<graph::NamedTensor> tensors;
    for (const DType dtype : {DType::kF64, DType::kF32, DType::kF16, DType::kBF16, DType::kI64, DType::kI32,
                              DType::kI16, DType::kI8})
        tensors.push_back(
            {format("t.{}", name_of(dtype)),
             tensor_from_doubles(dtype, {2, 1, 3}, std::vector<double>{-3, 0, 1, 2, 0.5, 100})});
    tensors.push_back({"scalar", Tensor::scalar<int64_t>(7)});
    tensors.push_back({"empty", Tensor::filled(DType::kF32, {0, 3}, 0)});
    const int order[] = {1, 0};
    tensors.push_back({"strided", Tensor::of<float>({2, 3}, {1, 2, 3, 4, 5, 6}).transposed(order)});
    return tensors;
}

TEST(Gguf, TensorsOfEveryTypeComeBack) {
    const std::string path = gguf_scratch("types.gguf");
    ASSERT_TRUE(write_gguf(path, all_gguf_types(),
                           {.architecture = "test", .name = "n", .metadata = {{"lathe.note", "x"}}})
                    .has_value());
    const auto read = read_gguf(*map_file(path), path);
    ASSERT_TRUE(read.has_value()) << read.error().message;
    const auto expected = all_gguf_types();
    ASSERT_EQ(read->tensors.size(), expected.size());
    for (size_t i = 0; i < expected.size(); ++i) {
        EXPECT_EQ(read->tensors[i].name, expected[i].name);
        EXPECT_EQ(describe(read->tensors[i].tensor), describe(expected[i].tensor));
        EXPECT_EQ(read->tensors[i].tensor.to_doubles(), expected[i].tensor.to_doubles());
        EXPECT_EQ((reinterpret_cast<uintptr_t>(read->tensors[i].tensor.storage().data()) & 31), 0U);
    }
    EXPECT_EQ((*read->metadata)["lathe.note"], "x");
    std::remove(path.c_str());
}

TEST(Gguf, MatricesAreNarrowedAndVectorsAreNot) {
    const std::string path = gguf_scratch("half.gguf");
    const std::vector<graph::NamedTensor> tensors{{"w", Tensor::filled(DType::kF32, {4, 4}, 0.5)},
                                                  {"b", Tensor::filled(DType::kF32, {4}, 0.5)}};
    ASSERT_TRUE(write_gguf(path, tensors, {.matrices = DType::kBF16}).has_value());
    const auto read = read_gguf(*map_file(path), path);
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->find("w")->dtype(), DType::kBF16);
    EXPECT_EQ(read->find("b")->dtype(), DType::kF32);
    std::remove(path.c_str());
}

TEST(Gguf, WhatItCannotHoldIsNamedBeforeAnythingIsWritten) {
    const std::string path = gguf_scratch("refused.gguf");
    const Tensor one = Tensor::filled(DType::kF32, {1}, 1);
    const std::vector<graph::NamedTensor> tensors{{std::string(64, 'n'), one},
                                                  {std::string(63, 'm'), one},
                                                  {"five", Tensor::filled(DType::kF32, {1, 1, 1, 1, 1}, 1)},
                                                  {"byte", Tensor::filled(DType::kU8, {1}, 1)}};
    const auto status = write_gguf(path, tensors);
    ASSERT_FALSE(status.has_value());
    EXPECT_NE(status.error().message.find("64 bytes"), std::string::npos) << status.error().message;
    EXPECT_NE(status.error().message.find("'five' (5 axes)"), std::string::npos) << status.error().message;
    EXPECT_NE(status.error().message.find("'byte' (u8)"), std::string::npos) << status.error().message;
    EXPECT_EQ(status.error().message.find("mmm"), std::string::npos) << status.error().message;
    EXPECT_FALSE(file_exists(path));
}

}  // namespace
}  // namespace lathe::formats
