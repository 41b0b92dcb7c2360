#include "ops/convolution.h"

#include <algorithm>

namespace lathe::ops {

using namespace graph;

namespace {

bool surely_differ(const Dim& a, const Dim& b) { return a.is_constant() && b.is_constant() && a != b; }

}  // namespace

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

double conv_flops_of(const Shape& w, const Shape& y) {
    double taps = 1;
    for (size_t i = 1; i < w.size(); ++i) taps *= static_cast<double>(w[i]);
    return 2 * taps * static_cast<double>(element_count(y));
}
double conv_flops(const CostContext& c) { return conv_flops_of(c.inputs[1], c.outputs[0]); }

ConvPlan::ConvPlan(const ConvShape& shape) {
    const auto& axes = shape.window.axes;
    const size_t rank = axes.size();
    Shape kernel, tap_strides, step_strides;
    for (size_t i = 0; i < rank; ++i) padded.push_back(shape.in[i] + axes[i].begin + axes[i].end);
    padded_strides = row_major_strides(padded);
    padded_count = element_count(padded);
    for (size_t i = 0; i < rank; ++i) {
        kernel.push_back(axes[i].kernel);
        tap_strides.push_back(padded_strides[i] * axes[i].dilation);
        step_strides.push_back(padded_strides[i] * axes[i].stride);
    }
    walk_strided(kernel, tap_strides, [&](int64_t at) { taps.push_back(at); });
    if (element_count(shape.out) == 0) return;
    if (std::ranges::all_of(axes, [](const WindowAxis& axis) { return axis.stride == 1; })) {
        sum_strides = padded_strides;
        sum_count = 1;
        for (size_t i = 0; i < rank; ++i) sum_count += (shape.out[i] - 1) * padded_strides[i];
        runs.push_back({.length = sum_count});
        return;
    }
    sum_strides = row_major_strides(shape.out);
    sum_count = element_count(shape.out);
    const int64_t row = shape.out.back();
    const Shape rows(shape.out.begin(), shape.out.end() - 1);
    walk_strided(rows, Shape(step_strides.begin(), step_strides.end() - 1), [&](int64_t at) {
        runs.push_back({.from = at,
                        .to = static_cast<int64_t>(runs.size()) * row,
                        .length = row,
                        .step = axes.back().stride});
    });
}

}  // namespace lathe::ops
