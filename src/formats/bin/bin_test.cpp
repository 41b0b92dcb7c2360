#include "formats/bin/bin.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "wire/little_endian.h"

namespace lathe::formats {
namespace {

std::vector<graph::NamedTensor> mixed_tensors() {
    const int order[] = {1, 0};
    return {
        {"z.last", Tensor::of<float>({3}, {1, 2, 3})},
        {"codes", tensor_from_ints(DType::kI4, {3, 3}, std::vector<int64_t>{1, -2, 3, -4, 5, -6, 7, -8, 0})},
        {"a", Tensor::of<float>({2, 3}, {1, 2, 3, 4, 5, 6}).transposed(order)},
        {"scalar", Tensor::scalar<int64_t>(-9)},
        {"none", Tensor::filled(DType::kF16, {0}, 0)},
        {"fp8", Tensor::filled(DType::kF8E4M3, {5}, 0.5)}};
}

std::string written_bin() {
    const std::string path = testing::TempDir() + "lathe_weights_test.bin";
    EXPECT_TRUE(write_bin(path, mixed_tensors(), {{"source", "by hand"}}).has_value());
    const std::string bytes(as_text(map_file(path)->bytes()));
    std::remove(path.c_str());
    return bytes;
}

SharedBytes shared_bin(const std::string& text) {
    const auto bytes = as_bytes(text);
    return SharedBytes::from_vector({bytes.begin(), bytes.end()});
}

// The layout as docs/bin.md says, read with nothing but JSON.
TEST(FlatBinary, LaysTensorsOutAsDocumented) {
    const std::string file = written_bin();
    EXPECT_EQ(file.substr(0, 8), "LATHEBIN");
    EXPECT_EQ(wire::load_le<uint32_t>(as_bytes(file), 8), 1U);
    const auto size = wire::load_le<uint32_t>(as_bytes(file), 12);
    const auto header = parse_json(file.substr(16, size));
    ASSERT_TRUE(header.has_value());
    EXPECT_EQ((16 + size) % 64, 0U);
    EXPECT_EQ((*header)["data_bytes"], file.size() - 16 - size);
    const Json& a = (*header)["tensors"][2];
    EXPECT_EQ(a["name"], "a");
    EXPECT_EQ(a["dtype"], "f32");
    EXPECT_EQ(a["shape"].dump(), "[3,2]");
    const auto at = 16 + size + a["offset"].get<size_t>();
    EXPECT_EQ(at % 64, 0U);
    const float expected[] = {1, 4, 2, 5, 3, 6};
    for (size_t i = 0; i < 6; ++i) EXPECT_EQ(wire::load_le<float>(as_bytes(file), at + 4 * i), expected[i]);
}

TEST(FlatBinary, EveryTensorComesBackInItsOrder) {
    const auto read = read_bin(shared_bin(written_bin()), "weights.bin");
    ASSERT_TRUE(read.has_value()) << read.error().message;
    const auto expected = mixed_tensors();
    ASSERT_EQ(read->tensors.size(), expected.size());
    for (size_t i = 0; i < expected.size(); ++i) {
        EXPECT_EQ(read->tensors[i].name, expected[i].name);
        EXPECT_EQ(describe(read->tensors[i].tensor), describe(expected[i].tensor));
        EXPECT_EQ(read->tensors[i].tensor.to_doubles(), expected[i].tensor.to_doubles());
    }
    EXPECT_EQ((*read->metadata)["source"], "by hand");
}

TEST(FlatBinary, HostileFilesGiveErrors) {
    const std::string good = written_bin();
    // The last byte may be cut only with the tensor that it belongs to.
    for (size_t size = 0; size < good.size(); ++size)
        EXPECT_FALSE(read_bin(shared_bin(good.substr(0, size)), "cut").has_value()) << size;
    for (size_t i = 0; i < good.size(); ++i)
        for (const int bits : {0x01, 0x10, 0x80}) {
            std::string bad = good;
            bad[i] = static_cast<char>(bad[i] ^ bits);
            (void)read_bin(shared_bin(bad), "flipped");
        }
}

TEST(FlatBinary, RefusesWhatItCannotSay) {
    const Tensor one = Tensor::filled(DType::kF32, {1}, 1);
    const std::string path = testing::TempDir() + "lathe_weights_refused.bin";
    const std::vector<graph::NamedTensor> twice{{"a", one}, {"a", one}};
    EXPECT_FALSE(write_bin(path, twice).has_value());
    EXPECT_FALSE(file_exists(path));
}

}  // namespace
}  // namespace lathe::formats
