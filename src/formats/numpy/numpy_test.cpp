#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include <nlohmann/json.hpp>

#include "formats/numpy/npy.h"
#include "formats/numpy/npz.h"
#include "wire/deflate.h"
#include "wire/little_endian.h"
#include "wire/test_folder.h"
#include "wire/zip.h"

namespace lathe::formats {
namespace {

SharedBytes shared(std::string_view text) {
    const ByteSpan view = as_bytes(text);
    return SharedBytes::from_vector(std::vector<std::byte>(view.begin(), view.end()));
}

// A .npy file put together as NumPy's format document describes it.
std::string hand_made(int version, const std::string& header, const std::string& data) {
    std::string out = "\x93NUMPY";
    out += static_cast<char>(version);
    out += '\0';
    if (version == 1) wire::store_le(out, static_cast<uint16_t>(header.size()));
    else wire::store_le(out, static_cast<uint32_t>(header.size()));
    return out + header + data;
}

std::string header_of(const std::string& descr, const std::string& order, const std::string& shape) {
    return "{'descr': '" + descr + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }   \n";
}

template <class T>
std::string packed(std::initializer_list<T> values) {
    std::string out;
    for (const T value : values) wire::store_le(out, value);
    return out;
}

std::string npy_error(const std::string& file) {
    auto tensor = parse_npy(shared(file));
    return tensor ? "" : tensor.error().message;
}

TEST(Npy, ReadsEveryVersionAndOrder) {
    const std::string data = packed<float>({1, 2, 3, 4, 5, 6});
    for (const int version : {1, 2, 3}) {
        auto tensor = parse_npy(shared(hand_made(version, header_of("<f4", "False", "(2, 3)"), data)));
        ASSERT_TRUE(tensor.has_value()) << tensor.error().message;
        EXPECT_EQ(describe(*tensor), "f32[2, 3]");
        EXPECT_EQ(tensor->to_doubles(), (std::vector<double>{1, 2, 3, 4, 5, 6}));
    }
    auto fortran = parse_npy(shared(hand_made(1, header_of("<f4", "True", "(2, 3)"), data)));
    ASSERT_TRUE(fortran.has_value());
    EXPECT_EQ(fortran->to_doubles(), (std::vector<double>{1, 3, 5, 2, 4, 6}));  // first index runs fastest
}

TEST(Npy, ReadsEveryType) {
    const auto doubles = [](const std::string& descr, const std::string& data) {
        auto tensor = parse_npy(shared(hand_made(1, header_of(descr, "False", "(2,)"), data)));
        EXPECT_TRUE(tensor.has_value()) << descr << (tensor ? "" : tensor.error().message);
        return tensor ? tensor->to_doubles() : std::vector<double>();
    };
    using D = std::vector<double>;
    EXPECT_EQ(doubles("<f8", packed<double>({0.1, -2})), (D{0.1, -2}));
    EXPECT_EQ(doubles("<f2", packed<uint16_t>({0x3c00, 0xc000})), (D{1, -2}));
    EXPECT_EQ(doubles("<i8", packed<int64_t>({-5, 7})), (D{-5, 7}));
    EXPECT_EQ(doubles("<i4", packed<int32_t>({-5, 7})), (D{-5, 7}));
    EXPECT_EQ(doubles("<i2", packed<int16_t>({-5, 7})), (D{-5, 7}));
    EXPECT_EQ(doubles("|i1", packed<int8_t>({-5, 7})), (D{-5, 7}));
    EXPECT_EQ(doubles("<u8", packed<uint64_t>({5, 7})), (D{5, 7}));
    EXPECT_EQ(doubles("<u4", packed<uint32_t>({5, 4000000000})), (D{5, 4000000000.0}));
    EXPECT_EQ(doubles("<u2", packed<uint16_t>({5, 65535})), (D{5, 65535}));
    EXPECT_EQ(doubles("|u1", packed<uint8_t>({5, 255})), (D{5, 255}));
    EXPECT_EQ(doubles("|b1", packed<uint8_t>({1, 0})), (D{1, 0}));
    EXPECT_EQ(doubles(">f4", std::string("\x3f\x80\0\0\xc0\0\0\0", 8)), (D{1, -2}));
    EXPECT_EQ(doubles(">i2", std::string("\0\5\xff\xfe", 4)), (D{5, -2}));
    auto complex = parse_npy(
        shared(hand_made(1, header_of(">c8", "False", "()"), std::string("\x3f\x80\0\0\xc0\0\0\0", 8))));
    ASSERT_TRUE(complex.has_value());
    EXPECT_EQ(as_text(complex->bytes()), packed<float>({1, -2}));
}

TEST(Npy, ScalarsAndEmptyArrays) {
    auto scalar = parse_npy(shared(hand_made(1, header_of("<i4", "False", "()"), packed<int32_t>({42}))));
    ASSERT_TRUE(scalar.has_value());
    EXPECT_EQ(scalar->to_ints(), (std::vector<int64_t>{42}));
    auto none = parse_npy(shared(hand_made(1, header_of("<i4", "True", "(3, 0)"), "")));
    ASSERT_TRUE(none.has_value());
    EXPECT_EQ(none->shape(), (Shape{3, 0}));
}

TEST(Npy, RefusesInWords) {
    const std::string data(64, '\0');
    EXPECT_NE(npy_error(hand_made(1, header_of("|O", "False", "(2,)"), data)).find("Python objects"),
              std::string::npos);
    EXPECT_NE(npy_error(hand_made(1, header_of("<U5", "False", "(2,)"), data)).find("text"),
              std::string::npos);
    EXPECT_NE(npy_error(hand_made(1, header_of("<M8[ns]", "False", "(2,)"), data)).find("dates"),
              std::string::npos);
    EXPECT_NE(npy_error(hand_made(1, "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': ()}", data))
                  .find("records"),
              std::string::npos);
    EXPECT_NE(npy_error(hand_made(1, header_of("<f4", "False", "(17,)"), data)).find("does not fit"),
              std::string::npos);
    EXPECT_NE(npy_error(hand_made(1, header_of("<f4", "False", "(4294967296, 4294967296, 0)"), "")), "");
    EXPECT_NE(npy_error(hand_made(1, header_of("<f4", "False", "(9999999999999999999999,)"), data)), "");
    EXPECT_NE(npy_error(hand_made(1, header_of("<f4", "False", "(-1,)"), data)), "");
    EXPECT_NE(npy_error(hand_made(4, header_of("<f4", "False", "(1,)"), data)).find("version 4"),
              std::string::npos);
    EXPECT_NE(npy_error(std::string("\x93NUMPY\2\0\xff\xff\xff\xff", 12)).find("claims"), std::string::npos);
    EXPECT_EQ(match_npy(as_bytes("\x93NUMPX"), "x.npy"), Match::kNo);
}

TEST(Npy, WrittenBytesAreNumPysOwn) {
    // What numpy.save writes for np.array([[1, 2]], dtype=np.int16), NumPy 1.x and 2.x.
    auto pieces = npy_pieces(Tensor::of<int16_t>({1, 2}, {1, 2}));
    ASSERT_TRUE(pieces.has_value());
    const std::string header = "{'descr': '<i2', 'fortran_order': False, 'shape': (1, 2), }";
    std::string expected = std::string("\x93NUMPY\1\0v\0", 10) + header;
    expected.resize(127, ' ');
    expected += "\n" + packed<int16_t>({1, 2});
    EXPECT_EQ(as_text(*pieces->to_vector()), expected);
    EXPECT_FALSE(npy_pieces(Tensor::filled(DType::kBF16, {2}, 1)).has_value());
}

std::vector<graph::NamedTensor> sample() {
    const Tensor base = Tensor::of<float>({2, 3}, {1, 2, 3, 4, 5, 6});
    return {{"base", base},
            {"folder/turned", base.transposed(std::vector<int>{1, 0})},
            {"scalar", Tensor::scalar(0.5)},
            {"empty", Tensor::of<int64_t>({0}, {})}};
}

TEST(Npz, ReadsWhatItWrites) {
    TestFolder folder;
    for (const NpzPacking packing : {NpzPacking::kStored, NpzPacking::kDeflated}) {
        const std::string path = folder.file("x.npz");
        ASSERT_TRUE(write_npz(path, sample(), packing));
        const SharedBytes file = *map_file(path);
        EXPECT_EQ(match_npz(file.bytes(), "no extension"), Match::kCertain);
        auto checkpoint = read_npz(file, path);
        ASSERT_TRUE(checkpoint.has_value()) << checkpoint.error().message;
        ASSERT_EQ(checkpoint->tensors.size(), sample().size());
        for (const auto& named : sample()) {
            const Tensor* found = checkpoint->find(named.name);
            ASSERT_NE(found, nullptr);
            EXPECT_EQ(describe(*found), describe(named.tensor));
            EXPECT_EQ(found->to_doubles(), named.tensor.to_doubles());
        }
        EXPECT_EQ(checkpoint->find("base")->storage().mapped(),
                  packing == NpzPacking::kStored && file.mapped());
    }
}

TEST(Npz, RefusesBombs) {
    TestFolder folder;
    const std::string path = folder.file("bomb.npz");
    const std::vector<graph::NamedTensor> zeros{{"a", Tensor::filled(DType::kU8, {1 << 20}, 0)},
                                                {"b", Tensor::filled(DType::kU8, {1 << 20}, 0)}};
    ASSERT_TRUE(write_npz(path, zeros, NpzPacking::kDeflated));
    const SharedBytes file = *map_file(path);
    EXPECT_TRUE(read_npz_within((2 << 20) + 256, file, path).has_value());
    auto checkpoint = read_npz_within((2 << 20) + 255, file, path);  // two headers of 128 bytes
    ASSERT_FALSE(checkpoint.has_value());
    EXPECT_NE(checkpoint.error().message.find("allowed"), std::string::npos);
}

TEST(Numpy, DamageNeverCrashes) {
    TestFolder folder;
    const std::string npz = folder.file("x.npz");
    for (const NpzPacking packing : {NpzPacking::kStored, NpzPacking::kDeflated}) {
        ASSERT_TRUE(write_npz(npz, sample(), packing));
        const auto mapped = map_file(npz);
        const std::string good(as_text(mapped->bytes()));
        for (size_t size = 0; size < good.size(); ++size)
            EXPECT_FALSE(read_npz(shared(good.substr(0, size)), "x").has_value()) << size;
        for (size_t at = 0; at < good.size(); ++at)
            for (const int bit : {0, 3, 7}) {
                std::string bad = good;
                bad[at] = static_cast<char>(bad[at] ^ 1 << bit);
                if (auto checkpoint = read_npz(shared(bad), "x"))
                    for (const auto& named : checkpoint->tensors) (void)named.tensor.to_contiguous();
            }
    }
    const std::string good = hand_made(2, header_of("<f4", "True", "(2, 1)"), packed<float>({1, 2}));
    for (size_t size = 0; size < good.size(); ++size) EXPECT_NE(npy_error(good.substr(0, size)), "") << size;
    for (size_t at = 0; at < good.size(); ++at)
        for (int bit = 0; bit < 8; ++bit) {
            std::string bad = good;
            bad[at] = static_cast<char>(bad[at] ^ 1 << bit);
            if (auto tensor = parse_npy(shared(bad))) (void)tensor->to_contiguous();
        }
}

// Files that NumPy wrote: the torch answers of a KataGo network (a batch of a 19x19 and a 13x13 board), and planes.
TEST(Numpy, ReadsNumPysFiles) {
    const char* folder = std::getenv("LATHE_SHARED");
    const std::string root = std::string(folder != nullptr ? folder : "../shared") + "/data/katago/";
    const std::string path = root + "ckpt/A-b2c16.npz";
    if (!file_exists(path)) GTEST_SKIP() << "no file " << path;
    auto checkpoint = read_npz(*map_file(path), path);
    ASSERT_TRUE(checkpoint.has_value()) << checkpoint.error().message;
    EXPECT_GT(checkpoint->tensors.size(), 5u);
    for (const auto& named : checkpoint->tensors) EXPECT_EQ(named.tensor.dim(0), 2) << named.name;
    const SharedBytes packed = *map_file(root + "features/empty19_tt.spatial.npy.gz");
    auto plain = wire::inflate(packed, wire::Wrap::kGzip, 1 << 20);
    ASSERT_TRUE(plain.has_value());
    auto planes = parse_npy(SharedBytes::from_vector(*plain));
    ASSERT_TRUE(planes.has_value()) << planes.error().message;
    EXPECT_EQ(describe(*planes), "f32[22, 19, 19]");
    EXPECT_EQ(planes->to_doubles()[0], 1.0);  // plane 0 marks the board
}

}  // namespace
}  // namespace lathe::formats
