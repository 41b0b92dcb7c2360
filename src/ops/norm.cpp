// Normalisation with learned scales. Definitions: ONNX BatchNormalization (inference), LayerNormalization, InstanceNormalization,
// GroupNormalization (opset 21: scale and bias for each channel), RMSNormalization.
#include <cmath>

#include "ops/cells.h"
#include "ops/kernel_support.h"
#include "ops/move.h"
#include "ops/ops.h"

namespace lathe::ops {
namespace {

using namespace graph;

constexpr OperandDef kNormOut[] = {{"y", kFloatTypes, 'T'}};
constexpr OperandDef kScaledIn[] = {
    {"x", kFloatTypes, 'T'}, {"scale", kFloatTypes, 'T'}, {"bias", kFloatTypes, 'T'}};
constexpr AttrDef kEpsilonAttrs[] = {{"epsilon", AttrType::kFloat, "1e-05"}};

double flops_of_norm(const CostContext& c) { return 8 * static_cast<double>(element_count(c.inputs[0])); }

// A parameter for each channel (axis 1) of x. Errors: another shape.
Status check_channels(const Dims& parameter, const Dims& x, std::string_view name) {
    const Dim channels = x.size() > 1 ? x[1] : Dim(1);
    const bool fits = parameter.size() == 1 &&
                      (parameter[0] == channels || !parameter[0].is_constant() || !channels.is_constant());
    if (!fits)
        return fail("{} is {}, expected [{}] for x {}", name, to_string(parameter), channels.text(),
                    to_string(x));
    return {};
}

template <class Context, class ShapeOf>
Status check_all_channels(const Context& c, ShapeOf shape_of) {
    for (int i = 1; i < c.inputs(); ++i)
        TRY_STATUS(check_channels(shape_of(i), shape_of(0), c.op().inputs[static_cast<size_t>(i)].name));
    return {};
}
Status infer_channels(InferContext& c) {
    if (c.rank(0) < 2) return fail("x is {}, expected batch, channels and more", to_string(c.shape(0)));
    TRY_STATUS(check_all_channels(c, [&](int i) { return c.shape(i); }));
    return same_shape(c);
}
Status check_channels(const EvalContext& c) {
    return check_all_channels(c, [&](int i) { return dims_of(c.in(i).shape()); });
}

// "[a, …, b]" for all axes from `first` to the last.
std::string axes_from(int first, int rank) {
    std::string text = "[";
    for (int i = first; i < rank; ++i) text += format("{}{}", i > first ? ", " : "", i);
    return text + "]";
}
// The shape with which a parameter of each channel broadcasts to x of that rank: "[-1, 1, 1]".
std::string channel_shape(int rank) {
    std::string text = "[-1";
    for (int i = 2; i < rank; ++i) text += ", 1";
    return text + "]";
}
// "y = reshape(from, …)" to x's own shape: as numbers where at most one is unknown, else as x's shape at run time.
std::string reshape_to_x(const InferContext& c, std::string_view result, std::string_view from) {
    std::string sizes;
    int unknown = 0;
    for (const Dim& dim : c.shape(0)) {
        unknown += !dim.is_constant() || dim == Dim(0) ? 1 : 0;
        sizes += (sizes.empty() ? "" : ", ") + (dim.is_constant() ? dim.text() : std::string("-1"));
    }
    if (unknown <= 1) return format("{} = reshape({}, shape=[{}])\n", result, from, sizes);
    return format("sizes = shape_of(x)\n{} = reshape({}, sizes)\n", result, from);
}
// "t = cast(x)" to the precision in which the first stage is to run, where that is wider than x's. Returns the name of
// what the stage starts from.
std::string widened(const InferContext& c, std::string& text) {
    const DType stash = c.dtype("stash_type");
    if (bits_of(stash) <= bits_of(c.dtype(0))) return "x";
    text += format("wide = cast(x, to={})\n", lathe::name_of(stash));
    return "wide";
}

// Lines of `inner` numbers get mean 0 and variance 1; where asked for, says what was taken from each.
void standardise(std::vector<double>& values, int64_t inner, double epsilon,
                 std::vector<double>* means = nullptr, std::vector<double>* factors = nullptr) {
    const auto size = static_cast<size_t>(inner);
    for (size_t start = 0; size > 0 && start < values.size(); start += size) {
        const std::span<double> line(values.data() + start, size);
        double sum = 0, squares = 0;
        for (const double v : line) sum += v;
        const double mean = sum / static_cast<double>(inner);
        for (const double v : line) squares += (v - mean) * (v - mean);
        const double factor = 1 / std::sqrt(squares / static_cast<double>(inner) + epsilon);
        for (double& v : line) v = (v - mean) * factor;
        if (means != nullptr) means->push_back(mean);
        if (factors != nullptr) factors->push_back(factor);
    }
}

// values = values * scale[channel] + bias[channel] for x: [N, C, …].
void scale_channels(std::vector<double>& values, const Shape& x, const std::vector<double>& scale,
                    const std::vector<double>& bias) {
    const size_t channels = scale.size();
    const size_t plane = values.empty() ? 1 : values.size() / static_cast<size_t>(x[0]) / channels;
    double* value = values.data();
    for (size_t start = 0; start < values.size(); start += channels * plane)
        for (size_t channel = 0; channel < channels; ++channel)
            for (const double* end = value + plane; value != end; ++value)
                *value = *value * scale[channel] + bias[channel];
}

// ---- batch_norm

constexpr OperandDef kBatchIn[] = {{"x", kFloatTypes, 'T'},
                                   {"scale", kFloatTypes, 'S'},
                                   {"bias", kFloatTypes, 'S'},
                                   {"mean", kFloatTypes, 'M'},
                                   {"var", kFloatTypes, 'M'}};
constexpr AttrDef kBatchAttrs[] = {{"epsilon", AttrType::kFloat, "1e-05"},
                                   {"momentum", AttrType::kFloat, "0.9"},
                                   {"training_mode", AttrType::kBool, "false"}};
constexpr Place kBatchPlaces[] = {{.ours = "training_mode", .theirs = "", .until = 13}};
constexpr Cell kBatchCells[] = {
    {.format = "onnx", .op = "BatchNormalization", .since = 7, .places = kBatchPlaces},
    {.format = "openvino", .op = "BatchNormInference", .since = 5}};
constexpr Sample kBatchSamples[] = {
    {"f32[2, 3, 5, 4]; f32[3]{0.5, 2}; f32[3]; f32[3]; f32[3]{0.1, 2}"},
    {"f32[2, 3]; f32[3]{0.5, 2}; f32[3]; f32[3]; f32[3]{0.1, 2}", "epsilon=0.01"},
    {"f32[1, 2, 7]; f32[2]{0.5, 2}; f32[2]; f32[2]; f32[2]{0.1, 2}"},
    {"f16[2, 3, 2]; f16[3]{0.5, 2}; f16[3]; f16[3]; f16[3]{0.1, 2}"}};

Status infer_batch(InferContext& c) {
    if (c.flag("training_mode"))
        return fail("batch_norm in training mode is not supported; export the network for inference");
    if (c.rank(0) == 0) return fail("x is a scalar, expected batch, channels and more");
    TRY_STATUS(check_all_channels(c, [&](int i) { return c.shape(i); }));
    return same_shape(c);
}

Status evaluate_batch(EvalContext& c) {
    TRY_STATUS(check_channels(c));
    auto scale = c.in(1).to_doubles(), bias = c.in(2).to_doubles();
    const auto mean = c.in(3).to_doubles(), var = c.in(4).to_doubles();
    for (size_t i = 0; i < scale.size(); ++i) {
        scale[i] /= std::sqrt(var[i] + c.number("epsilon"));
        bias[i] -= mean[i] * scale[i];
    }
    auto values = c.in(0).to_doubles();
    scale_channels(values, c.in(0).shape(), scale, bias);
    c.output(0, tensor_from_doubles(c.in(0).dtype(), c.in(0).shape(), values));
    return {};
}

Result<std::string> write_batch(const InferContext& c) {
    if (c.dtype(1) != c.dtype(0) || c.dtype(3) != c.dtype(0))
        return fail("its operands are of different types");
    const std::string shape = channel_shape(c.rank(0));
    return format("const epsilon: x[] = [$epsilon]\nv = add(var, epsilon)\nd = sqrt(v)\nm = div(scale, d)\n"
                  "t = mul(mean, m)\n"
                  "a = sub(bias, t)\nms = reshape(m, shape={})\nas = reshape(a, shape={})\np = mul(x, ms)\n"
                  "y = add(p, as)",
                  shape, shape);
}

// ---- layer_norm, rms_norm

constexpr OperandDef kLayerIn[] = {
    {"x", kFloatTypes, 'T'}, {"scale", kFloatTypes, 'T'}, {"bias", kFloatTypes, 'T', Arity::kOptional}};
constexpr OperandDef kLayerOut[] = {{"y", kFloatTypes, 'T'},
                                    {"mean", kFloatTypes, '\0', Arity::kOptional},
                                    {"inv_std_dev", kFloatTypes, '\0', Arity::kOptional}};
constexpr AttrDef kLayerAttrs[] = {{"axis", AttrType::kInt, "-1"},
                                   {"epsilon", AttrType::kFloat, "1e-05"},
                                   {"stash_type", AttrType::kDType, "f32"}};
constexpr Sample kLayerSamples[] = {{"f32[2, 3, 7]; f32[7]; f32[7]"},
                                    {"f32[2, 3, 5]; f32[3, 5]; f32[3, 5]", "axis=1; epsilon=0.001", 3},
                                    {"f32[3, 4]; f32[4]"},
                                    {"f16[2, 3, 7]; f16[7]; f16[7]"},
                                    {"f32[2, 3, 2, 2]; f32[1, 2, 2]; f32[2]", "axis=-3"}};
constexpr OperandDef kRmsIn[] = {{"x", kFloatTypes}, {"scale", kFloatTypes, 'V'}};
constexpr OperandDef kRmsOut[] = {{"y", kFloatTypes, 'V'}};
constexpr Sample kRmsSamples[] = {{"f32[2, 3, 7]; f32[7]"},
                                  {"f32[2, 3, 5]; f32[3, 5]", "axis=1; epsilon=0.001"},
                                  {"f16[2, 3, 7]; f16[7]"},
                                  {"f32[2, 3, 4, 5]; f32[5]", "axis=-2"}};

// Scale and bias must broadcast to x without making it larger.
Status check_to_x(const Dims& parameter, const Dims& x, std::string_view name) {
    const auto both = broadcast(x, parameter);
    bool fits = both.has_value() && both->size() == x.size();
    for (size_t i = 0; fits && i < x.size(); ++i)
        fits = !(*both)[i].is_constant() || !x[i].is_constant() || (*both)[i] == x[i];
    if (!fits) return fail("{} {} does not broadcast to x {}", name, to_string(parameter), to_string(x));
    return {};
}

Status infer_layer(InferContext& c) {
    TRY(const int axis, normal_axis(c.integer("axis"), c.rank(0)));
    TRY_STATUS(check_to_x(c.shape(1), c.shape(0), "scale"));
    if (c.has(2)) TRY_STATUS(check_to_x(c.shape(2), c.shape(0), "bias"));
    if (!is_float(c.dtype("stash_type")))
        return fail("stash_type is {}, expected a floating-point type",
                    lathe::name_of(c.dtype("stash_type")));
    c.output(0, c.dtype(1), c.shape(0));
    Dims kept = c.shape(0);
    for (size_t i = static_cast<size_t>(axis); i < kept.size(); ++i) kept[i] = Dim(1);
    for (int i = 1; i < c.wanted_outputs(); ++i) c.output(i, c.dtype("stash_type"), kept);
    return {};
}

Status evaluate_layer(EvalContext& c) {
    const Tensor& x = c.in(0);
    TRY(const int axis, normal_axis(c.integer("axis"), x.rank()));
    TRY_STATUS(check_to_x(dims_of(c.in(1).shape()), dims_of(x.shape()), "scale"));
    if (c.has(2)) TRY_STATUS(check_to_x(dims_of(c.in(2).shape()), dims_of(x.shape()), "bias"));
    Shape kept = x.shape();
    int64_t inner = 1;
    for (size_t i = static_cast<size_t>(axis); i < kept.size(); ++i) inner *= std::exchange(kept[i], 1);
    auto values = x.to_doubles();
    std::vector<double> means, factors;
    standardise(values, inner, c.number("epsilon"), &means, &factors);
    means.resize(static_cast<size_t>(element_count(kept)), NAN);
    factors.resize(means.size(), NAN);
    const auto scale = values_of<double>(c.in(1), x.shape());
    const auto bias =
        c.has(2) ? values_of<double>(c.in(2), x.shape()) : std::vector<double>(values.size(), 0);
    for (size_t i = 0; i < values.size(); ++i) values[i] = values[i] * scale[i] + bias[i];
    c.output(0, tensor_from_doubles(x.dtype(), x.shape(), values));
    if (c.wanted_outputs() > 1) c.output(1, tensor_from_doubles(c.dtype("stash_type"), kept, means));
    if (c.wanted_outputs() > 2) c.output(2, tensor_from_doubles(c.dtype("stash_type"), kept, factors));
    return {};
}

Result<std::string> write_layer(const InferContext& c) {
    TRY(const int axis, normal_axis(c.integer("axis"), c.rank(0)));
    if (c.wanted_outputs() > 1 && bits_of(c.dtype(0)) > bits_of(c.dtype("stash_type")))
        return fail("its mean is narrower than x");
    const std::string axes = axes_from(axis, c.rank(0));
    std::string text;
    const std::string from = widened(c, text);
    text += format("const epsilon: {}[] = [$epsilon]\nmean = reduce_mean({}, axes={})\nd = sub({}, mean)\n"
                   "q = mul(d, d)\n"
                   "v = reduce_mean(q, axes={})\ne = add(v, epsilon)\ns = sqrt(e)\n",
                   from, from, axes, from, axes);
    if (c.wanted_outputs() > 2) text += "inv_std_dev = reciprocal(s)\n";
    text += format("n = div(d, s)\n");
    if (from == "wide") text += format("narrow = cast(n, to={})\n", lathe::name_of(c.dtype(0)));
    text += format("{} = mul({}, scale)\n", c.has(2) ? "p" : "y", from == "wide" ? "narrow" : "n");
    return c.has(2) ? text + "y = add(p, bias)" : text;
}

Status evaluate_rms(EvalContext& c) {
    const Tensor& x = c.in(0);
    TRY(const int axis, normal_axis(c.integer("axis"), x.rank()));
    TRY_STATUS(check_to_x(dims_of(c.in(1).shape()), dims_of(x.shape()), "scale"));
    const auto inner = static_cast<size_t>(element_count(Shape(x.shape().begin() + axis, x.shape().end())));
    auto values = x.to_doubles();
    const auto scale = values_of<double>(c.in(1), x.shape());
    for (size_t start = 0; inner > 0 && start < values.size(); start += inner) {
        double squares = 0;
        for (size_t i = start; i < start + inner; ++i) squares += values[i] * values[i];
        const double root = std::sqrt(squares / static_cast<double>(inner) + c.number("epsilon"));
        for (size_t i = start; i < start + inner; ++i) values[i] = values[i] / root * scale[i];
    }
    c.output(0, tensor_from_doubles(c.in(1).dtype(), x.shape(), values));
    return {};
}

Result<std::string> write_rms(const InferContext& c) {
    TRY(const int axis, normal_axis(c.integer("axis"), c.rank(0)));
    std::string text;
    const std::string from = widened(c, text);
    text += format("const epsilon: {}[] = [$epsilon]\nq = mul({}, {})\nm = reduce_mean(q, axes={})\n"
                   "e = add(m, epsilon)\ns = sqrt(e)\n"
                   "n = div({}, s)\n",
                   from, from, from, axes_from(axis, c.rank(0)), from);
    const DType now = from == "wide" ? c.dtype("stash_type") : c.dtype(0);
    if (now != c.dtype(1)) text += format("narrow = cast(n, to={})\n", lathe::name_of(c.dtype(1)));
    return text + format("y = mul({}, scale)", now != c.dtype(1) ? "narrow" : "n");
}

// ---- instance_norm, group_norm

constexpr Sample kInstanceSamples[] = {{"f32[2, 3, 5, 4]; f32[3]; f32[3]"},
                                       {"f32[2, 3, 7]; f32[3]; f32[3]", "epsilon=0.01"},
                                       {"f16[1, 2, 3, 3]; f16[2]; f16[2]"}};
constexpr AttrDef kGroupAttrs[] = {{"epsilon", AttrType::kFloat, "1e-05"},
                                   {"num_groups", AttrType::kInt},
                                   {"stash_type", AttrType::kDType, "f32"}};
constexpr Sample kGroupSamples[] = {{"f32[2, 6, 5, 4]; f32[6]; f32[6]", "num_groups=3"},
                                    {"f32[2, 4, 7]; f32[4]; f32[4]", "num_groups=1; epsilon=0.01"},
                                    {"f16[1, 4, 3, 3]; f16[4]; f16[4]", "num_groups=2"}};

Status normalise_groups(EvalContext& c, int64_t groups) {
    TRY_STATUS(check_channels(c));
    const Tensor& x = c.in(0);
    auto values = x.to_doubles();
    standardise(values, x.dim(0) * groups == 0 ? 0 : x.count() / (x.dim(0) * groups), c.number("epsilon"));
    scale_channels(values, x.shape(), c.in(1).to_doubles(), c.in(2).to_doubles());
    c.output(0, tensor_from_doubles(x.dtype(), x.shape(), values));
    return {};
}

Status evaluate_instance(EvalContext& c) { return normalise_groups(c, c.in(0).dim(1)); }
Result<std::string> write_instance(const InferContext& c) {
    const std::string axes = axes_from(2, c.rank(0)), shape = channel_shape(c.rank(0));
    return format(
        "const epsilon: x[] = [$epsilon]\nm = reduce_mean(x, axes={})\nd = sub(x, m)\nq = mul(d, d)\n"
        "v = reduce_mean(q, axes={})\n"
        "e = add(v, epsilon)\ns = sqrt(e)\nn = div(d, s)\nscales = reshape(scale, shape={})\n"
        "biases = reshape(bias, shape={})\n"
        "p = mul(n, scales)\ny = add(p, biases)",
        axes, axes, shape, shape);
}

Status check_groups(const Dim& channels, int64_t groups) {
    if (groups < 1 || groups > int64_t{1} << 30)
        return fail("num_groups is {}, expected a divisor of the channels", groups);
    if (const auto count = channels.constant(); count && *count % groups != 0)
        return fail("{} channels do not divide into {} groups", *count, groups);
    return {};
}
Status infer_group(InferContext& c) {
    TRY_STATUS(infer_channels(c));
    return check_groups(c.shape(0)[1], c.integer("num_groups"));
}
Status evaluate_group(EvalContext& c) {
    TRY_STATUS(check_groups(c.in(0).dim(1), c.integer("num_groups")));
    return normalise_groups(c, c.integer("num_groups"));
}
Result<std::string> write_group(const InferContext& c) {
    std::string text;
    const std::string from = widened(c, text), shape = channel_shape(c.rank(0));
    text += format(
        "const epsilon: {}[] = [$epsilon]\ng = reshape({}, shape=[0, {}, -1])\n"
        "m = reduce_mean(g, axes=[2])\nd = sub(g, m)\n"
        "q = mul(d, d)\nv = reduce_mean(q, axes=[2])\ne = add(v, epsilon)\ns = sqrt(e)\nn = div(d, s)\n",
        from, from, c.integer("num_groups"));
    if (from == "wide") text += format("narrow = cast(n, to={})\n", lathe::name_of(c.dtype(0)));
    text += reshape_to_x(c, "r", from == "wide" ? "narrow" : "n");
    return text +
           format("scales = reshape(scale, shape={})\nbiases = reshape(bias, shape={})\np = mul(r, scales)\n"
                  "y = add(p, biases)",
                  shape, shape);
}

constexpr OpDef kNormOps[] = {
    {.name = "batch_norm",
     .summary =
         "(x - mean) / sqrt(var + epsilon) * scale + bias for each channel (Ioffe & Szegedy 2015), in inference",
     .inputs = kBatchIn,
     .outputs = kNormOut,
     .attrs = kBatchAttrs,
     .infer = infer_batch,
     .evaluate = evaluate_batch,
     .flops = flops_of_norm,
     .samples = kBatchSamples,
     .cells = more_cells<kBatchCells, Coreml<"batch_norm">, Ncnn<"BatchNorm">>,
     .write_body = write_batch},
    {.name = "layer_norm",
     .summary =
         "x with mean 0 and variance 1 over all axes from `axis` on, times scale, plus bias (Ba et al. 2016)",
     .inputs = kLayerIn,
     .outputs = kLayerOut,
     .attrs = kLayerAttrs,
     .infer = infer_layer,
     .evaluate = evaluate_layer,
     .flops = flops_of_norm,
     .samples = kLayerSamples,
     .cells =
         cells<Onnx<"LayerNormalization", 17>, Coreml<"layer_norm">, Ncnn<"LayerNorm">, Openvino<"MVN", 6>>,
     .write_body = write_layer},
    {.name = "rms_norm",
     .summary =
         "x over its root mean square along all axes from `axis` on, times scale (Zhang & Sennrich 2019)",
     .inputs = kRmsIn,
     .outputs = kRmsOut,
     .attrs = kLayerAttrs,
     .infer = infer_layer,
     .evaluate = evaluate_rms,
     .flops = flops_of_norm,
     .samples = kRmsSamples,
     .cells = cells<Onnx<"RMSNormalization", 23>, Ncnn<"RMSNorm">>,
     .write_body = write_rms},
    {.name = "instance_norm",
     .summary =
         "x with mean 0 and variance 1 in each channel of each image, times scale, plus bias (Ulyanov et al. 2016)",
     .inputs = kScaledIn,
     .outputs = kNormOut,
     .attrs = kEpsilonAttrs,
     .infer = infer_channels,
     .evaluate = evaluate_instance,
     .flops = flops_of_norm,
     .samples = kInstanceSamples,
     .cells = cells<Onnx<"InstanceNormalization", 6>, Coreml<"instance_norm">, Ncnn<"InstanceNorm">,
                    Openvino<"MVN", 6>>,
     .write_body = write_instance},
    {.name = "group_norm",
     .summary =
         "x with mean 0 and variance 1 in each group of channels, times scale, plus bias (Wu & He 2018)",
     .inputs = kScaledIn,
     .outputs = kNormOut,
     .attrs = kGroupAttrs,
     .infer = infer_group,
     .evaluate = evaluate_group,
     .flops = flops_of_norm,
     .samples = kGroupSamples,
     .cells = cells<Onnx<"GroupNormalization", 21>, Ncnn<"GroupNorm">, Openvino<"GroupNormalization", 12>>,
     .write_body = write_group},
};

}  // namespace

std::span<const OpDef> norm_ops() { return kNormOps; }

}  // namespace lathe::ops
