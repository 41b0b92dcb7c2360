// A package that is not finished, in a folder for a while, which WebAssembly has not.
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/folder.h"
#include "base/output_folder.h"
#include "base/process.h"

namespace lathe::formats::coreml {
namespace {

TEST(CoremlPackage, NothingIsLeftOfOneThatIsNotFinished) {
    const auto folder = TemporaryFolder::create();
    ASSERT_TRUE(folder.has_value());
    const std::string parent = folder->at("");
    {
        auto output = OutputFolder::create(parent + "net.mlpackage");
        ASSERT_TRUE(output.has_value()) << output.error().message;
        auto file = output->file("Data/a/b.bin");
        ASSERT_TRUE(file->write("begun").has_value());
        EXPECT_TRUE(list_folder(parent)->empty());
        output->put(*std::move(file));
    }
    EXPECT_TRUE(list_folder(parent)->empty());
    // A folder of something else is not replaced.
    ASSERT_TRUE(write_file(parent + "note.txt", as_bytes("x")).has_value());
    EXPECT_FALSE(OutputFolder::create(parent).has_value());
}

}  // namespace
}  // namespace lathe::formats::coreml
