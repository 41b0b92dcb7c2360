// What needs no other program: pictures written here byte by byte, and facts about resizing and normalising.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmath>

#include "base/file.h"
#include "image/batch.h"

namespace lathe::image {
namespace {

void put(std::string& bytes, uint32_t value, int count) {
    for (int i = 0; i < count; ++i) bytes += static_cast<char>(value >> (8 * i));
}

// A BMP of 24 bits; pixel (x, y) is {x, y, x + y} + base.
std::string small_bmp(uint32_t width, uint32_t height, uint8_t base = 0) {
    std::string bytes = "BM";
    for (const uint32_t value : {0u, 0u, 54u, 40u, width, height}) put(bytes, value, 4);
    put(bytes, 1, 2);
    put(bytes, 24, 2);
    for (int i = 0; i < 6; ++i) put(bytes, 0, 4);
    for (uint32_t y = height; y-- > 0;) {
        std::string row;
        for (uint32_t x = 0; x < width; ++x)
            for (const uint32_t value : {x + y, y, x}) row += static_cast<char>(value + base);
        row.resize((row.size() + 3) / 4 * 4);
        bytes += row;
    }
    return bytes;
}

TEST(Decode, ReadsBmpEverywhere) {
    const auto picture = decode(as_bytes(small_bmp(5, 3)), Channels::kRgb);
    ASSERT_TRUE(picture.has_value()) << picture.error().message;
    ASSERT_EQ(picture->shape(), (Shape{3, 5, 3}));
    const auto values = picture->values<uint8_t>();
    for (size_t y = 0; y < 3; ++y)
        for (size_t x = 0; x < 5; ++x) {
            EXPECT_EQ(values[(y * 5 + x) * 3], x);
            EXPECT_EQ(values[(y * 5 + x) * 3 + 1], y);
            EXPECT_EQ(values[(y * 5 + x) * 3 + 2], x + y);
        }
}

TEST(Decode, SaysWhatItFound) {
    const auto message = [](std::string_view bytes) {
        return decode(as_bytes(bytes), Channels::kRgb).error().message;
    };
    EXPECT_NE(message("GIF89a....").find("GIF"), std::string::npos);
    EXPECT_NE(message("").find("empty"), std::string::npos);
    EXPECT_NE(message("hello").find("'hello'"), std::string::npos);
    std::string huge = small_bmp(2, 2);
    huge[21] = huge[25] = 0x7f;
    EXPECT_NE(message(huge).find("pixels"), std::string::npos) << message(huge);
    huge = small_bmp(2, 2);
    huge[20] = 1;  // 65538 x 2: more than the file has
    EXPECT_NE(message(huge).find("beyond the file"), std::string::npos) << message(huge);
}

TEST(Decode, SurvivesEveryTruncationAndFlippedBit) {
    const std::string whole = small_bmp(3, 3);
    for (size_t size = 0; size < whole.size(); ++size)
        EXPECT_FALSE(decode(as_bytes(std::string_view(whole).substr(0, size)), Channels::kRgb).has_value())
            << size;
    for (size_t bit = 0; bit < whole.size() * 8; ++bit) {
        std::string broken = whole;
        broken[bit / 8] = static_cast<char>(broken[bit / 8] ^ (1 << bit % 8));
        (void)decode(as_bytes(broken), Channels::kRgb);
    }
}

TEST(Grey, WeighsColoursAsInRec601) {
    const Tensor colours = Tensor::of<uint8_t>({1, 4, 3}, {255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255});
    const Tensor grey = with_channels(colours, Channels::kGrey);
    const auto values = grey.values<uint8_t>();
    EXPECT_EQ(values[0], std::lround(0.299 * 255));
    EXPECT_EQ(values[1], std::lround(0.587 * 255));
    EXPECT_EQ(values[2], std::lround(0.114 * 255));
    EXPECT_EQ(values[3], 255);
}

TEST(Resize, KeepsAFlatPictureFlat) {
    const Tensor flat = Tensor::filled(DType::kU8, {17, 23, 3}, 77);
    for (const auto filter : {Interpolation::kNearest, Interpolation::kBox, Interpolation::kBilinear,
                              Interpolation::kHamming, Interpolation::kBicubic, Interpolation::kLanczos})
        for (const auto& [height, width] : {std::pair{5, 40}, std::pair{64, 3}, std::pair{1, 1}}) {
            const auto resized = resize(flat, height, width, filter);
            ASSERT_TRUE(resized.has_value());
            for (const uint8_t value : resized->values<uint8_t>()) EXPECT_EQ(value, 77) << name_of(filter);
        }
    EXPECT_FALSE(resize(flat, 0, 5, Interpolation::kBox).has_value());
    EXPECT_FALSE(resize(flat, 1 << 20, 1 << 20, Interpolation::kBox).has_value());
}

TEST(Preprocess, NormalisesEachChannel) {
    const Tensor picture = Tensor::of<uint8_t>({1, 1, 3}, {255, 51, 0});
    Preprocessing how{
        .height = 1, .width = 1, .mean = {0.5, 0.1, 0.25}, .std = {0.5, 0.2, 0.125}, .crop_pct = 1};
    const auto colour = preprocess(picture, how);
    ASSERT_TRUE(colour.has_value()) << colour.error().message;
    EXPECT_EQ(colour->shape(), (Shape{3, 1, 1}));
    EXPECT_FLOAT_EQ(colour->values<float>()[0], 1.0f);
    EXPECT_FLOAT_EQ(colour->values<float>()[1], 0.5f);
    EXPECT_FLOAT_EQ(colour->values<float>()[2], -2.0f);
    how.channels = 1;  // 0.299 + 0.587 / 5 = 0.4164 -> 106 / 255; mean 0.85 / 3, std 0.825 / 3
    const auto grey = preprocess(picture, how);
    ASSERT_TRUE(grey.has_value());
    EXPECT_NEAR(grey->values<float>()[0], (106 / 255.0 - 0.85 / 3) / (0.825 / 3), 1e-6);
    how.normalize = false;
    EXPECT_NEAR(preprocess(picture, how)->values<float>()[0], 106 / 255.0, 1e-7);
}

TEST(Preprocess, RefusesWhatCannotBe) {
    const Tensor picture = Tensor::filled(DType::kU8, {1, 1000, 3}, 9);
    EXPECT_FALSE(preprocess(picture, {.channels = 4}).has_value());
    EXPECT_FALSE(preprocess(picture, {.height = 0}).has_value());
    EXPECT_FALSE(preprocess(picture, {.std = {1, 0, 1}}).has_value());
    EXPECT_FALSE(preprocess(picture, {.crop_pct = 0}).has_value());
    EXPECT_FALSE(preprocess(picture, {.crop_pct = NAN}).has_value());
    // The longer side to 10 leaves nothing of the shorter one.
    EXPECT_FALSE(
        preprocess(picture, {.height = 10, .width = 10, .crop_pct = 1, .crop_mode = CropMode::kBorder})
            .has_value());
}

class PictureFolder : public testing::Test {
protected:
    void SetUp() override {
        folder_ = testing::TempDir() + format("lathe_pictures_{}", reinterpret_cast<uintptr_t>(this));
        ASSERT_EQ(mkdir(folder_.c_str(), 0700), 0);
        ASSERT_EQ(mkdir((folder_ + "/b").c_str(), 0700), 0);
    }
    void TearDown() override {
        for (const std::string& file : files_) unlink(file.c_str());
        rmdir((folder_ + "/b").c_str());
        rmdir(folder_.c_str());
    }
    std::string add(const std::string& name, const std::string& bytes) {
        files_.push_back(folder_ + "/" + name);
        EXPECT_TRUE(write_file(files_.back(), as_bytes(bytes)).has_value());
        return files_.back();
    }
    std::string folder_;
    std::vector<std::string> files_;
};

TEST_F(PictureFolder, IsWalkedInOrder) {
    EXPECT_FALSE(find_pictures(folder_).has_value());
    EXPECT_FALSE(find_pictures(folder_ + "/missing").has_value());
    const std::string c = add("c.BMP", small_bmp(4, 4)), inner = add("b/z.Jpeg", "no picture"),
                      a = add("a.tif", ""), after = add("b.png", "");
    add("notes.txt", "");
    const auto found = find_pictures(folder_);
    ASSERT_TRUE(found.has_value()) << found.error().message;
    EXPECT_EQ(*found, (std::vector{a, inner, after, c}));
}

TEST_F(PictureFolder, GivesBatchesAndSaysWhatItLeftOut) {
    const std::vector<std::string> paths{add("0.bmp", small_bmp(8, 8, 10)), add("1.bmp", "broken"),
                                         add("2.bmp", small_bmp(8, 8, 200))};
    ThreadPool pool(2);
    const Preprocessing how{.height = 8, .width = 8, .crop_pct = 1, .normalize = false};
    const auto batch = read_batch(paths, how, pool);
    ASSERT_TRUE(batch.has_value()) << batch.error().message;
    EXPECT_EQ(batch->read, (std::vector{paths[0], paths[2]}));
    ASSERT_EQ(batch->unreadable.size(), 1u);
    EXPECT_EQ(batch->unreadable[0].message.find(paths[1]), 0u);
    ASSERT_EQ(batch->inputs.shape(), (Shape{2, 3, 8, 8}));
    EXPECT_FLOAT_EQ(batch->inputs.values<float>()[0], 10 / 255.0f);
    EXPECT_FLOAT_EQ(batch->inputs.values<float>()[3 * 64], 200 / 255.0f);
}

}  // namespace
}  // namespace lathe::image
