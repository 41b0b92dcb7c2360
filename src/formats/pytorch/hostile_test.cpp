// Checkpoints that are damaged, lie, or would run code.
#include <gtest/gtest.h>

#include "base/json.h"
#include "formats/pytorch/fixtures.h"
#include "formats/pytorch/test_saved.h"

namespace lathe::formats {
namespace {

using namespace pytorch;

TEST(PyTorch, RefusesInWords) {
    const auto call = [](std::string_view module, std::string_view name) {
        return error_of(one_value([&](PickleWriter& out) {
            out.global(module, name);
            out.mark();
            out.text("echo pwned");
            out.tuple();
            out.reduce();
        }));
    };
    EXPECT_EQ(call("os", "system"),
              "x.pt: r/data.pkl: refused: the pickle calls 'os.system', which is not in the list of data "
              "constructors; a checkpoint has no use for this: do not trust the file");
    EXPECT_NE(call("torch.nn.modules.linear", "Linear").find("state_dict"), std::string::npos);
    EXPECT_NE(call("torch._utils", "_rebuild_sparse_tensor").find("to_dense"), std::string::npos);
    EXPECT_NE(call("torch", "Tensor"), "");  // a type, not a constructor of data
    EXPECT_NE(error_of(zipped({{"r/data.pkl", "N."}, {"r/byteorder", "big"}})).find("big-endian"),
              std::string::npos);
    EXPECT_NE(error_of(zipped({{"r/data.pkl", "N."}, {"r/version", "11"}})).find("version '11'"),
              std::string::npos);
    EXPECT_NE(error_of(zipped({{"r/data.pkl", "N."}, {"r/constants.pkl", "N."}})).find("TorchScript"),
              std::string::npos);
    EXPECT_NE(error_of(zipped({{"word/document.xml", "<x/>"}})).find("data.pkl"), std::string::npos);
    std::string tar(1024, '\0');
    tar.replace(257, 5, "ustar");
    EXPECT_NE(error_of(tar).find("tar file"), std::string::npos);
    EXPECT_NE(error_of("just text").find("not a file that torch.save wrote"), std::string::npos);
    EXPECT_EQ(match_pytorch(as_bytes("just text"), "x.pt"), Match::kNo);
    EXPECT_EQ(match_pytorch(as_bytes(zipped({{"a.npy", ""}})), "x.npz"), Match::kNo);
}

TEST(PyTorch, HostileStructures) {
    // Nested beyond the limit; a list that contains itself; shared tuples whose expansion has 2^100 elements.
    EXPECT_NE(error_of(zipped({{"r/data.pkl", std::string(1000, ']') + std::string(999, 'a') + "."}}))
                  .find("nested deeper"),
              std::string::npos);
    EXPECT_NE(error_of(zipped({{"r/data.pkl", std::string("]q\0h\0a.", 7)}})).find("nested deeper"),
              std::string::npos);
    std::string doubled = "]";
    for (int i = 0; i < 50; ++i) doubled += "2\x86";
    EXPECT_NE(error_of(zipped({{"r/data.pkl", doubled + "."}})).find("share so much"), std::string::npos);
    PickleWriter twice;
    twice.empty_dict();
    twice.mark();
    for (int i = 0; i < 2; ++i) {
        twice.text("t");
        tensor(twice, {.stored = 1, .shape = {1}, .strides = {1}});
    }
    twice.set_items();
    twice.stop();
    EXPECT_NE(error_of(zipped({{"r/data.pkl", twice.bytes()}, {"r/data/0", "abcd"}})).find("two"),
              std::string::npos);
}

void expect_no_crash(const std::string& file) {
    auto checkpoint = opened(file);
    if (!checkpoint) return;
    (void)to_text(*checkpoint->metadata);
    for (const auto& named : checkpoint->tensors) (void)named.tensor.to_contiguous();
}

TEST(PyTorch, DamageNeverCrashes) {
    const std::string stream = from_hex(kStreamHex);
    const std::string archive =
        one_tensor({.stored = 4, .shape = {2, 2}, .strides = {1, 2}}, packed<float>({1, 2, 3, 4}));
    for (const std::string& good : {stream, archive}) {
        EXPECT_EQ(error_of(good), "");
        for (size_t size = 0; size < good.size(); ++size)
            EXPECT_NE(error_of(good.substr(0, size)), "") << size;
        for (size_t at = 0; at < good.size(); ++at)
            for (int bit = 0; bit < 8; ++bit) {
                std::string bad = good;
                bad[at] = static_cast<char>(bad[at] ^ 1 << bit);
                expect_no_crash(bad);
            }
    }
    for (const auto hex : {kNumpy2Hex, kNumpy5Hex}) {
        const std::string good = from_hex(hex);
        for (size_t at = 0; at < good.size(); ++at)
            for (const int bit : {0, 2, 5, 7}) {
                std::string bad = good;
                bad[at] = static_cast<char>(bad[at] ^ 1 << bit);
                expect_no_crash(zipped({{"r/data.pkl", bad}}));
            }
    }
}

}  // namespace
}  // namespace lathe::formats
