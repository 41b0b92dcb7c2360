// The convolution that conv and the quantised convolutions share, on numbers of type In with sums of type Sum.
#pragma once
#include <vector>

#include "ops/kernel_support.h"
#include "ops/window.h"

namespace lathe::ops {

struct ConvShape {
    int64_t batch = 1, groups = 1;
    int64_t group_in = 1, group_out = 1;  // channels of each group
    Shape in, out;  // spatial sizes
    Window window;  // padding settled

    Shape result() const;
};

// Shape of the result [N, M, …] of x: [N, C, …] and w: [M, C/group, k…]. Errors: ranks, channels that do not fit.
Result<graph::Dims> conv_output(const graph::AttrReader& c, const graph::Dims& x, const graph::Dims& w);
Result<ConvShape> conv_shape(const graph::AttrReader& c, const Shape& x, const Shape& w);
// Errors: not [M].
Status check_bias(const graph::Dims& bias, const graph::Dim& channels);

double conv_flops(const graph::CostContext& c);  // for operands x, w at places 0 and 1
double conv_flops_of(const Shape& w, const Shape& y);

// A stretch of the padded input plane that one tap of the kernel is multiplied with, and where its sums go.
struct ConvRun {
    int64_t from = 0, to = 0, length = 0, step = 1;
};

// How the spatial sizes are walked. With strides of 1 the sums are laid out like the padded plane, so that one run covers
// everything (and some sums between the rows are computed in vain); else there is one run a row of the result.
struct ConvPlan {
    explicit ConvPlan(const ConvShape& shape);
    Shape padded, padded_strides;
    graph::Ints taps;  // offsets in the padded plane, in the order of the kernel
    std::vector<ConvRun> runs;
    Shape sum_strides;  // of the results in the sums
    int64_t padded_count = 0, sum_count = 0;
};

// to: [planes, padded…] = from: [planes, in…] between zeros.
template <class In>
void pad_planes(const In* from, int64_t planes, const ConvShape& shape, const ConvPlan& plan,
                std::vector<In>& to) {
    to.assign(static_cast<size_t>(planes * plan.padded_count), In{0});
    int64_t origin = 0;
    for (size_t i = 0; i < shape.in.size(); ++i)
        origin += shape.window.axes[i].begin * plan.padded_strides[i];
    for (int64_t p = 0; p < planes; ++p) {
        In* plane = to.data() + p * plan.padded_count + origin;
        walk_strided(shape.in, plan.padded_strides, [&](int64_t at) { plane[at] = *from++; });
    }
}

// sums += what one output channel gets along one run; x: padded planes of the group, w: [group_in, taps].
template <class In, class Sum>
void add_run(const ConvPlan& plan, const ConvRun& run, const In* x, const In* w, int64_t channels,
             Sum* sums) {
    constexpr int64_t kBlock = 1024;  // sums that stay in the nearest cache
    const auto taps = static_cast<int64_t>(plan.taps.size());
    for (int64_t from = 0; from < run.length; from += kBlock) {
        const int64_t width = std::min(kBlock, run.length - from);
        Sum* __restrict to = sums + run.to + from;
        for (int64_t c = 0; c < channels; ++c)
            for (int64_t t = 0; t < taps; ++t) {
                const Sum factor = static_cast<Sum>(w[c * taps + t]);
                const In* __restrict values = x + c * plan.padded_count + run.from + from * run.step +
                                              plan.taps[static_cast<size_t>(t)];
                if (run.step == 1)
                    for (int64_t i = 0; i < width; ++i) to[i] += factor * static_cast<Sum>(values[i]);
                else
                    for (int64_t i = 0; i < width; ++i)
                        to[i] += factor * static_cast<Sum>(values[i * run.step]);
            }
    }
}

// y: [N, M, out…]; x: [N, C, in…], w: [M, C/group, k…], row-major.
template <class In, class Sum>
std::vector<Sum> convolve(const ConvShape& shape, const In* x, const In* w) {
    const ConvPlan plan(shape);
    const int64_t in_plane = element_count(shape.in), taps = static_cast<int64_t>(plan.taps.size());
    std::vector<Sum> y;
    y.reserve(static_cast<size_t>(element_count(shape.result())));
    std::vector<In> padded;
    std::vector<Sum> sums(static_cast<size_t>(plan.sum_count));
    for (int64_t n = 0; n < shape.batch; ++n)
        for (int64_t g = 0; g < shape.groups; ++g) {
            pad_planes(x + (n * shape.groups + g) * shape.group_in * in_plane, shape.group_in, shape, plan,
                       padded);
            for (int64_t m = 0; m < shape.group_out; ++m) {
                sums.assign(sums.size(), Sum{0});
                const In* weights = w + (g * shape.group_out + m) * shape.group_in * taps;
                for (const ConvRun& run : plan.runs)
                    add_run(plan, run, padded.data(), weights, shape.group_in, sums.data());
                walk_strided(shape.out, plan.sum_strides,
                             [&](int64_t at) { y.push_back(sums[static_cast<size_t>(at)]); });
            }
        }
    return y;
}

}  // namespace lathe::ops
