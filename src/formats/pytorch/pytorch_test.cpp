#include "formats/pytorch/pytorch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>

#include "formats/pytorch/fixtures.h"
#include "formats/pytorch/test_saved.h"
#include "wire/deflate.h"
#include "wire/test_folder.h"

namespace lathe::formats {
namespace {

using namespace pytorch;

TEST(PyTorch, StridesOffsetsAndRepetition) {
    const std::string data = packed<float>({0, 1, 2, 3, 4, 5, 6});
    const auto values = [&](const Saved& saved) {
        auto checkpoint = opened(one_tensor(saved, data));
        EXPECT_TRUE(checkpoint.has_value()) << (checkpoint ? "" : checkpoint.error().message);
        return checkpoint ? checkpoint->tensors[0].tensor.to_doubles() : std::vector<double>();
    };
    using D = std::vector<double>;
    EXPECT_EQ(values({.stored = 7, .offset = 1, .shape = {2, 3}, .strides = {3, 1}}), (D{1, 2, 3, 4, 5, 6}));
    EXPECT_EQ(values({.stored = 7, .offset = 1, .shape = {3, 2}, .strides = {1, 3}}), (D{1, 4, 2, 5, 3, 6}));
    EXPECT_EQ(values({.stored = 7, .offset = 2, .shape = {3, 2}, .strides = {0, 4}}), (D{2, 6, 2, 6, 2, 6}));
    EXPECT_EQ(values({.stored = 7, .offset = 0, .shape = {3, 3}, .strides = {2, 1}}),
              (D{0, 1, 2, 2, 3, 4, 4, 5, 6}));
    EXPECT_EQ(values({.stored = 7, .offset = 6, .shape = {}, .strides = {}}), (D{6}));
    EXPECT_EQ(values({.stored = 7, .offset = 6, .shape = {1, 1}, .strides = {999, 0}}), (D{6}));
    EXPECT_EQ(values({.stored = 7, .offset = 7, .shape = {0, 5}, .strides = {5, 1}}), D());
}

TEST(PyTorch, EveryStorageType) {
    struct Case {
        std::string type;
        DType dtype;
        std::string data;
    };
    const std::string sixteen(16, '\1');
    for (const Case& c :
         {Case{"DoubleStorage", DType::kF64, sixteen}, Case{"FloatStorage", DType::kF32, sixteen},
          Case{"HalfStorage", DType::kF16, sixteen}, Case{"BFloat16Storage", DType::kBF16, sixteen},
          Case{"LongStorage", DType::kI64, sixteen}, Case{"IntStorage", DType::kI32, sixteen},
          Case{"ShortStorage", DType::kI16, sixteen}, Case{"CharStorage", DType::kI8, sixteen},
          Case{"ByteStorage", DType::kU8, sixteen}, Case{"BoolStorage", DType::kBool, sixteen},
          Case{"ComplexFloatStorage", DType::kC64, sixteen},
          Case{"ComplexDoubleStorage", DType::kC128, sixteen}}) {
        const int64_t count = 128 / bits_of(c.dtype);
        auto checkpoint =
            opened(one_tensor({.type = c.type, .stored = count, .shape = {count}, .strides = {1}}, c.data));
        ASSERT_TRUE(checkpoint.has_value()) << checkpoint.error().message;
        EXPECT_EQ(checkpoint->tensors[0].tensor.dtype(), c.dtype);
        EXPECT_EQ(as_text(checkpoint->tensors[0].tensor.bytes()), c.data);
    }
    for (const auto& [name, dtype] :
         std::vector<std::pair<std::string, DType>>{{"uint16", DType::kU16},
                                                    {"uint32", DType::kU32},
                                                    {"uint64", DType::kU64},
                                                    {"float8_e4m3fn", DType::kF8E4M3},
                                                    {"float8_e5m2", DType::kF8E5M2},
                                                    {"float8_e8m0fnu", DType::kF8E8M0},
                                                    {"float32", DType::kF32}}) {
        const int64_t count = 128 / bits_of(dtype);
        auto checkpoint =
            opened(one_tensor({.stored = 16, .shape = {count}, .strides = {1}, .dtype = name}, sixteen));
        ASSERT_TRUE(checkpoint.has_value()) << checkpoint.error().message;
        EXPECT_EQ(checkpoint->tensors[0].tensor.dtype(), dtype);
    }
    for (const std::string name : {"QInt8Storage", "QUInt4x2Storage"})
        EXPECT_NE(error_of(one_tensor({.type = name, .stored = 16, .shape = {16}, .strides = {1}}, sixteen))
                      .find("dequantize"),
                  std::string::npos);
    EXPECT_NE(error_of(one_tensor({.stored = 16, .shape = {16}, .strides = {1}, .dtype = "float8_e4m3fnuz"},
                                  sixteen))
                  .find("'torch.float8_e4m3fnuz'"),
              std::string::npos);
}

TEST(PyTorch, TensorsThatReachOutsideAreRefused) {
    const std::string data = packed<float>({0, 1, 2, 3});
    for (const Saved& bad :
         {Saved{.stored = 4, .shape = {5}, .strides = {1}},
          Saved{.stored = 4, .offset = 1, .shape = {4}, .strides = {1}},
          Saved{.stored = 4, .shape = {2, 2}, .strides = {3, 1}},
          Saved{.stored = 4, .offset = -1, .shape = {1}, .strides = {1}},
          Saved{.stored = 4, .shape = {2}, .strides = {-1}},
          Saved{.stored = 4, .shape = {-1}, .strides = {1}}, Saved{.stored = 4, .shape = {2}, .strides = {}},
          Saved{.stored = 5, .shape = {4}, .strides = {1}}, Saved{.stored = -1, .shape = {0}, .strides = {1}},
          Saved{.stored = int64_t{1} << 62, .shape = {1}, .strides = {1}},
          Saved{.stored = 4, .offset = int64_t{1} << 62, .shape = {1}, .strides = {1}},
          Saved{.stored = 4, .shape = {2}, .strides = {INT64_MAX}},
          Saved{.stored = 4, .shape = {int64_t{1} << 40, int64_t{1} << 40}, .strides = {0, 0}},
          Saved{.stored = 4, .shape = {int64_t{1} << 40}, .strides = {0}}})
        EXPECT_NE(error_of(one_tensor(bad, data)).find("tensor 't'"), std::string::npos)
            << to_string(bad.shape);
    Saved missing{.key = "1", .stored = 4, .shape = {4}, .strides = {1}};
    PickleWriter out;
    tensor(out, missing);
    out.stop();
    EXPECT_NE(error_of(zipped({{"r/data.pkl", out.bytes()}})).find("not in the archive"), std::string::npos);
}

TEST(PyTorch, SharedStoragesAreSharedBytes) {
    PickleWriter out;
    out.mark();
    tensor(out, {.stored = 6, .shape = {2, 3}, .strides = {3, 1}});
    tensor(out, {.stored = 6, .offset = 3, .shape = {3}, .strides = {1}});
    out.tuple();
    out.stop();
    for (const bool deflated : {false, true}) {
        auto checkpoint = opened(
            zipped({{"r/data.pkl", out.bytes()}, {"r/data/0", packed<float>({1, 2, 3, 4, 5, 6})}}, deflated));
        ASSERT_TRUE(checkpoint.has_value()) << checkpoint.error().message;
        ASSERT_EQ(checkpoint->tensors.size(), 2u);
        EXPECT_EQ(checkpoint->tensors[1].name, "1");
        EXPECT_EQ(checkpoint->tensors[0].tensor.storage().data() + 12,
                  checkpoint->tensors[1].tensor.storage().data());
    }
}

TEST(PyTorch, NestedNamesAndMetadata) {
    PickleWriter out;
    out.empty_dict();
    out.mark();
    out.text("state");
    out.empty_dict();
    out.mark();
    out.integer(7);  // optimizer states have numbers as keys
    out.empty_dict();
    out.mark();
    out.text("exp_avg");
    out.global("torch._utils", "_rebuild_parameter");
    out.mark();
    tensor(out, {.stored = 1, .shape = {}, .strides = {}});
    out.boolean(true);
    out.none();
    out.tuple();
    out.reduce();
    out.text("step");
    out.number(10.5);
    out.set_items();
    out.set_items();
    out.text("list");
    out.empty_list();
    out.mark();
    out.integer(1);
    tensor(out, {.stored = 1, .shape = {1}, .strides = {1}});
    out.appends();
    out.text("size");
    out.global("torch", "Size");
    out.mark();
    sizes(out, {3, 4});
    out.tuple();
    out.reduce();
    out.text("device");
    out.global("torch", "device");
    out.mark();
    out.text("cuda");
    out.integer(1);
    out.tuple();
    out.reduce();
    out.text("dtype");
    out.global("torch", "bfloat16");
    out.text("counts");
    out.global("collections", "defaultdict");
    out.mark();
    out.global("builtins", "int");
    out.tuple();
    out.reduce();
    out.mark();
    out.text("a");
    out.none();
    out.set_items();
    out.text("args");
    out.global("argparse", "Namespace");
    out.empty_tuple();
    out.reduce();
    out.empty_dict();
    out.mark();
    out.text("lr");
    out.number(0.125);
    out.set_items();
    out.build();
    out.text("subclass");
    out.global("torch._tensor", "_rebuild_from_type_v2");
    out.mark();
    out.global("torch._utils", "_rebuild_tensor");
    out.global("torch.nn.parameter", "Parameter");
    out.mark();
    storage(out, "torch", "FloatStorage", "0", 1);
    out.integer(0);
    sizes(out, {1});
    sizes(out, {1});
    out.tuple();
    out.empty_dict();
    out.tuple();
    out.reduce();
    out.set_items();
    out.stop();
    auto checkpoint = opened(
        zipped({{"data.pkl", out.bytes()}, {"data/0", packed<float>({2.5})}, {"byteorder", "little"}}));
    ASSERT_TRUE(checkpoint.has_value()) << checkpoint.error().message;
    std::string names;
    for (const auto& named : checkpoint->tensors) names += named.name + " ";
    EXPECT_EQ(names, "state.7.exp_avg list.1 subclass ");
    EXPECT_EQ(checkpoint->find("subclass")->to_doubles(), std::vector<double>{2.5});
    EXPECT_EQ(
        to_text(*checkpoint->metadata),
        R"({"state":{"7":{"step":10.5}},"list":[1,null],"size":[3,4],"device":"cuda:1","dtype":"torch.bfloat16",)"
        R"("counts":{"a":null},"args":{"lr":0.125}})");
}

TEST(PyTorch, NumPyArraysAndScalars) {
    for (const auto hex : {kNumpy2Hex, kNumpy5Hex}) {
        auto checkpoint = opened(zipped({{"r/data.pkl", from_hex(hex)}}));
        ASSERT_TRUE(checkpoint.has_value()) << checkpoint.error().message;
        ASSERT_EQ(checkpoint->tensors.size(), 2u);
        EXPECT_EQ(describe(checkpoint->tensors[0].tensor), "f32[2, 3]");
        EXPECT_EQ(checkpoint->tensors[0].tensor.to_doubles(), (std::vector<double>{0, 1, 2, 3, 4, 5}));
        EXPECT_EQ(checkpoint->tensors[1].name, "3");
        EXPECT_EQ(checkpoint->tensors[1].tensor.to_ints(), (std::vector<int64_t>{0, 1, 2, 3}));
        EXPECT_EQ(to_text(*checkpoint->metadata), R"({"value":[1.5,-3,null,null,true]})");
    }
}

TEST(PyTorch, TheOlderStream) {
    const std::string file = from_hex(kStreamHex);
    EXPECT_EQ(match_pytorch(as_bytes(file), "no extension"), Match::kCertain);
    auto checkpoint = opened(file);
    ASSERT_TRUE(checkpoint.has_value()) << checkpoint.error().message;
    ASSERT_EQ(checkpoint->tensors.size(), 4u);
    EXPECT_EQ(checkpoint->find("w")->to_doubles(), (std::vector<double>{1, 2, 3, 4, 5, 6}));
    EXPECT_EQ(checkpoint->find("wt")->to_doubles(), (std::vector<double>{1, 4, 2, 5, 3, 6}));
    EXPECT_EQ(checkpoint->find("tail")->to_doubles(), (std::vector<double>{5, 6}));
    EXPECT_EQ(checkpoint->find("n")->to_ints(), (std::vector<int64_t>{7}));
    EXPECT_EQ(to_text(*checkpoint->metadata), R"({"epoch":3})");
}

std::string shared_path(const std::string& name) {
    const char* folder = std::getenv("LATHE_SHARED");
    return std::string(folder != nullptr ? folder : "../shared") + "/data/katago/ckpt/" + name;
}

// The name without what data-parallel training and compilation put in front.
std::string without_wrappers(std::string name) {
    for (const std::string prefix : {"module.", "_orig_mod.", "module."})
        if (name.starts_with(prefix)) name = name.substr(prefix.size());
    return name;
}

// Files that PyTorch wrote, against the shapes that it reported and the weights that KataGo's own exporter wrote.
TEST(PyTorch, KataGoCheckpoints) {
    if (!file_exists(shared_path("A-b2c16.ckpt"))) GTEST_SKIP() << "no file " << shared_path("A-b2c16.ckpt");
    for (const std::string name : {"A-b2c16", "B-nbt-fbrng-v14", "C-nbt-fson-mish-rvgl-bnh",
                                   "D-nbttf-lrope-gqa-silu-rsnh-q", "F-nbt-bn-mish-meta"}) {
        const SharedBytes file = *map_file(shared_path(name + ".ckpt"));
        EXPECT_EQ(match_pytorch(file.bytes(), ""), Match::kCertain);
        auto checkpoint = read_pytorch(file, name);
        ASSERT_TRUE(checkpoint.has_value()) << checkpoint.error().message;
        const Json shapes =
            *parse_json(as_text(map_file(shared_path(name + ".state_dict_shapes.json"))->bytes()));
        std::map<std::string, Tensor> model;
        for (const auto& named : checkpoint->tensors)
            if (named.name.starts_with("model."))
                model[without_wrappers(named.name.substr(6))] = named.tensor;
        EXPECT_EQ(model.size(), shapes.size());
        for (const auto& [key, shape] : shapes.items())
            EXPECT_EQ(model[key].shape(), shape.get<Shape>()) << key;
        const Json config = *parse_json(as_text(map_file(shared_path(name + ".config.json"))->bytes()));
        ASSERT_NE(find_member(*checkpoint->metadata, "config"), nullptr);
        EXPECT_EQ(*find_member(*checkpoint->metadata, "config"), config);
        // The exporter stores a kernel [O, I, H, W] as [H, W, I, O].
        auto exported =
            wire::inflate(*map_file(shared_path(name + ".model.bin.gz")), wire::Wrap::kGzip, 1 << 24);
        ASSERT_TRUE(exported.has_value());
        const Tensor kernel = model["conv_spatial.weight"].transposed(std::vector<int>{2, 3, 1, 0});
        EXPECT_FALSE(std::ranges::search(*exported, kernel.to_contiguous().bytes()).empty()) << name;
    }
}

}  // namespace
}  // namespace lathe::formats
