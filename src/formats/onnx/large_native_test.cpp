// Models above protobuf's limit of 2 GB. The weight is a hole in a file, so that making it costs nothing; writing it
// does, and is left to the long tests (LATHE_LONG).
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

#include "base/file.h"
#include "formats/onnx/read.h"
#include "formats/onnx/write.h"
#include "graph/builder.h"
#include "ops/ops.h"
#include "wire/test_folder.h"

namespace lathe::formats::onnx {
namespace {

constexpr int64_t kRows = 544, kColumns = 1 << 20;  // f32: 2.28 GB

class LargeModels : public ::testing::Test {
protected:
    void SetUp() override {
        const std::string path = folder_.file("zeros");
        const int fd = open(path.c_str(), O_CREAT | O_WRONLY, 0600);
        const bool made = fd >= 0 && ftruncate(fd, kRows * kColumns * 4) == 0;
        close(fd);
        if (!made || sizeof(void*) < 8)
            GTEST_SKIP() << "no sparse file of 2.28 GB can be made and mapped here";
        graph::Builder b(ops::find_op);
        const auto x = b.input("x", DType::kF32, {graph::Dim::symbol("batch"), kColumns});
        const auto w = b.constant("w", Tensor(DType::kF32, {kRows, kColumns}, *map_file(path)));
        b.output("y", b.add("gather", {w, b.add("cast", {x}, {{"to", DType::kI64}})}));
        graph_ = *b.finish();
    }
    TestFolder folder_;
    graph::Graph graph_;
};

TEST_F(LargeModels, AreRefusedInOneFile) {
    const std::string path = folder_.file("one.onnx");
    const auto status = write(graph_, path, {.external_data = ExternalData::kNever});
    ASSERT_FALSE(status.has_value());
    EXPECT_NE(status.error().message.find("above protobuf's limit of 2 GB"), std::string::npos);
    EXPECT_FALSE(file_exists(path));
    EXPECT_FALSE(to_bytes(graph_).has_value());
}

TEST_F(LargeModels, PutTheirWeightsBesideThem) {
    if (std::getenv("LATHE_LONG") == nullptr) GTEST_SKIP() << "writing 2.28 GB is for ./dev test --all";
    const std::string path = folder_.file("two.onnx");
    const auto status = write(graph_, path);
    ASSERT_TRUE(status.has_value()) << status.error().message;
    EXPECT_LT(map_file(path)->size(), 4096u);
    EXPECT_EQ(map_file(path + ".data")->size(), static_cast<size_t>(kRows * kColumns * 4));
    const auto found = read(*map_file(path), path);
    ASSERT_TRUE(found.has_value()) << found.error().message;
    EXPECT_EQ(found->find("w")->shape(), (Shape{kRows, kColumns}));
}

}  // namespace
}  // namespace lathe::formats::onnx
