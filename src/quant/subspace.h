// The directions in which a matrix acts most, by subspace iteration (Halko, Martinsson, Tropp, "Finding structure with
// randomness", 2011) from a fixed start.
//
// A basis is kept with one vector in a row: f32 [rank, n], rows of length 1 at right angles to each other.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "base/threads.h"

namespace lathe::quant {

struct Basis {
    int64_t rank = 0, length = 0;
    std::vector<float> vectors;  // [rank, length]
};

// What to do with a row that the rows before it span already (or that is zero): leave it out, or take another direction,
// as long as there are any.
enum class Dependent : uint8_t { kDrop, kReplace };

// An orthonormal basis of the rows of `rows`: [count, length], in their order. Dropped are rows of which less than 2e-6 of
// the longest row's length is new.
Basis orthonormal(std::vector<float> rows, int64_t length, Dependent dependent, ThreadPool& threads);

// The leading left and right singular subspaces of w: f32 [rows, columns], nearly (as good as `iterations` passes with w and
// its transpose make them). Both have the same rank: `rank`, or w's own if that is less. Of no matter are the vectors
// themselves: only what they span is meant.
struct Subspaces {
    Basis left;  // of columns: vectors of length `rows`
    Basis right;  // of rows: vectors of length `columns`
};
Subspaces leading_subspaces(const float* w, int64_t rows, int64_t columns, int64_t rank, int iterations,
                            ThreadPool& threads);

}  // namespace lathe::quant
