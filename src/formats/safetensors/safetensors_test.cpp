#include "formats/safetensors/safetensors.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

#include "wire/little_endian.h"
#include "wire/test_folder.h"

namespace lathe::formats {
namespace {

std::string file_of(const std::string& header, const std::string& data) {
    std::string out;
    wire::store_le(out, static_cast<uint64_t>(header.size()));
    return out + header + data;
}

SharedBytes shared_of(std::string_view text) {
    const ByteSpan view = as_bytes(text);
    return SharedBytes::from_vector(std::vector<std::byte>(view.begin(), view.end()));
}

Result<graph::Checkpoint> opened(const std::string& file) {
    return read_safetensors(shared_of(file), "x.safetensors");
}

std::string read_error(const std::string& file) {
    auto checkpoint = opened(file);
    return checkpoint ? "" : checkpoint.error().message;
}

std::string tensor(const std::string& name, const std::string& dtype, const std::string& shape, int begin,
                   int end) {
    return format(R"("{}":{{"dtype":"{}","shape":{},"data_offsets":[{},{}]}})", name, dtype, shape, begin,
                  end);
}

// The example of the reference implementation's documentation (safetensors/src/tensor.rs, SafeTensors::deserialize).
TEST(Safetensors, ReadsTheReferenceExample) {
    const std::string file(
        "<\0\0\0\0\0\0\0{\"test\":{\"dtype\":\"I32\",\"shape\":[2,2],\"data_offsets\":[0,16]}}\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
        8 + 60 + 16);
    EXPECT_EQ(match_safetensors(as_bytes(file), ""), Match::kCertain);
    auto checkpoint = opened(file);
    ASSERT_TRUE(checkpoint.has_value()) << checkpoint.error().message;
    ASSERT_EQ(checkpoint->tensors.size(), 1u);
    EXPECT_EQ(checkpoint->tensors[0].name, "test");
    EXPECT_EQ(describe(checkpoint->tensors[0].tensor), "i32[2, 2]");
}

TEST(Safetensors, EveryTypeInTheOrderOfTheBytes) {
    struct Case {
        std::string name;
        DType dtype;
    };
    const std::vector<Case> cases{
        {"BOOL", DType::kBool},      {"F4", DType::kF4E2M1},      {"U8", DType::kU8},
        {"I8", DType::kI8},          {"F8_E5M2", DType::kF8E5M2}, {"F8_E4M3", DType::kF8E4M3},
        {"F8_E8M0", DType::kF8E8M0}, {"I16", DType::kI16},        {"U16", DType::kU16},
        {"F16", DType::kF16},        {"BF16", DType::kBF16},      {"I32", DType::kI32},
        {"U32", DType::kU32},        {"F32", DType::kF32},        {"C64", DType::kC64},
        {"F64", DType::kF64},        {"I64", DType::kI64},        {"U64", DType::kU64}};
    std::string header, data;
    for (const Case& c : cases) {  // the header lists them backwards
        const int size = bits_of(c.dtype) * 2 / 8, begin = static_cast<int>(data.size());
        header =
            tensor("t_" + c.name, c.name, "[2]", begin, begin + size) + (header.empty() ? "" : ",") + header;
        for (int i = 0; i < size; ++i) data += static_cast<char>(data.size());
    }
    const std::string file = file_of("{" + header + R"(,"__metadata__":{"format":"pt"}}   )", data);
    auto checkpoint = opened(file);
    ASSERT_TRUE(checkpoint.has_value()) << checkpoint.error().message;
    ASSERT_EQ(checkpoint->tensors.size(), cases.size());
    std::string all;
    for (size_t i = 0; i < cases.size(); ++i) {
        EXPECT_EQ(checkpoint->tensors[i].name, "t_" + cases[i].name);
        EXPECT_EQ(checkpoint->tensors[i].tensor.dtype(), cases[i].dtype);
        all += as_text(checkpoint->tensors[i].tensor.to_contiguous().bytes());
    }
    EXPECT_EQ(all, data);
    EXPECT_EQ(to_text(*checkpoint->metadata), R"({"format":"pt"})");
}

// The list of errors of the README and of the reference implementation's tests.
TEST(Safetensors, RefusesInWords) {
    const auto expect = [](const std::string& file, const std::string& words) {
        EXPECT_NE(read_error(file).find(words), std::string::npos) << words << " / " << read_error(file);
    };
    const std::string eight(8, '\0');
    expect("1234567", "too few");
    expect(std::string("\xff\xff\xff\xff\xff\xff\xff\xff{}", 10), "at most 100000000");
    expect(std::string("\x00\xe1\xf5\x05\0\0\0\0{}", 10), "incomplete");
    expect(file_of("[]", ""), "begins with '['");
    expect(file_of(" {}", ""), "begins with ' '");
    expect(file_of("{", ""), "not valid JSON");
    expect(file_of("{\"\xff\":1}", ""), "not valid JSON");
    expect(file_of("{" + tensor("a", "F32", "[2]", 0, 8) + "," + tensor("a", "F32", "[2]", 8, 16) + "}",
                   eight + eight),
           "two tensors");
    expect(
        file_of("{" + tensor("a", "F32", "[2]", 0, 8) + "," + tensor("b", "F32", "[2]", 0, 8) + "}", eight),
        "ends at 8");
    expect(file_of("{" + tensor("a", "F32", "[2]", 0, 8) + "," + tensor("b", "F32", "[1]", 12, 16) + "}",
                   eight + eight),
           "ends at 8");
    expect(file_of("{" + tensor("a", "F32", "[1]", 4, 8) + "}", eight), "ends at 0");
    expect(file_of("{" + tensor("a", "F32", "[1]", 0, 4) + "}", eight), "belong to none");
    expect(file_of("{" + tensor("a", "F32", "[4]", 0, 16) + "}", eight), "incomplete");
    expect(file_of("{" + tensor("a", "F32", "[3]", 0, 8) + "}", eight), "expected 12 bytes");
    expect(file_of("{" + tensor("a", "F32", "[2]", 8, 0) + "}", eight), "expected 8 bytes");
    expect(file_of("{" + tensor("a", "F32", "[4294967296,4294967296,4294967296]", 0, 8) + "}", eight),
           "impossible shape");
    expect(file_of("{" + tensor("a", "U8", "[9223372036854775808]", 0, 8) + "}", eight), "beyond 64 bits");
    expect(file_of("{" + tensor("a", "F32", "[-2]", 0, 8) + "}", eight), "negative");
    expect(file_of("{" + tensor("a", "F32", "[2.0]", 0, 8) + "}", eight), "fraction");
    expect(file_of("{" + tensor("a", "F32", "[[2]]", 0, 8) + "}", eight), "list in a list");
    expect(file_of("{" + tensor("a", "F32", "[{}]", 0, 8) + "}", eight), "an object");
    expect(file_of("{" + tensor("a", "F32", "2", 0, 8) + "}", eight), "where it does not belong");
    expect(file_of("{" + tensor("a", "F4", "[3]", 0, 1) + "}", "x"), "no whole bytes");
    for (const std::string type : {"F6_E2M3", "F8_E4M3FNUZ", "Q8"})
        expect(file_of("{" + tensor("a", type, "[8]", 0, 8) + "}", eight), "'" + type + "'");
    expect(file_of(R"({"a":{"dtype":"U8","shape":[8]}})", eight), "lacks");
    expect(file_of(R"({"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8,8]}})", eight), "lacks");
    expect(file_of(R"({"a":{"dtype":"U8","shape":[8],"shape":[8],"data_offsets":[0,8]}})", eight), "twice");
    expect(file_of(R"({"a":[1]})", eight), "where it does not belong");
    expect(file_of(R"({"__metadata__":{"a":1}})", ""), "where it does not belong");
    expect(file_of("{\"a\":{\"x\":" + std::string(100000, '['), ""), "too deep");
    EXPECT_EQ(read_error(file_of(
                  R"({"a":{"dtype":"U8","note":{"any":[1,null]},"shape":[8],"data_offsets":[0,8]}})", eight)),
              "");
    EXPECT_EQ(read_error(file_of("{}", "")), "");
    EXPECT_EQ(
        read_error(file_of(
            "{" + tensor("a", "F32", "[0,5]", 0, 0) + "," + tensor("b", "F32", "[]", 0, 4) + "}", "1234")),
        "");
}

