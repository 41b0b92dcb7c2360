// write_weights FILE GIGABYTES: a safetensors file of bf16 matrices with normal elements, by rule, as large as asked for; what
// the benchmarks of quantising work on.
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "../sample_matrices.h"
#include "base/format.h"
#include "base/number_codecs.h"

namespace {

using namespace lathe;

constexpr int64_t kWidth = 4096;
constexpr uint64_t kNormBytes = kWidth * 2;

struct Layer {
    std::string name;
    int64_t rows, columns;
};
// The matrices of a transformer's block, in turn.
Layer layer(int64_t index) {
    constexpr std::array<const char*, 4> kNames = {"attn.qkv", "attn.proj", "mlp.fc1", "mlp.fc2"};
    constexpr std::array<int64_t, 4> kRows = {3 * kWidth, kWidth, 4 * kWidth, kWidth};
    const auto part = static_cast<size_t>(index % 4);
    return {format("blocks.{}.{}.weight", index / 4, kNames[part]), kRows[part],
            part == 3 ? 4 * kWidth : kWidth};
}

std::vector<Layer> layers_of(double bytes) {
    std::vector<Layer> layers;
    double size = 0;
    for (int64_t i = 0; size < bytes; ++i) {
        Layer next = layer(i);
        const double left = bytes - size;
        const auto most = static_cast<int64_t>(left / (2.0 * static_cast<double>(next.columns)));
        next.rows = std::max<int64_t>(256, std::min(next.rows, most / 256 * 256));
        size += 2.0 * static_cast<double>(next.rows * next.columns);
        layers.push_back(next);
    }
    return layers;
}

std::string header_of(const std::vector<Layer>& layers) {
    std::string json =
        format("{{\"norm.weight\":{{\"dtype\":\"BF16\",\"shape\":[{}],\"data_offsets\":[0,{}]}}", kWidth,
               kNormBytes);
    uint64_t at = kNormBytes;
    for (const auto& [name, rows, columns] : layers) {
        const uint64_t end = at + static_cast<uint64_t>(rows * columns) * 2;
        json += format(",\"{}\":{{\"dtype\":\"BF16\",\"shape\":[{},{}],\"data_offsets\":[{},{}]}}", name,
                       rows, columns, at, end);
        at = end;
    }
    json += '}';
    json.resize((json.size() + 7) / 8 * 8, ' ');
    return json;
}

}  // namespace

int main(int count, char** arguments) {
    const double gigabytes = count == 3 ? std::atof(arguments[2]) : 0;
    if (!(gigabytes > 0)) {
        std::fprintf(stderr, "usage: write_weights FILE GIGABYTES\n");
        return 2;
    }
    std::vector<uint16_t> normals(1 << 16), chunk(1 << 20);
    bench::Noise noise(1);
    for (uint16_t& value : normals) value = f32_to_bf16(static_cast<float>(bench::kSize * noise.normal()));
    const std::vector<Layer> layers = layers_of(gigabytes * 1e9);
    const std::string header = header_of(layers);
    const uint64_t size = header.size();
    std::FILE* file = std::fopen(arguments[1], "wb");
    bool good = file != nullptr && std::fwrite(&size, 8, 1, file) == 1 &&
                std::fwrite(header.data(), 1, header.size(), file) == header.size() &&
                std::fwrite(normals.data(), 2, kWidth, file) == kWidth;
    uint64_t state = 2;
    for (const Layer& one : layers)
        for (int64_t left = one.rows * one.columns; good && left > 0;) {
            const auto some = std::min<size_t>(chunk.size(), static_cast<size_t>(left));
            for (size_t i = 0; i < some; i += 4) {
                uint64_t z = state += 0x9e3779b97f4a7c15u;
                z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
                z = (z ^ z >> 27) * 0x94d049bb133111ebu;
                z ^= z >> 31;
                for (size_t j = 0; j < 4; ++j) chunk[i + j] = normals[z >> (16 * j) & 0xffff];
            }
            good = std::fwrite(chunk.data(), 2, some, file) == some;
            left -= static_cast<int64_t>(some);
        }
    good = file != nullptr && std::fclose(file) == 0 && good;
    if (!good) std::fprintf(stderr, "write_weights: cannot write %s\n", arguments[1]);
    return good ? 0 : 1;
}
