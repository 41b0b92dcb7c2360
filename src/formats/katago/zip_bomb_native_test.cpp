// A small file that unpacks into a large one; it takes a compressor, which WebAssembly lacks.
#include <gtest/gtest.h>

#include "formats/katago/katago.h"
#include "wire/deflate.h"

namespace lathe::formats {
namespace {

TEST(KataGo, RefusesAZipBomb) {
    // A network whose last blocks would be 2 GB of zeros, in 2 MB.
    std::string text = "bomb\n8\n22\n19\ntrunk\n1\n16000\n2\n1\n1\n1\nconv\n63\n63\n22\n16000\n1\n1\n@BIN@";
    std::vector<std::byte> zipped;
    auto stream = wire::open_deflate(wire::Wrap::kGzip, 1, [&](ByteSpan piece) {
        zipped.insert(zipped.end(), piece.begin(), piece.end());
        return Status();
    });
    ASSERT_TRUE(stream->write(as_bytes(text)).has_value());
    const std::vector<std::byte> zeros(1 << 20);
    for (int i = 0; i < 64; ++i) ASSERT_TRUE(stream->write(zeros).has_value());
    ASSERT_TRUE(stream->finish().has_value());
    const auto network = read_katago(SharedBytes::from_vector(zipped), "bomb.bin.gz");
    ASSERT_FALSE(network.has_value());
    EXPECT_NE(network.error().message.find("cannot be in a file of"), std::string::npos)
        << network.error().message;
}

}  // namespace
}  // namespace lathe::formats