std::vector<graph::NamedTensor> sample_file() {
    const Tensor base = Tensor::of<float>({2, 3}, {1, 2, 3, 4, 5, 6});
    return {{"flag", Tensor::filled(DType::kBool, {3}, 1)},
            {"base", base},
            {"turned", base.transposed(std::vector<int>{1, 0})},
            {"code", tensor_from_doubles(DType::kF4E2M1, {2, 2}, std::vector<double>{0.5, -1, 6, 0})},
            {"wide \"ä\"", Tensor::of<int64_t>({2}, {1, -1})},
            {"none", Tensor::of<int64_t>({0, 4}, {})}};
}

void expect_sample(const graph::Checkpoint& checkpoint) {
    ASSERT_EQ(checkpoint.tensors.size(), sample_file().size());
    for (const auto& named : sample_file()) {
        const Tensor* found = checkpoint.find(named.name);
        ASSERT_NE(found, nullptr) << named.name;
        EXPECT_EQ(describe(*found), describe(named.tensor));
        EXPECT_EQ(found->to_doubles(), named.tensor.to_doubles());
    }
}

TEST(Safetensors, ReadsWhatItWritesAligned) {
    TestFolder folder;
    const std::string path = folder.file("x.safetensors");
    ASSERT_TRUE(write_safetensors(path, sample_file(), {.metadata = {{"format", "pt"}, {"note", "ä"}}}));
    auto checkpoint = read_safetensors(*map_file(path), path);
    ASSERT_TRUE(checkpoint.has_value()) << checkpoint.error().message;
    expect_sample(*checkpoint);
    for (const auto& named : checkpoint->tensors) EXPECT_TRUE(named.tensor.contiguous()) << named.name;
    EXPECT_EQ(to_text(*checkpoint->metadata), R"({"format":"pt","note":"ä"})");
}

