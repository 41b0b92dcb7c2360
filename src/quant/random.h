// Numbers that look random and are the same everywhere.
#pragma once
#include <cstdint>

namespace lathe::quant {

// Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014.
struct SplitMix {
    uint64_t state;
    float next() {  // -1 … 1
        uint64_t z = state += 0x9e3779b97f4a7c15u;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
        z = (z ^ z >> 27) * 0x94d049bb133111ebu;
        return static_cast<float>(static_cast<int64_t>((z ^ z >> 31) >> 40)) * 0x1p-23f - 1.0f;
    }
};

}  // namespace lathe::quant
