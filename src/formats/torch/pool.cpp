#include <algorithm>

#include "formats/torch/call.h"

namespace lathe::formats::torch {
namespace {

using graph::Ints;
using Results = Result<std::vector<ValueId>>;

// The input with a batch axis, for windows over `axes` axes.
struct Pooled {
    ValueId x;
    bool unbatched;
};

Result<Pooled> batched(Call& c, int axes) {
    TRY(const ValueId x, c.tensor("self"));
    if (c.rank(x) == axes + 2) return Pooled{x, false};
    if (c.rank(x) != axes + 1)
        return fail("its input is {}, expected {} or {} axes", graph::to_string(c.shape(x)), axes + 1,
                    axes + 2);
    TRY(const ValueId with_batch, c.add("unsqueeze", {x}, {{"axes", Ints{0}}}));
    return Pooled{with_batch, true};
}

Result<ValueId> unbatched(Call& c, const Pooled& in, ValueId y) {
    return in.unbatched ? c.add("squeeze", {y}, {{"axes", Ints{0}}}) : Result<ValueId>(y);
}

Result<Ints> spread(Call& c, std::string_view parameter, int axes) {
    TRY(Ints list, c.ints(parameter));
    if (list.size() == 1) list.resize(static_cast<size_t>(axes), int64_t{list[0]});
    return list;
}

Result<Attrs> window(Call& c, int axes) {
    TRY(const Ints kernel, spread(c, "kernel_size", axes));
    TRY(Ints strides, spread(c, "stride", axes));
    TRY(Ints pads, spread(c, "padding", axes));
    if (strides.empty()) strides = kernel;
    pads.insert(pads.end(), pads.begin(), pads.end());
    return Attrs{
        {"kernel_shape", kernel}, {"strides", strides}, {"pads", pads}, {"ceil_mode", c.flag("ceil_mode")}};
}

template <int axes, bool with_indices>
Results max_pool(Call& c) {
    TRY(const Pooled in, batched(c, axes));
    TRY(Attrs attrs, window(c, axes));
    TRY(const Ints dilations, spread(c, "dilation", axes));
    attrs.set("dilations", dilations);
    TRY(const ValueId y, c.add("max_pool", {in.x}, std::move(attrs)));
    TRY(const ValueId result, unbatched(c, in, y));
    if (with_indices) return std::vector{result, kNoValue};  // indices count otherwise than ONNX's
    return std::vector{result};
}

template <int axes>
Results avg_pool(Call& c) {
    TRY(const Pooled in, batched(c, axes));
    TRY(Attrs attrs, window(c, axes));
    attrs.set("count_include_pad", c.flag("count_include_pad"));
    const bool divides = c.schema.find("divisor_override") >= 0 && c.given("divisor_override");
    if (divides) attrs.set("count_include_pad", true);
    double factor = 1;
    if (divides) {  // the average over all taps, weighed anew
        TRY(const Ints kernel, spread(c, "kernel_size", axes));
        TRY(factor, c.number("divisor_override"));
        if (factor == 0 || c.flag("ceil_mode"))
            return fail("its divisor_override is {} with ceil_mode {}", factor, c.flag("ceil_mode"));
        factor = 1 / factor;
        for (const int64_t k : kernel) factor *= static_cast<double>(k);
    }
    TRY(ValueId y, c.add("avg_pool", {in.x}, std::move(attrs)));
    if (factor != 1) {
        TRY(y, c.add("mul", {y, c.constant_like(y, factor)}));
    }
    return one(unbatched(c, in, y));
}

// Windows of adaptive pooling along one axis: [floor(i * in / out), ceil((i + 1) * in / out)).
Tensor averaging_matrix(int64_t in, int64_t out) {
    std::vector<double> weights(static_cast<size_t>(in * out), 0);
    for (int64_t o = 0; o < out; ++o) {
        const int64_t begin = o * in / out, end = ((o + 1) * in + out - 1) / out;
        for (int64_t i = begin; i < end; ++i)
            weights[static_cast<size_t>(i * out + o)] = 1.0 / static_cast<double>(end - begin);
    }
    return tensor_from_doubles(DType::kF32, {in, out}, weights);
}

constexpr int64_t kLargestAdaptive = int64_t{1} << 22;  // entries of the matrix

// y = x averaged along `axis` to `out` places, as a product with a matrix.
Result<ValueId> average_axis(Call& c, ValueId x, int axis, int64_t out) {
    const int last = c.rank(x) - 1;
    const auto in = c.shape(x)[static_cast<size_t>(axis)].constant();
    if (!in)
        return fail("its input has the size {} along axis {}, expected a number; give the input's shape",
                    c.shape(x)[static_cast<size_t>(axis)].text(), axis);
    if (*in < 1 || out < 1 || *in > kLargestAdaptive / out)
        return fail("it averages {} places to {}", *in, out);
    Ints swap(static_cast<size_t>(c.rank(x)));
    for (size_t i = 0; i < swap.size(); ++i) swap[i] = static_cast<int64_t>(i);
    std::swap(swap[static_cast<size_t>(axis)], swap[static_cast<size_t>(last)]);
    if (axis != last) {
        TRY(x, c.add("transpose", {x}, {{"perm", swap}}));
    }
    TRY(x, c.add("matmul", {x, c.importer.constant(averaging_matrix(*in, out).to(c.type(x)))}));
    return axis == last ? Result<ValueId>(x) : c.add("transpose", {x}, {{"perm", swap}});
}

// Kernel sizes when every window has one size; nothing otherwise.
std::optional<Ints> even_windows(const Call& c, ValueId x, const Ints& out) {
    Ints kernel;
    for (size_t i = 0; i < out.size(); ++i) {
        const auto in = c.shape(x)[i + 2].constant();
        if (!in || out[i] < 1 || *in % out[i] != 0 || *in < 1) return std::nullopt;
        kernel.push_back(*in / out[i]);
    }
    return kernel;
}

// Sizes of the result; those that stay are dropped from the list when `keep` says so.
Result<Ints> adaptive_sizes(Call& c, ValueId x, int axes) {
    TRY(const Dims wanted, c.dims("output_size"));
    Ints out;
    for (int i = 0; i < axes; ++i) {
        const Dim& size = wanted.size() == 1 ? wanted[0] : wanted[static_cast<size_t>(i)];
        const Dim& now = c.shape(x)[static_cast<size_t>(i) + 2];
        if (size == now) out.push_back(-1);  // stays
        else if (const auto number = size.constant()) out.push_back(*number);
        else return fail("its output_size holds {}, expected numbers", size.text());
    }
    return out;
}

template <int axes>
Results adaptive_avg_pool(Call& c) {
    TRY(const Pooled in, batched(c, axes));
    TRY(const Ints out, adaptive_sizes(c, in.x, axes));
    if (std::ranges::all_of(out, [](int64_t o) { return o == 1; })) {
        TRY(const ValueId y, c.add("global_avg_pool", {in.x}));
        return one(unbatched(c, in, y));
    }
    if (const auto kernel = even_windows(c, in.x, out)) {
        TRY(const ValueId y, c.add("avg_pool", {in.x}, {{"kernel_shape", *kernel}, {"strides", *kernel}}));
        return one(unbatched(c, in, y));
    }
    ValueId y = in.x;
    for (int i = 0; i < axes; ++i) {
        const int64_t size = out[static_cast<size_t>(i)];
        if (size == -1) continue;
        if (size == 1) {
            TRY(y, c.add("reduce_mean", {y}, {{"axes", Ints{i + 2}}}));
        } else {
            TRY(y, average_axis(c, y, i + 2, size));
        }
    }
    return one(unbatched(c, in, y));
}

template <int axes>
Results adaptive_max_pool(Call& c) {
    TRY(const Pooled in, batched(c, axes));
    TRY(const Ints out, adaptive_sizes(c, in.x, axes));
    ValueId y = in.x;
    if (std::ranges::all_of(out, [](int64_t o) { return o == 1; })) {
        TRY(y, c.add("global_max_pool", {y}));
    } else if (const auto kernel = even_windows(c, y, out)) {
        TRY(y, c.add("max_pool", {y}, {{"kernel_shape", *kernel}, {"strides", *kernel}}));
    } else if (!std::ranges::all_of(out, [](int64_t o) { return o == -1; })) {
        return fail("its output sizes do not divide those of the input {}, which is not supported",
                    graph::to_string(c.shape(y)));
    }
    TRY(y, unbatched(c, in, y));
    return std::vector{y, kNoValue};
}

constexpr Row kPoolRows[] = {
    {.schema =
         "max_pool1d(Tensor self, int[1] kernel_size, int[1] stride=[], int[1] padding=0, int[1] dilation=1, bool ceil_mode=False)",
     .special = max_pool<1, false>},
    {.schema =
         "max_pool2d(Tensor self, int[2] kernel_size, int[2] stride=[], int[2] padding=0, int[2] dilation=1, bool ceil_mode=False)",
     .special = max_pool<2, false>},
    {.schema =
         "max_pool3d(Tensor self, int[3] kernel_size, int[3] stride=[], int[3] padding=0, int[3] dilation=1, bool ceil_mode=False)",
     .special = max_pool<3, false>},
    {.schema =
         "max_pool1d_with_indices(Tensor self, int[1] kernel_size, int[1] stride=[], int[1] padding=0, int[1] dilation=1, bool ceil_mode=False)",
     .special = max_pool<1, true>},
    {.schema =
         "max_pool2d_with_indices(Tensor self, int[2] kernel_size, int[2] stride=[], int[2] padding=0, int[2] dilation=1, bool ceil_mode=False)",
     .special = max_pool<2, true>},
    {.schema =
         "max_pool3d_with_indices(Tensor self, int[3] kernel_size, int[3] stride=[], int[3] padding=0, int[3] dilation=1, bool ceil_mode=False)",
     .special = max_pool<3, true>},
    {.schema =
         "avg_pool1d(Tensor self, int[1] kernel_size, int[1] stride=[], int[1] padding=0, bool ceil_mode=False, bool count_include_pad=True)",
     .special = avg_pool<1>},
    {.schema =
         "avg_pool2d(Tensor self, int[2] kernel_size, int[2] stride=[], int[2] padding=0, bool ceil_mode=False, bool count_include_pad=True, int? divisor_override=None)",
     .special = avg_pool<2>},
    {.schema =
         "avg_pool3d(Tensor self, int[3] kernel_size, int[3] stride=[], int[3] padding=0, bool ceil_mode=False, bool count_include_pad=True, int? divisor_override=None)",
     .special = avg_pool<3>},
    {.schema = "adaptive_avg_pool1d(Tensor self, int[1] output_size)", .special = adaptive_avg_pool<1>},
    {.schema = "adaptive_avg_pool2d(Tensor self, int[2] output_size)", .special = adaptive_avg_pool<2>},
    {.schema = "adaptive_avg_pool3d(Tensor self, int[3] output_size)", .special = adaptive_avg_pool<3>},
    {.schema = "_adaptive_avg_pool2d(Tensor self, int[2] output_size)", .special = adaptive_avg_pool<2>},
    {.schema = "_adaptive_avg_pool3d(Tensor self, int[3] output_size)", .special = adaptive_avg_pool<3>},
    {.schema = "adaptive_max_pool1d(Tensor self, int[1] output_size)", .special = adaptive_max_pool<1>},
    {.schema = "adaptive_max_pool2d(Tensor self, int[2] output_size)", .special = adaptive_max_pool<2>},
    {.schema = "adaptive_max_pool3d(Tensor self, int[3] output_size)", .special = adaptive_max_pool<3>},
};

}  // namespace

std::span<const Row> pool_rows() { return kPoolRows; }

}  // namespace lathe::formats::torch
