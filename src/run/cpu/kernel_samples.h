// For tests of the kernels: random numbers, and memory that shows what was written outside of what was given.
#pragma once
#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <vector>

#include "run/cpu/kernels/kernels.h"

namespace lathe::run::cpu {

class Samples {
public:
    explicit Samples(uint32_t seed) : random_(seed) {}
    size_t size(size_t low, size_t high) { return low + random_() % (high - low + 1); }
    bool chance() { return random_() % 2 == 0; }
    float number() { return static_cast<float>(random_() % 2001) / 1000 - 1; }
    std::vector<float> numbers(size_t count) {
        std::vector<float> result(count);
        for (float& x : result) x = number();
        return result;
    }

private:
    std::mt19937 random_;
};

// Memory of `count` elements, everywhere a certain value until something is written.
template <class T>
class Guarded {
public:
    explicit Guarded(size_t count) : all_(count + 2 * kGuard) {
        std::memset(all_.data(), kByte, all_.size() * sizeof(T));
    }
    T* data() { return all_.data() + kGuard; }
    T& operator[](size_t i) { return data()[i]; }
    size_t size() const { return all_.size() - 2 * kGuard; }
    bool untouched(size_t i) { return same_bytes(data()[i]); }
    bool guards_untouched() const {
        for (size_t i = 0; i < kGuard; ++i)
            if (!same_bytes(all_[i]) || !same_bytes(all_[all_.size() - 1 - i])) return false;
        return true;
    }
    bool operator==(const Guarded& other) const {
        return all_.size() == other.all_.size() &&
               std::memcmp(all_.data(), other.all_.data(), all_.size() * sizeof(T)) == 0;
    }

private:
    static constexpr size_t kGuard = 64;
    static constexpr unsigned char kByte = 0xb5;
    static bool same_bytes(const T& x) {
        unsigned char bytes[sizeof(T)];
        std::memcpy(bytes, &x, sizeof(T));
        for (const unsigned char byte : bytes)
            if (byte != kByte) return false;
        return true;
    }
    std::vector<T> all_;
};

// Ranges [first, last) that make up [0, count).
inline std::vector<std::pair<size_t, size_t>> random_ranges(Samples& samples, size_t count) {
    std::vector<std::pair<size_t, size_t>> ranges;
    for (size_t at = 0; at < count; at = ranges.back().second)
        ranges.emplace_back(at, std::min(count, at + samples.size(1, count / 2 + 1)));
    return ranges;
}

}  // namespace lathe::run::cpu
