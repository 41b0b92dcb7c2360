// The convolution that conv and the quantised convolutions share, on numbers of type In with sums in double.
#pragma once
#include <algorithm>
#include <vector>

#include "ops/kernel_support.h"
#include "ops/matrix_product.h"
#include "ops/window.h"

namespace lathe::ops {

struct ConvShape {
    int64_t batch = 1, groups = 1;
    int64_t group_in = 1, group_out = 1;  // channels of each group
    Shape in, out;  // spatial sizes
    Window window;  // padding settled

    Shape result() const;
};

// conv_transpose: x's element at i adds to the result's at i * stride + tap * dilation - cut, along each axis, for every
// tap of the kernel, as far as that lies in the result.
struct SpreadShape {
    int64_t batch = 1, groups = 1;
    int64_t group_in = 1, group_out = 1;  // channels of each group
    Shape in, out, cut;  // spatial
    std::vector<WindowAxis> axes;  // begin and end have gone into cut

    Shape result() const {
        Shape shape{batch, groups * group_out};
        shape.insert(shape.end(), out.begin(), out.end());
        return shape;
    }
};
// For x: [N, C, …] and w: [C, M/group, k…]. Errors: ranks, channels that do not fit.
Result<SpreadShape> spread_shape(const graph::AttrReader& c, const Shape& x, const Shape& w);

// Shape of the result [N, M, …] of x: [N, C, …] and w: [M, C/group, k…]. Errors: ranks, channels that do not fit.
Result<graph::Dims> conv_output(const graph::AttrReader& c, const graph::Dims& x, const graph::Dims& w);
Result<ConvShape> conv_shape(const graph::AttrReader& c, const Shape& x, const Shape& w);
// Errors: not [M].
Status check_bias(const graph::Dims& bias, const graph::Dim& channels);

double conv_macs(const graph::CostContext& c);  // for operands x, w at places 0 and 1
double conv_macs_of(const Shape& w, const Shape& y);

// Where the convolution reads: every position of the result sees, at every tap of the kernel, the element of the group's
// padded input planes at the sum of their offsets. Along the last axis, elements that lie a stride apart are stored side
// by side (all columns 0, s, 2s, …, then 1, s+1, …), so that neighbours in the result see neighbours.
struct ConvPlan {
    explicit ConvPlan(const ConvShape& shape);
    int64_t padded_count = 0;  // elements of a padded plane
    graph::Ints taps;  // offsets for every channel of the group and element of the kernel, in the order of w
    graph::Ints rows;  // offsets for the first position of every row of the result
    int64_t columns = 0;  // positions in a row
    bool plain = false;  // the padded planes are the input's own
    Shape padded_rows, row_strides;  // of the padded plane, without the last axis
    int64_t phase_size = 0;  // from one set of columns to the next
};

// to: [planes, padded…] = from: [planes, in…] between zeros, as ConvPlan lays them out.
template <class In>
void pad_planes(const In* from, int64_t planes, const ConvShape& shape, const ConvPlan& plan, double* to) {
    std::fill_n(to, planes * plan.padded_count, 0.0);
    const WindowAxis& last = shape.window.axes.back();
    const Shape rows(shape.in.begin(), shape.in.end() - 1);
    const int64_t columns = shape.in.back(), count = element_count(rows);
    int64_t origin = 0;
    for (size_t i = 0; i < rows.size(); ++i) origin += shape.window.axes[i].begin * plan.row_strides[i];
    for (int64_t p = 0; p < planes && count > 0; ++p)
        walk_strided(rows, plan.row_strides, [&](int64_t at) {
            double* row = to + p * plan.padded_count + origin + at;
            if (last.stride == 1) std::copy_n(from, columns, row + last.begin);
            else
                for (int64_t i = 0, phase = last.begin % last.stride, place = last.begin / last.stride;
                     i < columns; ++i) {
                    row[phase * plan.phase_size + place] = static_cast<double>(from[i]);
                    if (++phase == last.stride) phase = 0, ++place;
                }
            from += columns;
        });
}

// What the positions of the result see, a row for every tap: the second matrix of a product, made panel by panel.
template <class In>
struct PackWindows {
    const ConvPlan& plan;
    const In* x;  // padded planes of the group
    void operator()(int64_t from, int64_t depth, int64_t column, int64_t width, double* to) const {
        const int64_t* taps = plan.taps.data() + from;
        int64_t at[kTileColumns];
        for (int64_t j = 0, row = column / plan.columns, place = column % plan.columns; j < kTileColumns;
             ++j) {
            at[j] = j < width ? plan.rows[static_cast<size_t>(row)] + place : at[0];
            if (++place == plan.columns) place = 0, ++row;
        }
        const bool together = width == kTileColumns && at[kTileColumns - 1] - at[0] == kTileColumns - 1;
        for (int64_t p = 0; p < depth; ++p, to += kTileColumns) {
            const In* values = x + taps[p];
            if (together)
                for (int64_t j = 0; j < kTileColumns; ++j) to[j] = static_cast<double>(values[at[0] + j]);
            else
                for (int64_t j = 0; j < kTileColumns; ++j) to[j] = static_cast<double>(values[at[j]]);
        }
    }
};

// What may be read behind the last padded plane.
inline constexpr int64_t kConvSlack = 16;
// y: [rows, columns] of one output channel, from padded planes x (and kConvSlack more elements) and its weights w: [taps].
void convolve_channel(const ConvPlan& plan, const double* x, const double* w, double* y);

// y: [N, M, out…]; x: [N, C, in…], w: [M, C/group, k…], row-major.
template <class In>
std::vector<double> convolve(const ConvShape& shape, const In* x, const In* w) {
    const ConvPlan plan(shape);
    const int64_t depth = static_cast<int64_t>(plan.taps.size()),
                  positions = static_cast<int64_t>(plan.rows.size()) * plan.columns;
    const int64_t in_planes = shape.group_in * element_count(shape.in);
    const bool direct = shape.group_out < kTileRows, pads = direct || !plan.plain;
    std::vector<double> y(static_cast<size_t>(element_count(shape.result())), 0), padded, weights;
    if (pads) padded.resize(static_cast<size_t>(shape.group_in * plan.padded_count + kConvSlack));
    double* to = y.data();
    for (int64_t n = 0; n < shape.batch; ++n)
        for (int64_t g = 0; g < shape.groups; ++g, x += in_planes, to += shape.group_out * positions) {
            if (pads) pad_planes(x, shape.group_in, shape, plan, padded.data());
            const In* group = w + g * shape.group_out * depth;
            const auto left = row_major(group, depth);
            if (direct) {
                weights.assign(group, group + shape.group_out * depth);
                for (int64_t m = 0; m < shape.group_out; ++m)
                    convolve_channel(plan, padded.data(), weights.data() + m * depth, to + m * positions);
            } else if (pads) {
                add_packed_product(left, to, shape.group_out, depth, positions,
                                   PackWindows<double>{plan, padded.data()});
            } else {
                add_packed_product(left, to, shape.group_out, depth, positions, PackWindows<In>{plan, x});
            }
        }
    return y;
}

}  // namespace lathe::ops
