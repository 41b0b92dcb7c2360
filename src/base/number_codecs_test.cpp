#include "base/number_codecs.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <vector>

namespace lathe {
namespace {

// Every finite code decodes and encodes back to itself, and a value halfway between neighbours goes to the even code.
template <class Decode, class Encode>
void check_codec(Decode decode, Encode encode, uint32_t codes, uint32_t largest) {
    for (uint32_t code = 0; code < codes; ++code) {
        const float value = decode(code);
        if (!std::isfinite(value)) continue;
        EXPECT_EQ(encode(value), code) << value;
    }
    for (uint32_t code = 0; code < largest; ++code) {
        const double low = decode(code), high = decode(code + 1);
        const auto middle = static_cast<float>((low + high) / 2);
        EXPECT_EQ(encode(middle), (code & 1) ? code + 1 : code) << low << " " << high;
        EXPECT_EQ(encode(std::nextafter(middle, 1e9f)), code + 1);
        EXPECT_EQ(encode(std::nextafter(middle, -1e9f)), code);
    }
}

TEST(NumberCodecs, EveryCodeRoundTripsAndTiesGoToEven) {
    check_codec([](uint32_t c) { return f16_to_f32(static_cast<uint16_t>(c)); }, f32_to_f16, 65536, 0x7bff);
    check_codec([](uint32_t c) { return f8e4m3_to_f32(static_cast<uint8_t>(c)); }, f32_to_f8e4m3, 256, 0x7e);
    check_codec([](uint32_t c) { return f8e5m2_to_f32(static_cast<uint8_t>(c)); }, f32_to_f8e5m2, 256, 0x7b);
    check_codec([](uint32_t c) { return f4e2m1_to_f32(static_cast<uint8_t>(c)); }, f32_to_f4e2m1, 16, 7);
}

TEST(NumberCodecs, TablesOfTheSpecifications) {
    EXPECT_EQ(f16_to_f32(0x3c00), 1.0f);
    EXPECT_EQ(f16_to_f32(0x0001), std::ldexp(1.0f, -24));
    EXPECT_EQ(f16_to_f32(0x7bff), 65504.0f);
    EXPECT_EQ(f32_to_f16(65520.0f), 0x7c00);
    EXPECT_EQ(f8e4m3_to_f32(0x7e), 448.0f);
    EXPECT_EQ(f8e4m3_to_f32(0x01), std::ldexp(1.0f, -9));
    EXPECT_EQ(f32_to_f8e4m3(1e9f), 0x7e);
    EXPECT_EQ(f8e5m2_to_f32(0x7b), 57344.0f);
    EXPECT_TRUE(std::isnan(f8e4m3_to_f32(0xff)));
    const std::vector<float> e2m1{0, 0.5f, 1, 1.5f, 2, 3, 4, 6};
    for (uint8_t c = 0; c < 8; ++c) EXPECT_EQ(f4e2m1_to_f32(c), e2m1[c]);
    EXPECT_EQ(f8e8m0_to_f32(127), 1.0f);
    EXPECT_EQ(f32_to_f8e8m0(0.25f), 125);
}

TEST(NumberCodecs, Bf16RoundsToNearestEven) {
    EXPECT_EQ(f32_to_bf16(1.0f), 0x3f80);
    EXPECT_EQ(f32_to_bf16(std::bit_cast<float>(0x3f808000u)), 0x3f80);
    EXPECT_EQ(f32_to_bf16(std::bit_cast<float>(0x3f818000u)), 0x3f82);
    EXPECT_TRUE(std::isnan(bf16_to_f32(f32_to_bf16(NAN))));
}

TEST(NumberCodecs, FiniteIsEveryFloatAtAnyPlace) {
    for (size_t count = 0; count < 40; ++count) {
        std::vector<float> values(count + 1, -3.4e38f);
        std::byte* bytes = reinterpret_cast<std::byte*>(values.data()) + 1;  // misaligned
        const std::vector<float> fine(count, 3.4e38f);
        if (count > 0) std::memcpy(bytes, fine.data(), count * 4);
        EXPECT_TRUE(all_finite_f32(ByteSpan(bytes, count * 4 + 3)));
        for (size_t at = 0; at < count; ++at)
            for (const float bad : {INFINITY, -INFINITY, NAN, -NAN}) {
                std::memcpy(bytes + at * 4, &bad, 4);
                EXPECT_FALSE(all_finite_f32(ByteSpan(bytes, count * 4))) << at << " of " << count;
                std::memcpy(bytes + at * 4, &fine[at], 4);
            }
    }
}

}  // namespace
}  // namespace lathe
