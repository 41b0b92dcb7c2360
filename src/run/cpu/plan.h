// A plan: the steps that compute a graph for one set of input shapes, and where everything lies. Made once (lowering.h),
// run many times.
#pragma once
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/threads.h"
#include "run/cpu/kernels/kernels.h"
#include "run/cpu/view.h"
#include "run/engine.h"

namespace lathe::run::cpu {

struct Buffer {
    enum class Home : uint8_t { kArena, kConstant, kInput, kOutput } home = Home::kArena;
    uint64_t size_bytes = 0;
    uint64_t offset = 0;  // in the arena
    size_t index = 0;  // of the input or output
    SharedBytes constant;
    size_t first = SIZE_MAX, last = 0;  // steps that use it
};

// One run's memory.
struct Run {
    ThreadPool& threads;
    std::span<std::byte* const> bases;  // of the buffers

    template <class T>
    T* at(const View& view) const {
        return reinterpret_cast<T*>(bases[view.buffer]) + view.offset;
    }
    float* floats(const View& view) const { return at<float>(view); }
};

struct Step {
    StepTime description;
    double value_bytes = 0, weight_bytes = 0;  // that it reads and writes; what was packed, as it was packed
    std::function<Status(const Run&)> work;
};

struct Plan {
    std::vector<Buffer> buffers;
    std::vector<Step> steps;
    uint64_t arena_bytes = 0;
    std::vector<DType> output_types;
    std::vector<Shape> output_shapes;
    std::vector<std::string> notes;
};

inline constexpr uint64_t kAlignment = 64;  // of buffers, in bytes

// Gives arena buffers places such that those that are used at the same time do not overlap; sets Plan::arena_bytes.
void place_buffers(Plan& plan);

}  // namespace lathe::run::cpu
