// Weights like those that are met, and those that break things.
#pragma once
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

namespace lathe::quant {

// Deterministic noise: splitmix64 and Box-Muller.
class Noise {
public:
    explicit Noise(uint64_t seed) : state_(seed) {}
    uint64_t bits() {
        uint64_t z = (state_ += 0x9e3779b97f4a7c15);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
    double uniform() { return (static_cast<double>(bits() >> 11) + 0.5) * 0x1p-53; }  // in (0, 1)
    double normal() { return std::sqrt(-2 * std::log(uniform())) * std::cos(6.283185307179586 * uniform()); }
    double student(int freedom) {  // heavy tails
        double squares = 0;
        for (int i = 0; i < freedom; ++i) squares += std::pow(normal(), 2);
        return normal() / std::sqrt(squares / freedom);
    }

private:
    uint64_t state_;
};

enum class Kind { kNormal, kStudent, kOutlierColumns, kTiny, kHuge, kZero, kZeroRows, kOneValue };
inline constexpr Kind kKinds[] = {Kind::kNormal, Kind::kStudent, Kind::kOutlierColumns, Kind::kTiny,
                                  Kind::kHuge,   Kind::kZero,    Kind::kZeroRows,       Kind::kOneValue};

inline std::vector<float> make_weights(Kind kind, int64_t rows, int64_t columns, uint64_t seed = 1) {
    Noise noise(seed);
    std::vector<float> values(static_cast<size_t>(rows * columns));
    for (int64_t r = 0; r < rows; ++r)
        for (int64_t c = 0; c < columns; ++c) {
            double v = 0.02 * (kind == Kind::kStudent ? noise.student(3) : noise.normal());
            if (kind == Kind::kOutlierColumns && c % 37 == 5) v *= 50;
            if (kind == Kind::kTiny) v *= 1e-30;
            if (kind == Kind::kHuge) v *= 1e36;
            if (kind == Kind::kZero || (kind == Kind::kZeroRows && r % 3 == 0)) v = 0;
            if (kind == Kind::kOneValue) v = r == rows / 2 && c == columns / 2 ? -0.75 : 0;
            values[static_cast<size_t>(r * columns + c)] = static_cast<float>(v);
        }
    return values;
}

}  // namespace lathe::quant
