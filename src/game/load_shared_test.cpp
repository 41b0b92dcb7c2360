#include "game/load_shared_test.h"

#include <zlib.h>

#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>

#include "base/file.h"

namespace lathe::game {

namespace {

// window_bits: 31 for gzip, -15 for bare deflate.
std::string inflated(std::string_view packed, int window_bits) {
    z_stream stream{};
    EXPECT_EQ(inflateInit2(&stream, window_bits), Z_OK);
    std::string out;
    std::string block(1 << 16, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    int state = Z_OK;
    while (state == Z_OK) {
        stream.next_out = reinterpret_cast<Bytef*>(block.data());
        stream.avail_out = static_cast<uInt>(block.size());
        state = inflate(&stream, Z_NO_FLUSH);
        out.append(block.data(), block.size() - stream.avail_out);
    }
    EXPECT_EQ(state, Z_STREAM_END);
    inflateEnd(&stream);
    return out;
}

template <class T>
T little_endian(std::string_view bytes, size_t offset) {
    T value{};
    std::memcpy(&value, bytes.substr(offset, sizeof(T)).data(), sizeof(T));
    return value;
}

std::vector<float> npy_values(std::string_view file) {
    EXPECT_EQ(file.substr(0, 6), "\x93NUMPY");
    const size_t start = 10 + little_endian<uint16_t>(file, 8);
    EXPECT_NE(file.substr(0, start).find("'<f4'"), std::string_view::npos);
    std::vector<float> values((file.size() - start) / sizeof(float));
    std::memcpy(values.data(), file.data() + start, values.size() * sizeof(float));
    return values;
}

}  // namespace

void SharedKataGo::SetUp() {
    const char* shared = std::getenv("LATHE_SHARED");
    folder_ = std::string(shared != nullptr ? shared : "../shared") + "/data/katago";
    if (!is_directory(folder_)) GTEST_SKIP() << "the shared data is not there: " << folder_;
}

std::string SharedKataGo::text(const std::string& name) const {
    const auto file = map_file(folder_ + "/" + name);
    EXPECT_TRUE(file.has_value()) << name;
    if (!file) return {};
    const std::string_view bytes = as_text(file->bytes());
    return name.ends_with(".gz") ? inflated(bytes, 31) : std::string(bytes);
}

Json SharedKataGo::json(const std::string& name) const {
    auto parsed = parse_json(text(name));
    EXPECT_TRUE(parsed.has_value()) << name;
    return parsed ? *parsed : Json();
}

std::vector<float> SharedKataGo::npy(const std::string& name) const { return npy_values(text(name)); }

// Local headers one after another, with sizes in them, as numpy writes zip files.
std::map<std::string, std::vector<float>> SharedKataGo::npz(const std::string& name) const {
    const std::string file = text(name);
    const std::string_view bytes = file;
    std::map<std::string, std::vector<float>> arrays;
    size_t at = bytes.find("PK\x01\x02");  // the central directory
    while (at + 46 <= bytes.size() && bytes.substr(at, 4) == "PK\x01\x02") {
        const size_t packed_size = little_endian<uint32_t>(bytes, at + 20);
        const size_t name_size = little_endian<uint16_t>(bytes, at + 28);
        const size_t header = little_endian<uint32_t>(bytes, at + 42);
        std::string entry(bytes.substr(at + 46, name_size));
        const size_t start = header + 30 + little_endian<uint16_t>(bytes, header + 26) +
                             little_endian<uint16_t>(bytes, header + 28);
        const std::string_view packed = bytes.substr(start, packed_size);
        const bool stored = little_endian<uint16_t>(bytes, at + 10) == 0;
        arrays[entry.substr(0, entry.find(".npy"))] =
            npy_values(stored ? std::string(packed) : inflated(packed, -15));
        at += 46 + name_size + little_endian<uint16_t>(bytes, at + 30) +
              little_endian<uint16_t>(bytes, at + 32);
    }
    EXPECT_FALSE(arrays.empty());
    return arrays;
}

std::vector<std::string> SharedKataGo::positions() const {
    std::vector<std::string> names;
    for (const Json& position : json("positions.json")) names.push_back(position["name"].get<std::string>());
    return names;
}

}  // namespace lathe::game
