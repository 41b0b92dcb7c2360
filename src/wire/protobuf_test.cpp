#include "wire/protobuf.h"

#include <gtest/gtest.h>

namespace lathe::wire {
namespace {

std::vector<std::byte> message_bytes(std::initializer_list<int> values) {
    std::vector<std::byte> bytes;
    for (const int value : values) bytes.push_back(static_cast<std::byte>(value));
    return bytes;
}

std::vector<std::byte> written(const ProtoWriter& writer) {
    auto bytes = writer.pieces().to_vector();
    EXPECT_TRUE(bytes.has_value());
    EXPECT_EQ(bytes->size(), writer.size_bytes());
    return *bytes;
}

// The examples of the Protocol Buffers documentation, "Encoding".
TEST(Protobuf, WritesTheExamplesOfTheDocumentation) {
    ProtoWriter number;
    number.int64(1, 150);
    EXPECT_EQ(written(number), message_bytes({0x08, 0x96, 0x01}));
    ProtoWriter text;
    text.text(2, "testing");
    EXPECT_EQ(written(text), message_bytes({0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67}));
    ProtoWriter outer;
    outer.message(3, std::move(number));
    EXPECT_EQ(written(outer), message_bytes({0x1a, 0x03, 0x08, 0x96, 0x01}));
    ProtoWriter packed;
    packed.packed(6, std::vector<int32_t>{3, 270, 86942});
    EXPECT_EQ(written(packed), message_bytes({0x32, 0x06, 0x03, 0x8e, 0x02, 0x9e, 0xa7, 0x05}));
    ProtoWriter negative;
    negative.int64(1, -2);
    EXPECT_EQ(written(negative),
              message_bytes({0x08, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}));
    ProtoWriter zigzag;
    zigzag.sint64(1, -2);
    zigzag.sint64(1, 2147483647);
    zigzag.sint64(1, -2147483648);
    EXPECT_EQ(written(zigzag), message_bytes({0x08, 0x03, 0x08, 0xfe, 0xff, 0xff, 0xff, 0x0f, 0x08, 0xff,
                                              0xff, 0xff, 0xff, 0x0f}));
}

// Walks every field, opens what may be a message, and reads numbers every way. Returns the number of errors.
int walk(ProtoReader reader, int& fields) {
    ProtoField field;
    while (true) {
        auto more = reader.next(field);
        if (!more) return 1;
        if (!*more) return 0;
        ++fields;
        std::vector<int64_t> ints;
        std::vector<float> floats;
        (void)field.append_to(ints);
        (void)field.append_to(floats);
        (void)field.as_sint64();
        if (field.type == ProtoType::kBytes)
            if (auto inner = field.as_message()) (void)walk(*inner, fields);
    }
}

ProtoWriter sample_message() {
    ProtoWriter inner;
    inner.float32(1, 1.5f);
    inner.float64(2, -2.25);
    inner.packed(3, std::vector<float>{1, 2, 3});
    inner.packed(4, std::vector<int64_t>{-1, 0, int64_t{1} << 62});
    inner.packed(5, std::vector<double>{0.5});
    inner.packed(6, std::vector<uint64_t>{~uint64_t{0}});
    ProtoWriter outer;
    outer.int64(1, 7);
    outer.message(2, std::move(inner));
    outer.bytes(15, SharedBytes::from_vector(message_bytes({9, 8, 7})));
    outer.bytes_later(
        16, 2, []() -> Result<SharedBytes> { return SharedBytes::from_vector(message_bytes({1, 2})); });
    outer.text(536870911, "end");
    return outer;
}

TEST(Protobuf, ReadsWhatItWrites) {
    const auto bytes = written(sample_message());
    ProtoReader reader(bytes);
    ProtoField field;
    ASSERT_TRUE(*reader.next(field));
    EXPECT_EQ(*field.as_int64(), 7);
    ASSERT_TRUE(*reader.next(field));
    auto inner = field.as_message();
    ASSERT_TRUE(inner.has_value());
    ProtoField item;
    ASSERT_TRUE(*inner->next(item));
    EXPECT_EQ(*item.as_float(), 1.5f);
    ASSERT_TRUE(*inner->next(item));
    EXPECT_EQ(*item.as_double(), -2.25);
    std::vector<float> floats;
    ASSERT_TRUE(*inner->next(item));
    ASSERT_TRUE(item.append_to(floats));
    EXPECT_EQ(floats, (std::vector<float>{1, 2, 3}));
    std::vector<int64_t> ints;
    ASSERT_TRUE(*inner->next(item));
    ASSERT_TRUE(item.append_to(ints));
    EXPECT_EQ(ints, (std::vector<int64_t>{-1, 0, int64_t{1} << 62}));
    ASSERT_TRUE(*reader.next(field));
    EXPECT_EQ(field.number, 15u);
    EXPECT_EQ(field.bytes[0], std::byte{9});
    EXPECT_EQ(bytes[field.offset], std::byte{9});  // offsets are those of the outermost message
    ASSERT_TRUE(*reader.next(field));
    EXPECT_EQ(field.bytes[1], std::byte{2});
    ASSERT_TRUE(*reader.next(field));
    EXPECT_EQ(field.number, 536870911u);
    EXPECT_EQ(*field.as_text(), "end");
    EXPECT_FALSE(*reader.next(field));
}

TEST(Protobuf, RefusesWhatIsNoMessage) {
    const auto error = [](std::initializer_list<int> values) {
        const auto bytes = message_bytes(values);
        ProtoReader reader(bytes);
        ProtoField field;
        auto more = reader.next(field);
        return more ? std::string() : more.error().message;
    };
    EXPECT_NE(error({0x0b}).find("wire type 3"), std::string::npos);
    EXPECT_NE(error({0x00, 0x01}).find("field number 0"), std::string::npos);
    EXPECT_NE(error({0x08, 0xff}).find("cut off"), std::string::npos);
    EXPECT_NE(error({0x08, 255, 255, 255, 255, 255, 255, 255, 255, 255, 2}).find("64 bits"),
              std::string::npos);
    EXPECT_NE(error({0x0a, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1}).find("claims"),
              std::string::npos);
    EXPECT_NE(error({0x0d, 1, 2, 3}).find("cut off"), std::string::npos);
    const auto number = message_bytes({0x08, 1});
    ProtoReader reader(number);
    ProtoField field;
    ASSERT_TRUE(*reader.next(field));
    EXPECT_FALSE(field.as_message());
    EXPECT_FALSE(field.as_float());
}

TEST(Protobuf, NestingHasALimit) {
    ProtoWriter writer;
    for (int i = 0; i < 200; ++i) {
        ProtoWriter outer;
        outer.message(1, std::move(writer));
        writer = std::move(outer);
    }
    const auto bytes = written(writer);
    ProtoReader reader(bytes);
    ProtoField field;
    int levels = 0;
    while (*reader.next(field)) {
        auto inner = field.as_message();
        if (!inner) break;
        reader = *inner;
        ++levels;
    }
    EXPECT_EQ(levels, 99);
}

TEST(Protobuf, TruncatedAndFlippedBytesNeverCrash) {
    const auto good = written(sample_message());
    int fields = 0;
    EXPECT_EQ(walk(ProtoReader(good), fields), 0);
    for (size_t size = 0; size < good.size(); ++size) {
        const std::vector<std::byte> cut(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size));
        (void)walk(ProtoReader(cut), fields);
    }
    for (size_t at = 0; at < good.size(); ++at)
        for (int bit = 0; bit < 8; ++bit) {
            auto bad = good;
            bad[at] ^= std::byte(1 << bit);
            (void)walk(ProtoReader(bad), fields);
        }
}

TEST(Pieces, AMakerThatBreaksItsPromiseIsAnError) {
    Pieces pieces;
    pieces.copy("head");
    pieces.make_later(
        3, []() -> Result<SharedBytes> { return SharedBytes::from_vector(message_bytes({1, 2})); });
    EXPECT_EQ(pieces.size_bytes(), 7u);
    EXPECT_FALSE(pieces.to_vector());
}

}  // namespace
}  // namespace lathe::wire
