// Codes and scales against the formulas written out in plain loops, number by number with the scalar codecs of base.
#include "quant/coder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <map>

#include "base/number_codecs.h"
#include "quant/rotate.h"
#include "quant/weights_test.h"

namespace lathe::quant {
namespace {

using Bytes = std::vector<uint8_t>;

struct Matrix {
    int64_t rows, columns;
    std::vector<float> values;
    float at(int64_t r, int64_t c) const {  // zeros beyond the edges
        return r < rows && c < columns ? values[static_cast<size_t>(r * columns + c)] : 0.0f;
    }
    float largest(int64_t r0, int64_t r1, int64_t c0, int64_t c1) const {
        float a = 0;
        for (int64_t r = r0; r < r1; ++r)
            for (int64_t c = c0; c < c1; ++c) a = std::max(a, std::fabs(at(r, c)));
        return a;
    }
};

// What a quantised layer should hold, by suffix.
using Layer = std::map<std::string, Bytes, std::less<>>;

template <class T>
void append(Bytes& bytes, T value) {
    const auto raw = std::bit_cast<std::array<uint8_t, sizeof(T)>>(value);
    bytes.insert(bytes.end(), raw.begin(), raw.end());
}

float clamped(float value, float limit) { return std::min(limit, std::max(-limit, value)); }

uint8_t byte_of(Element element, float value) {
    if (element == Element::kF8E4M3) return f32_to_f8e4m3(clamped(value, 448));
    if (element == Element::kF8E5M2) return f32_to_f8e5m2(clamped(value, 57344));
    return static_cast<uint8_t>(static_cast<int8_t>(std::nearbyint(clamped(value, 127))));
}

Layer plain_8_bits(const LayerSpec& spec, const Matrix& m) {
    const bool integers = spec.scheme->element == Element::kI8;
    const float limit = integers ? 127.0f : spec.scheme->element == Element::kF8E4M3 ? 448.0f : 57344.0f;
    const int64_t high = spec.scaling == Scaling::kTensor ? m.rows
                         : spec.scaling == Scaling::kRow  ? 1
                                                          : spec.block_size;
    const int64_t wide = spec.scaling == Scaling::kBlock ? spec.block_size : m.columns;
    const bool zero = m.largest(0, m.rows, 0, m.columns) == 0;
    Layer layer;
    Bytes& codes = layer["weight"];
    codes.resize(m.values.size());
    for (int64_t r0 = 0; r0 < m.rows; r0 += high)
        for (int64_t c0 = 0; c0 < m.columns; c0 += wide) {
            const float a = m.largest(r0, r0 + high, c0, c0 + wide);
            float scale, factor = 0;
            bool divide = false;
            if (!integers) {
                factor = limit / std::max(a, 1e-12f);
                scale = 1 / factor;
            } else if (spec.scaling == Scaling::kTensor) {
                scale = std::max(a, 1e-12f) / 127;
                factor = 1 / scale;
            } else if (spec.scaling == Scaling::kRow) {
                factor = 127 / std::max(a, 1e-12f);
                scale = 1 / factor;
            } else {
                scale = std::max(a / 127, 1e-8f);
                divide = true;
            }
            append(layer["weight_scale"], zero ? 1.0f : scale);
            for (int64_t r = r0; r < r0 + high; ++r)
                for (int64_t c = c0; c < c0 + wide; ++c) {
                    const float value = m.at(r, c);
                    codes[static_cast<size_t>(r * m.columns + c)] =
                        byte_of(spec.scheme->element, divide ? value / scale : value * factor);
                }
        }
    return layer;
}

Layer plain_nvfp4(const Matrix& m) {
    const int64_t rows = round_up(m.rows, 16), columns = round_up(m.columns, 16);
    const float largest = m.largest(0, m.rows, 0, m.columns), g = largest > 0 ? largest / 2688 : 1;
    Layer layer;
    append(layer["weight_scale_2"], g);
    Bytes& codes = layer["weight"];
    Bytes& scales = layer["weight_scale"];
    codes.resize(static_cast<size_t>(rows * columns / 2));
    const int64_t tall = round_up(rows, 128), blocks = columns / 16, across = round_up(blocks, 4);
    scales.resize(static_cast<size_t>(tall * across));
    for (int64_t r = 0; r < m.rows; ++r)
        for (int64_t b = 0; b < blocks; ++b) {
            const uint8_t scale =
                f32_to_f8e4m3(std::min(448.0f, (m.largest(r, r + 1, 16 * b, 16 * b + 16) / 6) / g));
            // [tall / 128, 4, 32, across / 4, 4] to [tall / 128, across / 4, 32, 4, 4]
            const int64_t tile = (r / 128) * (across / 4) + b / 4;
            scales[static_cast<size_t>(((tile * 32 + r % 32) * 4 + (r / 32) % 4) * 4 + b % 4)] = scale;
            const float t = g * f8e4m3_to_f32(scale);
            for (int64_t i = 0; i < 16; ++i) {
                const int64_t c = 16 * b + i;
                const uint8_t code = t == 0 ? 0 : f32_to_f4e2m1(clamped(m.at(r, c) / t, 6));
                uint8_t& byte = codes[static_cast<size_t>(r * columns / 2 + c / 2)];
                byte = static_cast<uint8_t>(byte | code << (c % 2 == 0 ? 4 : 0));
            }
        }
    return layer;
}

Layer plain_mxfp8(const Matrix& m) {
    const int64_t rows = round_up(m.rows, 32), columns = round_up(m.columns, 32);
    Layer layer;
    Bytes& codes = layer["weight"];
    Bytes& scales = layer["weight_scale"];
    codes.resize(static_cast<size_t>(rows * columns));
    const int64_t blocks = columns / 32, across = round_up(blocks, 4);
    scales.resize(static_cast<size_t>(round_up(rows, 128) * across));
    for (int64_t r = 0; r < m.rows; ++r)
        for (int64_t b = 0; b < blocks; ++b) {
            const float a = m.largest(r, r + 1, 32 * b, 32 * b + 32);
            int e = 0;
            if (a > 0) {
                const float needed = std::max(a / 448, 0x1p-127f);
                e = std::clamp(static_cast<int>(std::ceil(std::log2(needed))) + 127, 0, 254);
            }
            const int64_t tile = (r / 128) * (across / 4) + b / 4;
            scales[static_cast<size_t>(((tile * 32 + r % 32) * 4 + (r / 32) % 4) * 4 + b % 4)] =
                static_cast<uint8_t>(e);
            for (int64_t c = 32 * b; c < 32 * b + 32; ++c)
                codes[static_cast<size_t>(r * columns + c)] =
                    f32_to_f8e4m3(clamped(m.at(r, c) / std::ldexp(1.0f, e - 127), 448));
        }
    return layer;
}

Layer plain_w4a4(const Matrix& m) {
    Layer layer;
    for (int64_t r = 0; r < m.rows; ++r) {
        const float a = m.largest(r, r + 1, 0, m.columns), scale = std::max(a, 1e-10f) / 7;
        append(layer["weight_scale"], m.largest(0, m.rows, 0, m.columns) == 0 ? 1.0f : scale);
        const auto code = [&](int64_t c) {
            return static_cast<uint8_t>(static_cast<int>(clamped(std::nearbyint(m.at(r, c) / scale), 7)) &
                                        15);
        };
        for (int64_t c = 0; c < m.columns; c += 2)
            append(layer["weight"], static_cast<uint8_t>(code(c) | code(c + 1) << 4));
    }
    return layer;
}

Layer plain_awq(const Matrix& m, int64_t group) {
    Layer layer;
    layer["weight"].resize(m.values.size() / 2);
    for (int64_t g = 0; g < m.columns / group; ++g)
        for (int64_t r = 0; r < m.rows; ++r) {
            float low = m.at(r, g * group), high = low;
            for (int64_t c = g * group; c < (g + 1) * group; ++c) {
                low = std::min(low, m.at(r, c));
                high = std::max(high, m.at(r, c));
            }
            const float step = (high - low) / 15;
            float scale = bf16_to_f32(f32_to_bf16(step)), zero = bf16_to_f32(f32_to_bf16(low + 8 * step));
            if (scale == 0) scale = 1;
            append(layer["weight_scale"], f32_to_bf16(scale));
            append(layer["weight_zeros"], f32_to_bf16(zero));
            for (int64_t c = g * group; c < (g + 1) * group; ++c) {
                const float q = std::nearbyint((m.at(r, c) - zero) / scale) + 8;
                const auto code = static_cast<uint8_t>(std::min(15.0f, std::max(0.0f, q)));
                uint8_t& byte = layer["weight"][static_cast<size_t>((r * m.columns + c) / 2)];
                byte = static_cast<uint8_t>(byte | code << (c % 2 == 0 ? 0 : 4));
            }
        }
    return layer;
}

// The tensors of asym_w4a8_int8 for a matrix whose groups are near enough to normal for the fixed table.
Layer plain_w4a8(const Matrix& m) {
    const std::vector<float> book = {-0.980602f, -0.794529f, -0.638165f, -0.500986f, -0.377321f, -0.263187f,
                                     -0.155210f, -0.050720f, 0.052541f,  0.156985f,  0.265284f,  0.379533f,
                                     0.502636f,  0.638953f,  0.794876f,  0.980671f};
    const auto nearest = [](const std::vector<float>& levels, float value) {  // the first of equals
        size_t best = 0;
        for (size_t i = 1; i < levels.size(); ++i)
            if (std::fabs(value - levels[i]) < std::fabs(value - levels[best])) best = i;
        return best;
    };
    Layer layer;
    for (const float level : book) append(layer["weight_codebook"], level);
    for (int64_t r = 0; r < m.rows; ++r) {
        std::vector<float> scales;
        float top = 0;
        for (int64_t c = 0; c < m.columns; c += 16) {
            float scale = std::max(m.largest(r, r + 1, c, c + 16), 1e-8f);
            for (int pass = 0; pass < 2; ++pass) {
                double product = 0, squares = 0;
                for (int64_t i = c; i < c + 16; ++i) {
                    const double level = book[nearest(book, m.at(r, i) / scale)];
                    product += level * m.at(r, i);
                    squares += level * level;
                }
                scale = std::max(static_cast<float>(product / std::max(squares, 1e-8)), 1e-8f);
            }
            for (int64_t i = c; i < c + 16; ++i)
                top = std::max(top, std::fabs(book[nearest(book, m.at(r, i) / scale)] * scale));
            scales.push_back(scale);
        }
        const float channel = std::max(top / 127, 1e-8f);
        append(layer["weight_s_channel"], channel);
        for (int64_t c = 0; c < m.columns; c += 16) {
            const uint8_t relative = f32_to_f8e4m3(scales[static_cast<size_t>(c / 16)] / channel);
            append(layer["weight_s_rel"], relative);
            std::vector<float> levels;
            for (const float level : book)
                levels.push_back(clamped(std::nearbyint(level * f8e4m3_to_f32(relative)), 127));
            for (int64_t i = c; i < c + 16; i += 2)
                append(layer["weight"], static_cast<uint8_t>(nearest(levels, m.at(r, i) / channel) |
                                                             nearest(levels, m.at(r, i + 1) / channel) << 4));
        }
    }
    return layer;
}

Layer coded(LayerCoder& coder, const Matrix& m) {
    const float largest = m.largest(0, m.rows, 0, m.columns);
    coder.prepare(largest, m.values);
    Layer layer;
    const std::vector<Part> parts = parts_of(coder.spec(), {m.rows, m.columns}, DType::kF32);
    Bytes& codes = layer["weight"];
    codes.resize(static_cast<size_t>(bytes_of(parts[0].dtype, element_count(parts[0].shape))));
    const int64_t step = coder.step() == 1 ? 5 : coder.step();
    for (int64_t r = 0; r < m.rows; r += step) {
        const int64_t count = std::min(step, m.rows - r);
        coder.fit(r, count, m.values.data() + r * m.columns);
        coder.encode(r, count, m.values.data() + r * m.columns,
                     reinterpret_cast<std::byte*>(codes.data()) + r * coder.bytes_per_row());
    }
    for (const auto& [part, bytes] : coder.side_parts()) {
        const auto* first = reinterpret_cast<const uint8_t*>(bytes.data());
        layer[std::string(part.suffix)] = Bytes(first, first + bytes.size());
    }
    return layer;
}

LayerSpec scaled_spec(std::string_view name, Scaling scaling = Scaling::kTensor, int64_t block = 32) {
    LayerSpec spec{.scheme = scheme_named(name), .scaling = scaling, .block_size = block};
    if (spec.scheme->always_rotated) spec.rotation = 16;
    return spec;
}

Layer plain(const LayerSpec& spec, const Matrix& m) {
    if (spec.scheme->name == "asym_w4a8_int8") return plain_w4a8(m);
    if (spec.scheme->name == "nvfp4") return plain_nvfp4(m);
    if (spec.scheme->name == "mxfp8") return plain_mxfp8(m);
    if (spec.scheme->name == "convrot_w4a4") return plain_w4a4(m);
    if (spec.scheme->name == "awq_w4a16") return plain_awq(m, spec.block_size);
    return plain_8_bits(spec, m);
}

std::vector<std::pair<LayerSpec, Shape>> specs_and_shapes() {
    std::vector<std::pair<LayerSpec, Shape>> all;
    for (const std::string_view name : {"fp8_e4m3", "fp8_e5m2", "int8"}) {
        for (const Scaling scaling : {Scaling::kTensor, Scaling::kRow})
            for (const Shape& shape : {Shape{7, 33}, Shape{1, 1}, Shape{64, 257}})
                all.emplace_back(scaled_spec(name, scaling), shape);
        all.emplace_back(scaled_spec(name, Scaling::kBlock), Shape{64, 96});
        all.emplace_back(scaled_spec(name, Scaling::kBlock, 16), Shape{32, 80});
    }
    for (const std::string_view name : {"nvfp4", "mxfp8"})
        for (const Shape& shape : {Shape{1, 1}, Shape{7, 33}, Shape{130, 96}, Shape{64, 257}})
            all.emplace_back(scaled_spec(name), shape);
    all.emplace_back(scaled_spec("convrot_w4a4"), Shape{9, 192});
    all.emplace_back(scaled_spec("awq_w4a16", Scaling::kTensor, 64), Shape{9, 192});
    return all;
}

TEST(Coder, NearestIsThePlainFormulaToTheByte) {
    for (const auto& [spec, shape] : specs_and_shapes())
        for (const Kind kind : kKinds) {
            SCOPED_TRACE(format("{} {} {}x{} kind {}", spec.scheme->name, name_of(spec.scaling), shape[0],
                                shape[1], static_cast<int>(kind)));
            const Matrix m{shape[0], shape[1], make_weights(kind, shape[0], shape[1])};
            LayerCoder coder(spec, shape, DType::kF32);
            Layer found = coded(coder, m);
            found.erase("input_scale");
            const Layer expected = plain(spec, m);
            ASSERT_EQ(found.size(), expected.size());
            for (const auto& [suffix, bytes] : expected) ASSERT_EQ(found[suffix], bytes) << suffix;
        }
}

TEST(Coder, W4a8IsThePlainFormulaToTheByteOnNormalWeights) {
    const LayerSpec spec = scaled_spec("asym_w4a8_int8");
    for (const Kind kind : {Kind::kNormal, Kind::kHuge}) {
        const Matrix m{40, 192, make_weights(kind, 40, 192)};
        LayerCoder coder(spec, {40, 192}, DType::kF32);
        Layer found = coded(coder, m);
        for (const auto& [suffix, bytes] : plain(spec, m))
            ASSERT_EQ(found[suffix], bytes) << suffix << " kind " << static_cast<int>(kind);
    }
}

TEST(Coder, DecodingAndEncodingAgainChangesNothing) {
    auto all = specs_and_shapes();
    all.emplace_back(scaled_spec("asym_w4a8_int8"), Shape{9, 192});
    for (auto [spec, shape] : all)
        for (const Rounding rounding : {Rounding::kNearest, Rounding::kSweep})
            for (const Kind kind : kKinds) {
                spec.rounding = rounding;
                SCOPED_TRACE(format("{} {} {} kind {}", spec.scheme->name, name_of(spec.scaling),
                                    name_of(rounding), static_cast<int>(kind)));
                Matrix m{shape[0], shape[1], make_weights(kind, shape[0], shape[1])};
                LayerCoder coder(spec, shape, DType::kF32);
                Layer layer = coded(coder, m);
                auto* codes = reinterpret_cast<std::byte*>(layer["weight"].data());
                coder.decode(0, m.rows, codes, m.values.data());
                std::vector<float> again = m.values;
                coder.round_trip(0, m.rows, again.data());
                ASSERT_EQ(std::memcmp(again.data(), m.values.data(), again.size() * sizeof(float)), 0);
            }
}

TEST(Coder, PartsGiveTheSameDecoder) {
    auto all = specs_and_shapes();
    all.emplace_back(scaled_spec("asym_w4a8_int8"), Shape{9, 192});
    all.emplace_back(scaled_spec("mxfp8_hybrid"), Shape{9, 192});
    for (const auto& [spec, shape] : all) {
        const Matrix m{shape[0], shape[1], make_weights(Kind::kStudent, shape[0], shape[1])};
        LayerCoder coder(spec, shape, DType::kF32);
        const Layer layer = coded(coder, m);
        std::map<std::string, Tensor, std::less<>> tensors;
        for (const Part& part : parts_of(spec, shape, DType::kF32)) {
            TensorBuilder builder(part.dtype, part.shape);
            std::memcpy(builder.bytes().data(), layer.find(part.suffix)->second.data(),
                        builder.bytes().size());
            tensors.emplace(part.suffix, builder.finish());
        }
        const auto read = LayerCoder::from_parts(spec, shape, DType::kF32, [&](std::string_view suffix) {
            const auto found = tensors.find(suffix);
            return found == tensors.end() ? nullptr : &found->second;
        });
        ASSERT_TRUE(read) << read.error().message;
        std::vector<float> ours(m.values.size()), theirs(m.values.size());
        const std::byte* codes = tensors.at("weight").bytes().data();
        coder.decode(0, m.rows, codes, ours.data());
        read->decode(0, m.rows, codes, theirs.data());
        EXPECT_EQ(ours, theirs) << spec.scheme->name;
        tensors.erase(std::prev(tensors.end()));
        const auto missing = LayerCoder::from_parts(spec, shape, DType::kF32, [&](std::string_view suffix) {
            const auto found = tensors.find(suffix);
            return found == tensors.end() ? nullptr : &found->second;
        });
        EXPECT_TRUE(!missing || spec.scheme->name == "mxfp8_hybrid");
    }
}

double noise_of(const LayerSpec& spec, const Matrix& m) {
    LayerCoder coder(spec, {m.rows, m.columns}, DType::kF32);
    coded(coder, m);
    std::vector<float> read = m.values;
    coder.round_trip(0, m.rows, read.data());
    return error_sums(m.values.data(), read.data(), read.size()).noise;
}

TEST(Coder, SweepIsNeverWorseThanNearest) {
    auto all = specs_and_shapes();
    all.emplace_back(scaled_spec("asym_w4a8_int8"), Shape{9, 192});
    for (auto [spec, shape] : all)
        for (const Kind kind : {Kind::kNormal, Kind::kStudent, Kind::kOutlierColumns, Kind::kZeroRows}) {
            const Matrix m{shape[0], shape[1], make_weights(kind, shape[0], shape[1])};
            spec.rounding = Rounding::kNearest;
            const double nearest = noise_of(spec, m);
            spec.rounding = Rounding::kSweep;
            EXPECT_LE(noise_of(spec, m), nearest * (1 + 1e-6))
                << spec.scheme->name << " " << name_of(spec.scaling) << " kind " << static_cast<int>(kind);
        }
}

TEST(Coder, SweepOfNvfp4GainsADecibelOnNormalWeights) {
    const Matrix m{256, 1024, make_weights(Kind::kNormal, 256, 1024)};
    LayerSpec spec = scaled_spec("nvfp4");
    const double nearest = noise_of(spec, m);
    spec.rounding = Rounding::kSweep;
    EXPECT_GE(10 * std::log10(nearest / noise_of(spec, m)), 1.0);
}

TEST(Rotation, IsTheKroneckerProductExactlyRounded) {
    const int h4[4][4] = {{1, 1, 1, -1}, {1, 1, -1, 1}, {1, -1, 1, 1}, {-1, 1, 1, 1}};
    for (const size_t group : {4u, 16u, 64u, 256u}) {
        const std::vector<float> before = make_weights(Kind::kStudent, 2, static_cast<int64_t>(group));
        std::vector<float> after = before;
        rotate(after.data(), 2, group);
        for (size_t run = 0; run < 2; ++run)
            for (size_t i = 0; i < group; ++i) {
                double sum = 0;
                for (size_t j = 0; j < group; ++j) {
                    int sign = 1;
                    for (size_t digit = 1; digit < group; digit *= 4)
                        sign *= h4[i / digit % 4][j / digit % 4];
                    sum += sign * static_cast<double>(before[run * group + j]);
                }
                EXPECT_EQ(after[run * group + i],
                          static_cast<float>(sum / std::sqrt(static_cast<double>(group))));
            }
    }
}

TEST(Kernels, AgreeWithTheScalarCodecsOnEveryHalf) {
    std::vector<uint16_t> codes(65536);
    for (size_t i = 0; i < codes.size(); ++i) codes[i] = static_cast<uint16_t>(i);
    std::vector<float> values(codes.size()), small(codes.size());
    load_floats(DType::kF16, std::as_bytes(std::span(codes)), codes.size(), values.data());
    std::vector<uint16_t> again(codes.size());
    for (size_t i = 0; i < codes.size(); ++i) {
        const float expected = f16_to_f32(codes[i]);
        EXPECT_TRUE(values[i] == expected || (std::isnan(values[i]) && std::isnan(expected)));
        if (!std::isfinite(values[i])) values[i] = 0;
    }
    store_halves(DType::kBF16, values.data(), values.size(), again.data());
    for (size_t i = 0; i < values.size(); ++i) EXPECT_EQ(again[i], f32_to_bf16(values[i]));
    store_halves(DType::kF16, values.data(), values.size(), again.data());
    for (size_t i = 0; i < values.size(); ++i) EXPECT_EQ(again[i], f32_to_f16(values[i]));
    std::vector<uint8_t> bytes(values.size());
    encode_f8e4m3(values.data(), values.size(), 1, bytes.data());
    for (size_t i = 0; i < values.size(); ++i) EXPECT_EQ(bytes[i], f32_to_f8e4m3(clamped(values[i], 448)));
    decode_f8e4m3(bytes.data(), bytes.size(), 1, small.data());
    for (size_t i = 0; i < values.size(); ++i) EXPECT_EQ(small[i], f8e4m3_to_f32(bytes[i]));
    encode_f8e5m2(values.data(), values.size(), 1, bytes.data());
    for (size_t i = 0; i < values.size(); ++i) EXPECT_EQ(bytes[i], f32_to_f8e5m2(clamped(values[i], 57344)));
    decode_f8e5m2(bytes.data(), bytes.size(), 1, small.data());
    for (size_t i = 0; i < values.size(); ++i) EXPECT_EQ(small[i], f8e5m2_to_f32(bytes[i]));
}

// What a file holds is read as it is: a NaN stays one, so that it is refused further on.
TEST(Kernels, DecodeEveryCodeOf8Bits) {
    std::vector<uint8_t> codes(256);
    for (size_t i = 0; i < codes.size(); ++i) codes[i] = static_cast<uint8_t>(i);
    std::vector<float> e4m3(256), e5m2(256), mx(256);
    const std::vector<float> scales(8, 0.5f);
    decode_f8e4m3(codes.data(), 256, 0.5f, e4m3.data());
    decode_f8e5m2(codes.data(), 256, 0.5f, e5m2.data());
    decode_mx(codes.data(), 8, scales.data(), mx.data());
    const auto same = [](float a, float b) { return a == b || (std::isnan(a) && std::isnan(b)); };
    for (size_t i = 0; i < 256; ++i) {
        EXPECT_TRUE(same(e4m3[i], f8e4m3_to_f32(codes[i]) * 0.5f)) << i;
        EXPECT_TRUE(same(mx[i], f8e4m3_to_f32(codes[i]) * 0.5f)) << i;
        EXPECT_TRUE(same(e5m2[i], f8e5m2_to_f32(codes[i]) * 0.5f)) << i;
    }
}

TEST(Kernels, RangeFindsWhatIsNotFinite) {
    for (const DType dtype : {DType::kF64, DType::kF32, DType::kF16, DType::kBF16}) {
        for (const double bad : {0.0, 3.5, std::numeric_limits<double>::infinity(), std::nan("")}) {
            std::vector<double> values(100, -0.25);
            values[77] = bad;
            const Tensor tensor = tensor_from_doubles(dtype, {100}, values);
            const Range range = range_of(dtype, tensor.bytes(), 100);
            EXPECT_EQ(range.finite, std::isfinite(bad));
            if (range.finite) {
                EXPECT_EQ(range.max_abs, std::max(0.25f, static_cast<float>(bad)));
            }
        }
    }
}

}  // namespace
}  // namespace lathe::quant
