#include "formats/katago/katago.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "formats/katago/python_float.h"
#include "formats/katago/test_spelling.h"
#include "wire/deflate.h"
#include "wire/test_folder.h"

namespace lathe::formats {
namespace {

using katago::tiny_network;

std::string shared_folder() {
    const char* folder = std::getenv("LATHE_SHARED");
    return folder != nullptr ? folder : "../shared";
}

SharedBytes bytes_of(std::string_view text) {
    return SharedBytes::from_vector({as_bytes(text).begin(), as_bytes(text).end()});
}

std::string inflated(const std::string& path) {
    auto file = map_file(path);
    EXPECT_TRUE(file.has_value());
    auto bytes = wire::inflate(*file, wire::Wrap::kGzip, 1 << 30);
    EXPECT_TRUE(bytes.has_value());
    return std::string(as_text(*bytes));
}

TEST(KataGo, ReadsWhatTheFormatSpellsOut) {
    for (const bool binary : {true, false}) {
        const auto network = read_katago(bytes_of(tiny_network(binary)), "tiny");
        ASSERT_TRUE(network.has_value()) << network.error().message;
        const Json& about = *network->metadata;
        EXPECT_EQ(about["name"], "tiny");
        EXPECT_EQ(about["multipliers"]["shortterm_score_error"], 150.0);
        ASSERT_EQ(about["trunk"]["blocks"].size(), 5U);
        EXPECT_EQ(about["trunk"]["blocks"][3]["kv_heads"], 1);
        EXPECT_EQ(about["trunk"]["blocks"][2]["blockstack"][0]["kind"], "ordinary_block");

        // Value number i of a block is 0.25 * (i % 7 - 3); the file has y, x, ic, oc with sizes 3, 3, 22, 2.
        const Tensor* conv = network->find("trunk.conv_spatial.weight");
        ASSERT_NE(conv, nullptr);
        EXPECT_EQ(conv->shape(), (Shape{2, 22, 3, 3}));
        const Tensor plain = conv->to_contiguous();
        for (int o = 0; o < 2; ++o)
            for (int i = 0; i < 22; ++i)
                for (int y = 0; y < 3; ++y)
                    for (int x = 0; x < 3; ++x) {
                        const int at_file = ((y * 3 + x) * 22 + i) * 2 + o,
                                  at_view = ((o * 22 + i) * 3 + y) * 3 + x;
                        ASSERT_EQ(plain.values<float>()[static_cast<size_t>(at_view)],
                                  0.25F * static_cast<float>(at_file % 7 - 3));
                    }
        EXPECT_EQ(network->find("trunk.blocks.3.q_proj.weight")->shape(), (Shape{2, 8}));
        EXPECT_EQ(network->find("trunk.blocks.3.rope_freqs.weight")->shape(), (Shape{1, 2, 2}));
    }
}

TEST(KataGo, ReadsAndRewritesEveryVersion) {
    TestFolder folder;
    for (int version = 3; version <= 17; ++version) {
        SCOPED_TRACE(version);
        const katago::Spelling facts(true, version);
        const std::string text = tiny_network(true, version);
        const auto network = read_katago(bytes_of(text), "tiny");
        ASSERT_TRUE(network.has_value()) << network.error().message;
        const auto shape = [&](const char* name) { return network->find(name)->shape(); };
        EXPECT_EQ(shape("trunk.conv_spatial.weight"), (Shape{2, facts.planes(), 3, 3}));
        EXPECT_EQ(shape("trunk.linear_global.weight"), (Shape{facts.globals(), 2}));
        EXPECT_EQ(shape("policy_head.conv2p.weight"), (Shape{facts.policies(), 2, 1, 1}));
        EXPECT_EQ(shape("value_head.linear_miscvaluehead.weight"), (Shape{3, facts.scores()}));
        EXPECT_EQ(network->find("policy_head.linear_pass2.weight") != nullptr, version >= 15);
        const std::string path = folder.file("again.bin");
        ASSERT_TRUE(write_katago(*network, path).has_value());
        EXPECT_EQ(as_text(map_file(path)->bytes()), text);
    }
}

TEST(KataGo, TruncationAtEveryByteIsAnError) {
    for (const bool binary : {true, false}) {
        const std::string text = tiny_network(binary);
        // The last byte is a line end; in text a cut inside the last word may leave a number.
        const size_t safe = text.size() - (binary ? 1 : 8);
        for (size_t size = 0; size < safe; ++size)
            ASSERT_FALSE(read_katago(bytes_of(std::string_view(text).substr(0, size)), "tiny").has_value())
                << size;
    }
}

TEST(KataGo, TruncationOfCompressedBytesIsAnError) {
    const auto zipped = wire::deflate(as_bytes(tiny_network(true)), wire::Wrap::kGzip);
    const SharedBytes whole = SharedBytes::from_vector(zipped);
    ASSERT_TRUE(read_katago(whole, "tiny.bin.gz").has_value());
    for (size_t size = 0; size < whole.size(); ++size)
        ASSERT_FALSE(read_katago(whole.slice(0, size), "tiny.bin.gz").has_value()) << size;
}

TEST(KataGo, FlippedBitsNeverCrash) {
    const std::string text = tiny_network(true);
    for (size_t at = 0; at < text.size(); ++at) {
        std::string damaged = text;
        damaged[at] = static_cast<char>(damaged[at] ^ (1 << (at * 5 % 8)));
        (void)match_katago(as_bytes(damaged), "tiny.bin");
        (void)read_katago(bytes_of(damaged), "tiny.bin");
    }
}

std::string error_after(std::string text, std::string_view from, std::string_view to) {
    const size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos);
    text.replace(at, from.size(), to);
    auto network = read_katago(bytes_of(text), "tiny.txt");
    return network ? "" : network.error().message;
}

TEST(KataGo, SaysWhatIsWrongAndWhere) {
    const std::string text = tiny_network(false);
    const auto contains = [](const std::string& all, std::string_view part) {
        EXPECT_NE(all.find(part), std::string::npos) << all;
    };
    contains(error_after(text, "tiny\n17", "tiny\n18"), "version 18 is newer than 17");
    contains(error_after(text, "tiny\n17", "tiny\n2"), "version 2 is older than 3");
    contains(error_after(text, "1\n1\n0\n0\n0", "1\n1\n0\n4\n0"), "a reserved value is '4'");
    contains(error_after(text, "b3.norm\n2", "b3.norm\n3"),
             "trunk.blocks.3.norm1 ('b3.norm'): 3 channels, expected 2");
    contains(error_after(text, "sv3.bias\n6\n-0.75", "sv3.bias\n6\nnan"),
             "value_head.bias_miscvaluehead ('sv3.bias'): bias holds a NaN");
    contains(error_after(text, "start\n3\n3\n22\n2", "start\n3\n3\n22\n60000"),
             "60000 output channels, expected 2");
    contains(error_after(text, "v2\n6\n3", "v2\n6\n65000"), "390,000 floats at byte");
    contains(error_after(text, "gpool_block", "dilated_block"), "unknown kind 'dilated_block'");
    contains(error_after(text, "own\n1\n1", "own\n2\n2"), "even size");
    contains(error_after(text, "b3\n2\n1\n4", "b3\n2\n3\n4"), "2 heads are no multiple of 3");
    contains(error_after(text + "more", "tiny", "tiny"), "but the file goes on");
}

TEST(KataGo, RecognisesNetworks) {
    const std::string binary = tiny_network(true);
    EXPECT_EQ(match_katago(as_bytes(binary), "x"), Match::kCertain);
    EXPECT_EQ(match_katago(wire::deflate(as_bytes(binary), wire::Wrap::kGzip), "x"), Match::kCertain);
    EXPECT_EQ(match_katago(as_bytes("tiny 18 22 19 1 2 3 trunk"), "x"), Match::kCertain);
    EXPECT_EQ(match_katago(as_bytes("once upon a time there was a trunk"), "x.txt"), Match::kNo);
    EXPECT_EQ(match_katago(as_bytes(""), "x.bin.gz"), Match::kNo);
    EXPECT_EQ(match_katago(wire::deflate(as_bytes("hello"), wire::Wrap::kGzip), "x.bin.gz"), Match::kNo);
}

TEST(KataGo, PrintsNumbersAsPythonDoes) {
    using katago::python_float;
    EXPECT_EQ(python_float(20), "20.0");
    EXPECT_EQ(python_float(0.25), "0.25");
    EXPECT_EQ(python_float(1e-6), "1e-06");
    EXPECT_EQ(python_float(1e-20), "1e-20");
    EXPECT_EQ(python_float(0.0001), "0.0001");
    EXPECT_EQ(python_float(1.5e-5), "1.5e-05");
    EXPECT_EQ(python_float(1e15), "1000000000000000.0");
    EXPECT_EQ(python_float(1e16), "1e+16");
}

TEST(KataGo, WritesTheSameBytesAgain) {
    TestFolder folder;
    const std::string binary = folder.file("tiny.bin"), zipped = folder.file("tiny.bin.gz"),
                      plain = folder.file("tiny.txt");
    const std::string text = tiny_network(true);
    const auto network = read_katago(bytes_of(text), "tiny");
    ASSERT_TRUE(network.has_value());
    ASSERT_TRUE(write_katago(*network, binary).has_value());
    EXPECT_EQ(as_text(map_file(binary)->bytes()), text);
    ASSERT_TRUE(write_katago(*network, zipped).has_value());
    EXPECT_EQ(inflated(zipped), text);
    ASSERT_TRUE(write_katago(*network, plain).has_value());
    EXPECT_EQ(as_text(map_file(plain)->bytes()), tiny_network(false));
}

TEST(KataGo, WritingNeedsEveryTensor) {
    auto network = read_katago(bytes_of(tiny_network(true)), "tiny");
    ASSERT_TRUE(network.has_value());
    TestFolder folder;
    const std::string path = folder.file("lacking.bin.gz");
    network->tensors.pop_back();
    const auto status = write_katago(*network, path);
    ASSERT_FALSE(status.has_value());
    EXPECT_NE(status.error().message.find("no tensor 'value_head.conv_ownership.weight'"), std::string::npos);
    EXPECT_FALSE(file_exists(path));
    EXPECT_FALSE(write_katago(*network, "net.onnx").has_value());
}

// Networks that KataGo's own exporters wrote, with the parameter counts of reference/katago.md, section 6.
struct Net {
    const char* path;
    int version;
    double million_parameters;
};
constexpr Net kNets[] = {
    {"nets/g170-b6c96-s175395328-d26788732.bin.gz", 8, 1.028},
    {"nets/b7c96h3tfrs-test5-cnorm.bin.gz", 17, 0.819},
    {"nets/b7c96h6kv3qk32v16tflrs-fson-bnh.bin.gz", 17, 0.852},
    {"ckpt/A-b2c16.model.bin.gz", 15, 0},
    {"ckpt/A-b2c16.swa.bin.gz", 15, 0},
    {"ckpt/B-nbt-fbrng-v14.model.bin.gz", 14, 0},
    {"ckpt/B-nbt-fbrng-v14.swa.bin.gz", 14, 0},
    {"ckpt/C-nbt-fson-mish-rvgl-bnh.model.bin.gz", 15, 0},
    {"ckpt/C-nbt-fson-mish-rvgl-bnh.swa.bin.gz", 15, 0},
    {"ckpt/D-nbttf-lrope-gqa-silu-rsnh-q.model.bin.gz", 17, 0},
    {"ckpt/D-nbttf-lrope-gqa-silu-rsnh-q.swa.bin.gz", 17, 0},
    {"ckpt/F-nbt-bn-mish-meta.model.bin.gz", 15, 0},
    {"ckpt/F-nbt-bn-mish-meta.swa.bin.gz", 15, 0},
};

TEST(KataGo, ReadsAndRewritesKataGosFiles) {
    const std::string folder = shared_folder() + "/data/katago/";
    if (!file_exists(folder + kNets[0].path)) GTEST_SKIP() << "no KataGo networks in " << folder;
    for (const Net& net : kNets) {
        SCOPED_TRACE(net.path);
        const std::string path = folder + net.path;
        const auto file = map_file(path);
        ASSERT_TRUE(file.has_value());
        EXPECT_EQ(match_katago(file->bytes(), path), Match::kCertain);
        const auto network = read_katago(*file, path);
        ASSERT_TRUE(network.has_value()) << network.error().message;
        EXPECT_EQ((*network->metadata)["version"], net.version);
        int64_t parameters = 0;  // statistics of norms are not counted as learned
        for (const auto& [name, tensor] : network->tensors)
            if (!name.ends_with(".mean") && !name.ends_with(".variance")) parameters += tensor.count();
        const double millions = static_cast<double>(parameters) * 1e-6;
        if (net.million_parameters > 0) {
            EXPECT_NEAR(millions, net.million_parameters, 6e-4);
        }

        TestFolder temporary;
        const std::string copy = temporary.file("copy.bin");
        ASSERT_TRUE(write_katago(*network, copy).has_value());
        EXPECT_TRUE(as_text(map_file(copy)->bytes()) == inflated(path)) << "written bytes differ";
    }
}

}  // namespace
}  // namespace lathe::formats
