// Opening maps: a checkpoint of 5 GB, nearly all of it a hole, opens at once and takes no memory.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <fstream>

#include "formats/pytorch/pytorch.h"
#include "wire/deflate.h"
#include "wire/little_endian.h"
#include "wire/pickle_writer.h"
#include "wire/test_folder.h"

namespace lathe::formats {
namespace {

using namespace std::string_literals;
using wire::store_le;

constexpr int64_t kCount = int64_t{5} << 28;  // f32 elements: 5 GiB

// The pickle of one tensor [kCount / 1024, 1024] of storage 0.
std::string pickle() {
    wire::PickleWriter out;
    out.global("torch._utils", "_rebuild_tensor_v2");
    out.mark();
    out.mark();
    out.text("storage");
    out.global("torch", "FloatStorage");
    out.text("0");
    out.text("cpu");
    out.integer(kCount);
    out.tuple();
    out.persistent();
    out.integer(0);
    for (const auto& [first, second] :
         {std::pair{kCount / 1024, int64_t{1024}}, std::pair{int64_t{1024}, int64_t{1}}}) {
        out.mark();
        out.integer(first);
        out.integer(second);
        out.tuple();
    }
    out.boolean(false);
    out.empty_dict();
    out.tuple();
    out.reduce();
    out.stop();
    return out.bytes();
}

// A local (or, with an offset, a directory) header whose sizes and offset are in a zip64 field (APPNOTE.TXT 4.3, 4.5.3).
std::string header(const std::string& name, uint64_t size, uint32_t crc, const uint64_t* offset) {
    std::string out = offset != nullptr ? std::string("PK\1\2\x2d\0", 6) : "PK\3\4";
    for (const uint16_t value : {uint16_t{45}, uint16_t{0}, uint16_t{0}, uint16_t{0}, uint16_t{33}})
        store_le(out, value);
    for (const uint32_t value : {crc, 0xffffffffu, 0xffffffffu}) store_le(out, value);
    store_le(out, static_cast<uint16_t>(name.size()));
    store_le(out, static_cast<uint16_t>(offset != nullptr ? 28 : 20));
    if (offset != nullptr) out += std::string(10, '\0') + "\xff\xff\xff\xff";
    out += name;
    store_le<uint16_t>(out, 1);
    store_le<uint16_t>(out, offset != nullptr ? 24 : 16);
    store_le(out, size);
    store_le(out, size);
    if (offset != nullptr) store_le(out, *offset);
    return out;
}

bool write_at(int fd, uint64_t offset, const std::string& bytes) {
    return pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset)) ==
           static_cast<ssize_t>(bytes.size());
}

bool write_sparse(const std::string& path) {
    const std::string object = pickle();
    const uint64_t size = kCount * 4;
    const uint32_t crc = wire::crc32(as_bytes(object));
    const std::string first = header("r/data.pkl", object.size(), crc, nullptr) + object;
    const uint64_t second_at = first.size();
    const std::string second = header("r/data/0", size, 0, nullptr);
    const uint64_t directory_at = second_at + second.size() + size, zero = 0;
    std::string end =
        header("r/data.pkl", object.size(), crc, &zero) + header("r/data/0", size, 0, &second_at);
    const uint64_t directory_size = end.size(), end64_at = directory_at + directory_size;
    end += "PK\6\6";
    store_le<uint64_t>(end, 44);
    end += std::string("\x2d\0\x2d\0\0\0\0\0\0\0\0\0", 12);
    for (const uint64_t value : {uint64_t{2}, uint64_t{2}, directory_size, directory_at})
        store_le(end, value);
    end += std::string("PK\6\7\0\0\0\0", 8);
    store_le(end, end64_at);
    end += std::string("\1\0\0\0PK\5\6\0\0\0\0\2\0\2\0", 16) + std::string(8, '\xff') + std::string(2, '\0');

    const int fd = open(path.c_str(), O_CREAT | O_RDWR, 0600);
    const bool done = fd >= 0 && ftruncate(fd, static_cast<off_t>(directory_at + end.size())) == 0 &&
                      write_at(fd, 0, first + second) &&
                      write_at(fd, second_at + second.size() + size - 4, "\0\0\x80\x3f"s) &&
                      write_at(fd, directory_at, end);
    close(fd);
    return done;
}

int64_t resident_bytes() {
    std::ifstream facts("/proc/self/statm");
    int64_t total = 0, resident = 0;
    facts >> total >> resident;
    return resident * sysconf(_SC_PAGESIZE);
}

TEST(PyTorch, LargeFilesOpenAtOnce) {
    if (sizeof(void*) < 8) GTEST_SKIP() << "a file of 5 GB cannot be mapped with 32 bits";
    TestFolder folder;
    const std::string path = folder.file("large.pt");
    if (!write_sparse(path)) GTEST_SKIP() << "no sparse file of 5 GB can be made here";
    const int64_t before = resident_bytes();
    const auto start = std::chrono::steady_clock::now();
    auto file = map_file(path);
    ASSERT_TRUE(file.has_value());
    EXPECT_EQ(match_pytorch(file->bytes(), path), Match::kCertain);
    auto checkpoint = read_pytorch(*file, path);
    ASSERT_TRUE(checkpoint.has_value()) << checkpoint.error().message;
    const auto time = std::chrono::steady_clock::now() - start;
    EXPECT_LT(std::chrono::duration<double>(time).count(), 0.1);
    EXPECT_LT(resident_bytes() - before, 4 << 20);
    ASSERT_EQ(checkpoint->tensors.size(), 1u);
    const Tensor& tensor = checkpoint->tensors[0].tensor;
    EXPECT_EQ(tensor.shape(), (Shape{kCount / 1024, 1024}));
    const ByteSpan storage = tensor.storage().bytes();
    EXPECT_EQ(wire::load_le<float>(storage, storage.size() - 4), 1.0f);
}

}  // namespace
}  // namespace lathe::formats
