#include "wire/flatbuffer.h"

#include <gtest/gtest.h>

namespace lathe::wire {
namespace {

std::vector<std::byte> bytes_of(std::initializer_list<int> values) {
    std::vector<std::byte> bytes;
    for (const int value : values) bytes.push_back(static_cast<std::byte>(value));
    return bytes;
}

// table Point { x: int; name: string; far: bool; list: [short]; next: Point; } laid out by hand by the rules of "FlatBuffer
// Internals": header, vtable, table, string.
const std::vector<std::byte>& by_hand() {
    static const auto bytes = bytes_of({
        20,   0,    0,  0, 'T', 'E', 'S', 'T',  // root at 20
        8,    0,    12, 0, 4,   0,   8,   0,  // vtable at 8: 8 bytes, table of 12, x at 4, name at 8
        0,    0,    0,  0,  // padding
        12,   0,    0,  0,  // 20: the vtable lies 12 before
        0x2c, 0x01, 0,  0,  // x = 300
        4,    0,    0,  0,  // name at 28 + 4
        3,    0,    0,  0, 'k', 'o', 'm', 0,  // 32
    });
    return bytes;
}

TEST(FlatBuffer, ReadsWhatTheRulesSay) {
    const auto root = FlatTable::root(by_hand(), "TEST");
    ASSERT_TRUE(root.has_value()) << root.error().message;
    EXPECT_EQ(root->number<int32_t>(0), 300);
    EXPECT_EQ(*root->text(1), "kom");
    EXPECT_FALSE(root->has(2));
    EXPECT_TRUE(root->flag(2, true));
    EXPECT_EQ(root->number<int64_t>(7, -1), -1);
    EXPECT_FALSE((*root->table(4)).has_value());
    EXPECT_TRUE((*root->vector<int16_t>(3)).empty());
    EXPECT_FALSE(FlatTable::root(by_hand(), "ELSE").has_value());
}

std::vector<std::byte> sample() {
    FlatBuilder b;
    const size_t name = b.text("inner");
    const size_t inner = b.table({flat_number(0, int32_t{-7}), flat_object(1, name)});
    const size_t outer_name = b.text("outer");
    const size_t list = b.numbers(std::vector<int16_t>{1, -2, 3});
    const size_t wide = b.numbers(std::vector<int64_t>{1LL << 40, -1});
    const size_t raw = b.bytes(SharedBytes::from_vector(bytes_of({1, 2, 3, 4, 5})), 16);
    const size_t several = b.objects({inner, inner});
    const size_t root =
        b.table({flat_number(2, uint8_t{1}), flat_object(1, outer_name), flat_object(3, list),
                 flat_object(4, inner), flat_number(0, int32_t{1000}), flat_object(5, wide),
                 flat_object(6, raw), flat_object(7, several), flat_number(8, uint64_t{1} << 63)});
    const auto pieces = b.finish(root, "TEST");
    EXPECT_TRUE(pieces.has_value());
    return *pieces->to_vector();
}

TEST(FlatBuffer, ReadsBackWhatItWrites) {
    const auto bytes = sample();
    const auto root = FlatTable::root(bytes, "TEST");
    ASSERT_TRUE(root.has_value()) << root.error().message;
    EXPECT_EQ(root->number<int32_t>(0), 1000);
    EXPECT_EQ(root->number<uint64_t>(8), uint64_t{1} << 63);
    EXPECT_TRUE(root->flag(2));
    EXPECT_EQ(*root->text(1), "outer");
    const auto list = root->vector<int16_t>(3);
    ASSERT_EQ(list->size(), 3U);
    EXPECT_EQ((*list)[1], -2);
    EXPECT_EQ((*root->vector<int64_t>(5))[0], 1LL << 40);
    const auto inner = root->table(4);
    EXPECT_EQ((*inner)->number<int32_t>(0), -7);
    EXPECT_EQ(*(*inner)->text(1), "inner");
    EXPECT_EQ((*root->tables(7)).size(), 2U);
}

// Every number lies at a multiple of its size, and forced alignments hold: readers on other processors rely on it.
TEST(FlatBuffer, AlignsEverything) {
    const auto bytes = sample();
    const auto root = FlatTable::root(bytes, "TEST");
    const auto offset = [&](ByteSpan part) { return part.data() - bytes.data(); };
    EXPECT_EQ(offset(root->vector<uint8_t>(6)->bytes()) % 16, 0);
    EXPECT_EQ(offset(root->vector<int64_t>(5)->bytes()) % 8, 0);
    EXPECT_EQ(offset(root->vector<int16_t>(3)->bytes()) % 2, 0);
    EXPECT_EQ(root->position() % 8, 0U);
}

// Visits everything that a table can lead to, to some depth.
void look_around(const FlatTable& table, int depth) {
    for (int slot = 0; slot < 10; ++slot) {
        table.number<uint64_t>(slot);
        if (const auto text = table.text(slot)) {
            EXPECT_LE(text->size(), 4096U);
        }
        if (const auto list = table.vector<int64_t>(slot))
            for (size_t i = 0; i < list->size(); ++i) (void)(*list)[i];
        if (depth == 0) continue;
        if (const auto next = table.table(slot); next && next->has_value()) look_around(**next, depth - 1);
        if (const auto many = table.tables(slot))
            for (size_t i = 0; i < std::min<size_t>(many->size(), 4); ++i) look_around((*many)[i], depth - 1);
    }
}

TEST(FlatBuffer, HostileBytesNeverReachBeyondTheFile) {
    const auto good = sample();
    for (size_t size = 0; size < good.size(); ++size) {
        const std::vector<std::byte> cut(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size));
        if (const auto root = FlatTable::root(cut, "TEST")) look_around(*root, 2);
    }
    for (size_t i = 0; i < good.size(); ++i)
        for (const int flip : {0x01, 0x10, 0x80, 0xff}) {
            auto bad = good;
            bad[i] ^= static_cast<std::byte>(flip);
            if (const auto root = FlatTable::root(bad, "TEST")) look_around(*root, 2);
        }
}

}  // namespace
}  // namespace lathe::wire
