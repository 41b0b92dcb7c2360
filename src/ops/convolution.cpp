#include "ops/convolution.h"

#include <algorithm>

#include "base/vector_clones.h"
#include "ops/kernel_support.h"
#include "ops/lanes.h"

namespace lathe::ops {

using namespace graph;

namespace {}  // namespace

Shape ConvShape::result() const {
    Shape shape{batch, groups * group_out};
    shape.insert(shape.end(), out.begin(), out.end());
    return shape;
}

Result<Dims> conv_output(const AttrReader& c, const Dims& x, const Dims& w) {
    TRY(const Ints kernel, kernel_of(c, w));
    TRY(const Window window, read_window(c, kernel));
    if (w.size() != kernel.size() + 2 || x.size() != w.size())
        return fail("x is {} and w {}, expected as many axes of both", to_string(x), to_string(w));
    const int64_t group = c.integer("group");
    if (group < 1) return fail("group is {}, expected at least 1", group);
    if (surely_differ(x[1], w[1] * Dim(group)))
        return fail("x has {} channels, but w {} with {} groups takes {}", x[1].text(), to_string(w), group,
                    (w[1] * Dim(group)).text());
    if (const auto out = w[0].constant(); out && *out % group != 0)
        return fail("{} output channels do not divide into {} groups", *out, group);
    TRY(const Dims spatial, window_output(window, x));
    Dims shape{x[0], w[0]};
    shape.insert(shape.end(), spatial.begin(), spatial.end());
    return shape;
}

Result<ConvShape> conv_shape(const AttrReader& c, const Shape& x, const Shape& w) {
    TRY_STATUS(conv_output(c, dims_of(x), dims_of(w)));
    ConvShape shape{.batch = x[0], .groups = c.integer("group"), .group_in = w[1]};
    shape.group_out = w[0] / shape.groups;
    shape.in.assign(x.begin() + 2, x.end());
    TRY(shape.window, read_window(c, Ints(w.begin() + 2, w.end())));
    TRY(shape.out, fit_window(shape.window, x));
    TRY_STATUS(check_result(DType::kF64, shape.result()));
    return shape;
}

Status check_bias(const Dims& bias, const Dim& channels) {
    if (bias.size() != 1 || surely_differ(bias[0], channels))
        return fail("the bias is {}, expected [{}]", to_string(bias), channels.text());
    return {};
}

double conv_macs_of(const Shape& w, const Shape& y) {
    double taps = 1;
    for (size_t i = 1; i < w.size(); ++i) taps *= static_cast<double>(w[i]);
    return taps * static_cast<double>(element_count(y));
}
double conv_macs(const CostContext& c) { return conv_macs_of(c.inputs[1], c.outputs[0]); }

ConvPlan::ConvPlan(const ConvShape& shape) {
    const auto& axes = shape.window.axes;
    const size_t last = axes.size() - 1;
    const auto padded_size = [&](size_t i) { return shape.in[i] + axes[i].begin + axes[i].end; };
    const int64_t stride = axes[last].stride;
    phase_size = (padded_size(last) + stride - 1) / stride;
    columns = shape.out[last];
    plain = stride == 1;
    for (const WindowAxis& axis : axes) plain = plain && axis.begin == 0 && axis.end == 0;
    for (size_t i = 0; i < last; ++i) padded_rows.push_back(padded_size(i));
    row_strides = row_major_strides(padded_rows);
    for (int64_t& step : row_strides) step *= phase_size * stride;
    padded_count = element_count(padded_rows) * phase_size * stride;

    Shape kernel{shape.group_in}, tap_strides{padded_count}, steps;
    for (size_t i = 0; i < last; ++i) {
        kernel.push_back(axes[i].kernel);
        tap_strides.push_back(row_strides[i] * axes[i].dilation);
        steps.push_back(row_strides[i] * axes[i].stride);
    }
    walk_strided(kernel, tap_strides, [&](int64_t at) {
        for (int64_t k = 0; k < axes[last].kernel; ++k) {
            const int64_t column = k * axes[last].dilation;
            taps.push_back(at + column % stride * phase_size + column / stride);
        }
    });
    const Shape out(shape.out.begin(), shape.out.end() - 1);
    if (element_count(shape.out) > 0) walk_strided(out, steps, [&](int64_t at) { rows.push_back(at); });
}

namespace {

// y[width] = what neighbours in a row see, where x is what the first sees at a tap of offset 0.
template <int64_t vectors>
[[gnu::always_inline]] inline void convolve_positions(const graph::Ints& taps, const double* x,
                                                      const double* w, double* y, int64_t width) {
    constexpr int64_t kLanes = Lanes<double>::kCount;
    using Vector = Lanes<double>::Type;
    Vector sums[vectors] = {};
    for (size_t t = 0; t < taps.size(); ++t)
        for (int64_t j = 0; j < vectors; ++j)
            sums[j] += w[t] * *reinterpret_cast<const Vector*>(x + taps[t] + j * kLanes);
    double values[vectors * kLanes];
    for (int64_t j = 0; j < vectors; ++j) *reinterpret_cast<Vector*>(values + j * kLanes) = sums[j];
    std::copy_n(values, std::min(width, vectors * kLanes), y);
}

}  // namespace

LATHE_VECTOR_CLONES void convolve_channel(const ConvPlan& plan, const double* x, const double* w, double* y) {
    for (const int64_t row : plan.rows)
        for (int64_t left = plan.columns, from = row; left > 0;) {
            const int64_t width = left > 8 ? 16 : left > 4 ? 8 : 4;
            if (width == 16) convolve_positions<4>(plan.taps, x + from, w, y, left);
            else if (width == 8) convolve_positions<2>(plan.taps, x + from, w, y, left);
            else convolve_positions<1>(plan.taps, x + from, w, y, left);
            y += std::min(left, width);
            from += width;
            left -= width;
        }
}

}  // namespace lathe::ops
