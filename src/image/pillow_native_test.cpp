// Decoding, resizing and timm's evaluation transform against Pillow, which makes the pictures and the answers here
// and now (pillow_cases.py). Every byte must be equal.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include "base/file.h"
#include "image/preprocess.h"

namespace lathe::image {
namespace {

class Pillow : public testing::Test {
protected:
    // Pillow writes its cases once for all tests.
    static void SetUpTestSuite() {
        std::string name = testing::TempDir() + "lathe_pillow_XXXXXX";
        ASSERT_NE(mkdtemp(name.data()), nullptr);
        folder_ = name;
        if (std::system("/usr/bin/python3 -c 'import PIL' 2>/dev/null") != 0) return;
        available_ = true;
        const std::string command = "/usr/bin/python3 -W ignore '" LATHE_PILLOW_CASES "' '" + folder_ + "'";
        ASSERT_EQ(std::system(command.c_str()), 0);
        std::ifstream file(folder_ + "/cases.txt");
        for (std::string line; std::getline(file, line);) {
            std::istringstream words(line);
            std::string kind;
            words >> kind;
            cases_[kind].push_back(line.substr(kind.size() + 1));
        }
    }
    static void TearDownTestSuite() { (void)std::system(("rm -rf '" + folder_ + "'").c_str()); }
    void SetUp() override {
        if (!available_) GTEST_SKIP() << "no Pillow for /usr/bin/python3 (Debian's python3-pil)";
    }

    static std::string at(const std::string& name) { return folder_ + "/" + name; }
    static std::vector<uint8_t> load(const std::string& name) {
        std::ifstream file(at(name), std::ios::binary);
        EXPECT_TRUE(file) << name;
        return {std::istreambuf_iterator<char>(file), {}};
    }
    static Tensor raw_picture(const std::string& name, int64_t width, int64_t height, int64_t channels) {
        return Tensor::of<uint8_t>({height, width, channels}, load(name));
    }

    static void expect_equal(const Tensor& picture, const std::string& expected, const std::string& which) {
        const auto got = picture.values<uint8_t>();
        const std::vector<uint8_t> want = load(expected);
        ASSERT_EQ(got.size(), want.size()) << which;
        size_t differing = 0, first = 0;
        int most = 0;
        for (size_t i = 0; i < got.size(); ++i) {
            if (got[i] == want[i]) continue;
            if (differing++ == 0) first = i;
            most = std::max(most, std::abs(got[i] - want[i]));
        }
        EXPECT_EQ(differing, 0u) << which << ": of " << got.size() << " bytes, by up to " << most << "; byte "
                                 << first << " is " << int{got[first]} << ", Pillow has " << int{want[first]};
    }

    inline static std::string folder_;
    inline static bool available_ = false;
    inline static std::map<std::string, std::vector<std::string>> cases_;
};

TEST_F(Pillow, DecodesTheSamePixels) {
    EXPECT_GT(cases_["decode"].size(), 100u);
    for (const std::string& line : cases_["decode"]) {
        std::istringstream words(line);
        std::string name;
        int64_t width = 0, height = 0;
        words >> name >> width >> height;
        for (const auto& [channels, ending] :
             {std::pair{Channels::kRgb, ".rgb"}, std::pair{Channels::kGrey, ".l"}}) {
            const auto picture = read_picture(at(name), channels);
            ASSERT_TRUE(picture.has_value()) << picture.error().message;
            EXPECT_EQ(picture->shape(), (Shape{height, width, static_cast<int64_t>(channels)})) << name;
            expect_equal(*picture, name + ending, name + ending);
        }
    }
}

TEST_F(Pillow, RefusesWhatPillowRefuses) {
    EXPECT_GT(cases_["broken"].size(), 12u);
    for (const std::string& name : cases_["broken"]) {
        const auto picture = read_picture(at(name), Channels::kRgb);
        EXPECT_FALSE(picture.has_value()) << name;
    }
}

TEST_F(Pillow, SurvivesTruncationAndFlippedBits) {
    for (const std::string& line : cases_["decode"]) {
        const std::string name = line.substr(0, line.find(' '));
        const std::vector<uint8_t> whole = load(name);
        const size_t step = whole.size() / 60 + 1;
        for (size_t size = 0; size < whole.size(); size += step)
            (void)decode(std::as_bytes(std::span(whole).first(size)), Channels::kRgb);
        uint64_t place = 1;
        for (int i = 0; i < 150; ++i) {
            place = place * 6364136223846793005u + 1442695040888963407u;
            // half of them among the first bytes, where the sizes are
            const size_t bit =
                (place >> 20) % ((i % 2 == 0 ? std::min<size_t>(whole.size(), 200) : whole.size()) * 8);
            std::vector<uint8_t> broken = whole;
            broken[bit / 8] = static_cast<uint8_t>(broken[bit / 8] ^ (1 << bit % 8));
            const auto picture = decode(std::as_bytes(std::span(broken)), Channels::kGrey);
            EXPECT_TRUE(picture.has_value() || !picture.error().message.empty());
        }
    }
}

TEST_F(Pillow, ResizesToTheSamePixels) {
    EXPECT_GT(cases_["resize"].size(), 100u);
    for (const std::string& line : cases_["resize"]) {
        std::istringstream words(line);
        std::string filter, source, expected;
        int64_t w0 = 0, h0 = 0, channels = 0, w = 0, h = 0;
        words >> filter >> source >> expected >> w0 >> h0 >> channels >> w >> h;
        const auto resized =
            resize(raw_picture(source, w0, h0, channels), h, w, *interpolation_named(filter));
        ASSERT_TRUE(resized.has_value()) << resized.error().message;
        expect_equal(*resized, expected, line);
    }
}

TEST_F(Pillow, FollowsTimmsEvaluationTransform) {
    EXPECT_GT(cases_["evaluate"].size(), 100u);
    for (const std::string& line : cases_["evaluate"]) {
        std::istringstream words(line);
        std::string mode, filter, source, expected;
        int64_t w0 = 0, h0 = 0;
        Preprocessing how;
        words >> mode >> filter >> how.crop_pct >> source >> expected >> w0 >> h0 >> how.channels >>
            how.width >> how.height;
        how.crop_mode = *crop_mode_named(mode);
        how.interpolation = *interpolation_named(filter);
        const auto fitted = fit(raw_picture(source, w0, h0, how.channels), how);
        ASSERT_TRUE(fitted.has_value()) << fitted.error().message;
        expect_equal(*fitted, expected, line);
    }
}

}  // namespace
}  // namespace lathe::image