TEST(Safetensors, ShardsHaveAnIndex) {
    TestFolder folder;
    const std::string path = folder.file("m.safetensors"), index = folder.file("m.safetensors.index.json");
    std::vector<std::string> shards;
    for (int i = 1; i <= 4; ++i) shards.push_back(folder.file(format("m-0000{}-of-00004.safetensors", i)));
    // 3 | 24 | 24 2 | 16 0 bytes: each new shard begins where the limit would be passed.
    ASSERT_TRUE(
        write_safetensors(path, sample_file(), {.metadata = {{"format", "pt"}}, .largest_shard_bytes = 26}));
    EXPECT_FALSE(file_exists(path));
    const SharedBytes file = *map_file(index);
    EXPECT_EQ(match_safetensors(file.bytes(), index), Match::kCertain);
    const Json json = *parse_json(as_text(file.bytes()));
    EXPECT_EQ(json["metadata"]["total_size"], 69);
    EXPECT_EQ(json["weight_map"]["base"], "m-00002-of-00004.safetensors");
    EXPECT_EQ(json["weight_map"]["code"], "m-00003-of-00004.safetensors");
    auto checkpoint = read_safetensors(file, index);
    ASSERT_TRUE(checkpoint.has_value()) << checkpoint.error().message;
    expect_sample(*checkpoint);
    EXPECT_EQ(to_text(*checkpoint->metadata), R"({"total_size":69,"format":"pt"})");

    const auto with_index = [&](const std::string& text) {
        auto result = read_safetensors(shared_of(text), index);
        return result ? "" : result.error().message;
    };
    std::string text(as_text(file.bytes()));
    const auto replaced = [&](const std::string& from, const std::string& to) {
        std::string copy = text;
        return copy.replace(copy.find(from), from.size(), to);
    };
    EXPECT_NE(with_index(replaced("\"code\"", "\"cody\"")).find("does not list"), std::string::npos);
    EXPECT_NE(with_index(replaced("\"weight_map\": {",
                                  "\"weight_map\": {\"more\": \"m-00001-of-00004.safetensors\","))
                  .find("'more' is not in"),
              std::string::npos);
    EXPECT_NE(with_index(replaced("m-00002", "../m-00002")).find("same folder"), std::string::npos);
    EXPECT_NE(with_index(replaced("m-00002", "m-00009")).find("cannot open"), std::string::npos);
    EXPECT_NE(with_index(replaced("\"weight_map\": {", "\"weight_map\": 1, \"x\": {")).find("no object"),
              std::string::npos);
}

TEST(Safetensors, WritesOnlyWhatCanBeRead) {
    TestFolder folder;
    const std::string path = folder.file("x.safetensors");
    const auto error = [&](const std::vector<graph::NamedTensor>& tensors) {
        const Status status = write_safetensors(path, tensors);
        return status ? "" : status.error().message;
    };
    const Tensor one = Tensor::scalar(1.0f);
    EXPECT_NE(error({{"a", one}, {"a", one}}).find("two tensors"), std::string::npos);
    EXPECT_NE(error({{"__metadata__", one}}).find("may not be named"), std::string::npos);
    EXPECT_NE(error({{"a\xff", one}}).find("UTF-8"), std::string::npos);
    EXPECT_NE(error({{"a", Tensor::filled(DType::kI4, {2}, 1)}}).find("cannot hold"), std::string::npos);
    EXPECT_NE(error({{"a", Tensor::filled(DType::kF4E2M1, {3}, 1)}}).find("whole bytes"), std::string::npos);
    EXPECT_FALSE(file_exists(path));
    EXPECT_FALSE(write_safetensors(folder.file("x.bin"), sample_file()).has_value());
    const OutgoingTensor failing{
        .name = "a", .dtype = DType::kF32, .shape = {1}, .make = []() -> Result<SharedBytes> {
            return fail("no");
        }};
    EXPECT_FALSE(write_safetensors(path, std::vector{failing}).has_value());
    EXPECT_FALSE(file_exists(path));
}

TEST(Safetensors, DamageNeverCrashes) {
    TestFolder folder;
    const std::string path = folder.file("x.safetensors");
    ASSERT_TRUE(write_safetensors(path, sample_file(), {.metadata = {{"format", "pt"}}}));
    const auto mapped = map_file(path);
    const std::string good(as_text(mapped->bytes()));
    for (size_t size = 0; size < good.size(); ++size) EXPECT_NE(read_error(good.substr(0, size)), "") << size;
    std::mt19937 random(5);
    for (size_t at = 0; at < good.size(); ++at)
        for (int round = 0; round < 12; ++round) {
            std::string bad = good;
            bad[at] = static_cast<char>(round < 8 ? bad[at] ^ 1 << round : static_cast<int>(random() % 256));
            (void)match_safetensors(as_bytes(bad), path);
            if (auto checkpoint = opened(bad))
                for (const auto& named : checkpoint->tensors) (void)named.tensor.to_contiguous();
        }
}

}  // namespace
}  // namespace lathe::formats
